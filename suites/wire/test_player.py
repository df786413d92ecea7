"""The player: runs of data, marks between them, and the end of a script."""

import asyncio
from typing import Any

import pytest

from agent_rehearsal import (
    Gate,
    Journal,
    close,
    cut,
    delay,
    fragment,
    kind,
    ping,
    reset,
    stall,
    withhold_pongs,
)
from agent_rehearsal.wire import Answer, Mark, Player, Raw, Send, Step

A, B, C = (Send(name.encode(), name) for name in "abc")


class Notes:
    """A sink that notes what it is asked to do."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    async def send(self, run: list[Send | Raw], sizes: tuple[int, ...]) -> None:
        """Note a run, and the sizes if there are any."""
        texts = [piece.payload if isinstance(piece, Send) else piece.data for piece in run]
        self.calls.append((b" ".join(texts).decode(), *sizes))

    def encoded(self, piece: Send | Raw) -> bytes:
        """The payload in pointed brackets, as a framing that can be counted."""
        return b"<%b>" % piece.payload if isinstance(piece, Send) else piece.data

    async def half_close(self) -> None:
        """Note the end of one direction."""
        self.calls.append("half_close")

    async def answer(self, answer: Answer) -> None:
        """Note a whole answer."""
        self.calls.append(answer.status)

    async def close(self, code: int, reason: str) -> None:
        """Note an orderly end."""
        self.calls.append(("close", code, reason))

    async def ping(self, data: bytes) -> None:
        """Note a ping."""
        self.calls.append(("ping", data))

    def withhold_pongs(self) -> None:
        """Note that pings are not to be answered."""
        self.calls.append("withhold_pongs")

    async def cut(self) -> None:
        """Note an end without terminator."""
        self.calls.append("cut")

    async def reset(self) -> None:
        """Note a RST."""
        self.calls.append("reset")


async def played(*steps: Step) -> tuple[list[Any], bool, Journal]:
    """What a script asks of a sink, whether it ended the connection, and what was recorded."""
    journal, notes = Journal(), Notes()
    player = Player(notes, journal, journal.connection(), 1)
    await player.play(steps)
    return notes.calls, player.ended, journal


async def test_a_run_between_marks_is_one_send() -> None:
    """Data without a mark between goes out at once."""
    calls, ended, _ = await played(A, Raw(b"r"), delay(0), B, C)
    assert calls == [("a r",), ("b c",)]
    assert not ended


async def test_sizes_hold_from_the_mark_on() -> None:
    """A fragment mark is about what follows it, and is recorded."""
    calls, _, journal = await played(A, fragment([3, 1]), B, delay(0), C)
    assert calls == [("a",), ("b", 3, 1), ("c", 3, 1)]
    assert journal.select(kind("fault"))[0].json == {"sizes": [3, 1], "after": 1, "offset": 3}


@pytest.mark.parametrize(
    ("end", "call"),
    [
        (cut(), "cut"),
        (reset(), "reset"),
        (close(4000, "bye"), ("close", 4000, "bye")),
        (Answer(500, (), b""), 500),
    ],
    ids=["cut", "reset", "close", "answer"],
)
async def test_nothing_is_sent_after_an_end(end: Step, call: Any) -> None:
    """What stands before the end is sent first, what stands after it never."""
    calls, ended, _ = await played(A, end, B)
    assert calls == [("a",), call]
    assert ended


async def test_an_ended_player_plays_no_more() -> None:
    """A second script on an ended connection does nothing."""
    journal, notes = Journal(), Notes()
    player = Player(notes, journal, None, 1)
    await player.play([cut()])
    await player.play([A])
    assert notes.calls == ["cut"]


async def test_faults_are_recorded_with_their_place() -> None:
    """A fault says after how many events and bytes it came, on which connection, in answer to
    what.
    """
    _, _, journal = await played(A, B, delay(0), C, reset())
    (fault,) = journal
    assert (fault.head, fault.json, fault.re) == ("reset", {"after": 3, "offset": 9}, 1)
    assert fault.conn is not None


async def test_a_stall_waits_for_ever() -> None:
    """Only cancelling ends a stalled script."""
    journal, notes = Journal(), Notes()
    player = Player(notes, journal, None, 1)
    task = asyncio.create_task(player.play([A, stall(), B]))
    await journal.wait_for(kind("fault"))
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert notes.calls == [("a",)]


async def test_a_gate_splits_a_run() -> None:
    """What stands before a closed gate is out, what stands after it is not."""
    journal, notes = Journal(), Notes()
    gate = Gate(journal, "g")
    task = asyncio.create_task(Player(notes, journal, None, 1).play([A, gate, B]))
    assert (await gate.reached()).re == 1
    assert notes.calls == [("a",)]
    gate.open()
    await task
    assert notes.calls == [("a",), ("b",)]


async def test_an_unknown_mark_is_refused() -> None:
    """A mark that nobody gave a meaning is named."""

    class Odd(Mark):
        def __repr__(self) -> str:
            return "odd()"

    with pytest.raises(TypeError, match=r"odd\(\) is nothing that can be sent"):
        await played(Odd())


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_a_delay_is_a_finite_time(seconds: float) -> None:
    """A time that never comes, or has been, is refused."""
    with pytest.raises(ValueError, match="finite number of seconds"):
        delay(seconds)


@pytest.mark.parametrize("sizes", [[], [0], [3, -1]])
def test_fragments_have_a_size(sizes: list[int]) -> None:
    """No size, or one of nothing, is refused."""
    with pytest.raises(ValueError, match="at least 1 byte"):
        fragment(sizes)


@pytest.mark.parametrize(
    ("code", "reason"), [(999, ""), (1005, ""), (1006, ""), (5000, ""), (1000, "x" * 124)]
)
def test_a_close_can_be_sent(code: int, reason: str) -> None:
    """A code that no endpoint may send, or a reason that does not fit, is refused."""
    with pytest.raises(ValueError, match=rf"close\({code}\)"):
        close(code, reason)


async def test_a_ping_comes_where_it_stands() -> None:
    """It is sent after the data before it, and is no fault."""
    calls, ended, journal = await played(A, ping(b"p"), B)
    assert calls == [("a",), ("ping", b"p"), ("b",)]
    assert not ended
    assert not journal.select(kind("fault"))


async def test_withheld_pongs_are_a_fault_that_ends_nothing() -> None:
    """The journal has it, with its place; what follows is sent."""
    calls, ended, journal = await played(A, withhold_pongs(), B)
    assert calls == [("a",), "withhold_pongs", ("b",)]
    assert not ended
    (fault,) = journal.select(kind("fault"))
    assert (fault.head, fault.json) == ("withhold_pongs", {"after": 1, "offset": 3})
