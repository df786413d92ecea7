"""Messages that are taken as they come in, past the player: which ones may be, and that nobody can
tell.
"""

import asyncio
import json
from base64 import b64encode
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal import Journal, Stage, direction, head, kind, of_type, within
from agent_rehearsal.journal import FRAMES_IN
from agent_rehearsal.wire import Socket, inflow
from mock_realtime.appends import plain_appends
from mock_realtime.audio import appended
from mock_realtime.client_events import BufferAppend, parsed
from mock_realtime.refusal import Refusal
from suites.realtime.sockets import findings, open_socket, received
from suites.wire.raw_client import connected, frame, upgrade

MOST = 30
"""Bytes of audio in one event."""
TEMPLATES = (
    '{"type":"input_audio_buffer.append","audio":"%s"}',
    '{"type": "input_audio_buffer.append", "audio": "%s"}',
    ' {"event_id": "event_1-a", "type": "input_audio_buffer.append", "audio": "%s"}',
    '{"audio":"%s","type":"input_audio_buffer.append"}',
    '{"type":"input_audio_buffer.append","audio":"%s","event_id":"a=="}',
    '{"type":"input_audio_buffer.append","audio":"%s"} ',
    '{"type":"input_audio_buffer.append","audio":"%s","more":1}',
    '{"type":"input_audio_buffer.append","audio":"%s"}AAAA',
    '{"type":"input_audio_buffer.appended","audio":"%s"}',
)
PLAIN = TEMPLATES[:3]
BASE64 = st.binary(max_size=MOST + 6).map(lambda data: b64encode(data).decode())
WRONG = st.text('Aa0+/=-_" \\é', max_size=12)
APPENDS = st.tuples(st.sampled_from(TEMPLATES), BASE64 | WRONG).map(lambda both: both[0] % both[1])


def size_of(text: str) -> int | None:
    """The bytes of audio that a message appends, as it is parsed; None where it appends none."""
    try:
        event = parsed(json.loads(text))
        return appended(event.audio, most=MOST) if isinstance(event, BufferAppend) else None
    except (ValueError, Refusal, TypeError):
        return None


@given(st.lists(APPENDS, max_size=6))
def test_what_is_taken_by_its_bytes_is_an_append(texts: list[str]) -> None:
    """The messages that are taken are appends that are not refused, of as much audio."""
    count, size = plain_appends([text.encode() for text in texts], most=MOST)
    found = [size_of(text) for text in texts[:count]]
    assert None not in found
    assert size == sum(each or 0 for each in found)


@given(st.lists(st.tuples(st.sampled_from(PLAIN), st.binary(max_size=MOST)), max_size=6))
def test_usual_appends_are_taken_by_their_bytes(appends: list[tuple[str, bytes]]) -> None:
    """As clients write them, with an id or without, in any order."""
    texts = [template % b64encode(data).decode() for template, data in appends]
    sizes = [len(data) for _, data in appends]
    assert plain_appends([t.encode() for t in texts], most=MOST) == (len(texts), sum(sizes))


def test_more_audio_than_is_taken_in_one_event_is_left() -> None:
    """The limit is the session's to tell of."""
    text = (PLAIN[0] % b64encode(bytes(MOST + 3)).decode()).encode()
    assert plain_appends([text], most=MOST) == (0, 0)


def append(audio: str) -> bytes:
    """A frame with audio."""
    return frame(1, (PLAIN[0] % audio).encode())


GOOD = append(b64encode(bytes(48)).decode())
"""A millisecond of PCM."""
CLEAR = frame(1, b'{"type":"input_audio_buffer.clear"}')
BURST = (
    GOOD * 2
    + append("no base64")
    + frame(9, b"there?")
    + GOOD
    + frame(1, b'{"type":"input_audio_buffer.commit"}')
    + GOOD * 101
    + frame(1, b'{"type":"input_audio_buffer.commit"}')
)


async def burst(data: bytes, *, early: int = 0) -> list[tuple[str, str, bytes]]:
    """What the journal has of a client that sends all of `data` at once, `early` bytes of it with
    its upgrade.
    """
    async with Stage(strict="warn") as stage, connected(stage) as client:
        await client.send(upgrade() + data[:early])
        await client.head()
        await stage.journal.wait_for(of_type("session.created"))
        await client.send(data[early:])
        await stage.journal.wait_for(of_type("conversation.item.done"))
        return [(e.direction, e.head, e.raw) for e in stage.journal.select(kind("frame"))]


def sides(frames: list[tuple[str, str, bytes]]) -> tuple[list[Any], list[Any]]:
    """What came, and what was said to it; pongs may be early."""
    came = [each for each in frames if each[0] == "in"]
    said = [each for each in frames if each[0] == "out" and each[1] != "pong"]
    return came, said


def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the part of aiohttp be missing by which messages are taken."""
    monkeypatch.setattr(inflow, "WebSocketReader", None)


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Filled with how many messages were taken of each read."""
    found: list[int] = []
    take = Socket._take

    def noted(socket: Socket, messages: list[Any]) -> int:
        found.append(take(socket, messages))
        return found[-1]

    monkeypatch.setattr(Socket, "_take", noted)
    return found


@pytest.mark.explore
@pytest.mark.parametrize("early", [0, 30, len(GOOD) + 3])
async def test_nobody_can_tell_what_was_taken(early: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Audio between other messages, some of it wrong, is recorded and answered as without the part
    of aiohttp by which messages are taken; also where the client did not wait for the upgrade.
    """
    taken = sides(await burst(BURST, early=early))
    without(monkeypatch)
    came, said = sides(await burst(BURST))
    assert taken == (came, said)
    errors = [json.loads(raw)["error"] for _, _, raw in said if b'"error"' in raw]
    assert [error["code"] for error in errors] == [
        "invalid_value",
        "input_audio_buffer_commit_empty",
    ]
    assert len([raw for _, _, raw in came if b"append" in raw]) == 105


CHANGES = (
    '{"type":"session.update","session":{"type":"realtime","instructions":"be brief"}}',
    '{"type":"session.update","event_id":"e1","session":{"type":"other"}}',
    '{"type":"conversation.item.create","item":{"type":"none"}}',
    '{"type": "conversation.item.retrieve", "item_id": "item_000001"}',
    '{"event_id":"e2","type":"conversation.item.delete","item_id":"item_9"}',
    '{"type":"input_audio_buffer.commit"}',
    '{"type":"input_audio_buffer.clear","type":"response.cancel"}',
    '{"type":"input_audio_buffer.clear"',
    '{"type":"input_audio_buffer.clear"} {}',
    '{"type":"unheard.of"}',
)


async def changed() -> list[tuple[str, str, bytes]]:
    """What the journal has of a client that makes all changes, one after the other."""
    async with Stage(strict="warn") as stage, connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        for number, change in enumerate(CHANGES):
            await client.send(frame(1, change.encode()))
            await stage.journal.wait_count(kind("frame") & direction("in"), 2 * number + 1)
            await client.send(frame(1, b'{"type":"input_audio_buffer.clear"}'))
            await stage.journal.wait_count(of_type("input_audio_buffer.cleared"), number + 1)
        return [(e.direction, e.head, e.raw) for e in stage.journal.select(kind("frame"))]


@pytest.mark.explore
async def test_a_change_that_is_acknowledged_at_once_is_as_any(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Changes and what is wrong with them are recorded, answered and numbered as in their turn."""
    taken = await changed()
    without(monkeypatch)
    assert sides(taken) == sides(await changed())


@pytest.mark.real
@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        (GOOD * 3, 3),
        (GOOD + CLEAR + GOOD, 3),
        (GOOD * 2 + append("no base64") + GOOD, 2),
        (GOOD + frame(9, b"there?") + GOOD, 1),
        (GOOD + frame(1, b'{"type":"response.create"}') + GOOD, 1),
    ],
    ids=["audio", "a change between", "what is wrong", "a ping", "a request"],
)
async def test_what_is_plain_is_taken(together: list[int], sent: bytes, taken: int) -> None:
    """Of one read all up to the first message that has to be looked at in its turn."""
    async with Stage(strict="warn") as stage, connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        await stage.journal.wait_for(of_type("session.created"))
        await client.send(sent)
        await stage.journal.wait_count(of_type("input_audio_buffer.append"), sent.count(b"append"))
    assert together == [taken]


@pytest.mark.explore
async def test_nothing_is_said_at_once_after_a_close_frame() -> None:
    """What comes after ours is recorded only (RFC 6455, 5.5.1)."""
    async with Stage() as stage, connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        await (await stage.realtime.session()).close()
        await client.send(CLEAR)
        await stage.journal.wait_for(of_type("input_audio_buffer.clear"))
        said = [entry.head for entry in stage.journal.select(kind("frame") & direction("out"))]
    assert said[-1] == "close"


@pytest.mark.explore
async def test_nothing_is_said_at_once_inside_of_a_message() -> None:
    """One that is half sent is not broken by another (RFC 6455, 5.4)."""
    async with Stage(strict="warn") as stage, connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        session, gate = await stage.realtime.session(), stage.realtime.gate("half way")
        held = asyncio.create_task(session.send(within(gate, at=9), {"type": "in two parts"}))
        await gate.reached()
        await client.send(CLEAR)
        await stage.journal.wait_for(direction("out") & head("close"))
        gate.open()
        with suppress(ConnectionError):
            await held
    assert list(findings(stage)) == ["reply-raised"]


@pytest.mark.explore(0)  # its matter is size, not order
async def test_a_client_that_does_not_read_is_not_answered_at_once() -> None:
    """What it is told does not pile up."""
    text = b'{"type":"input_text","text":"%b"}' % (b"long " * 2_000_000)
    item = b'{"type":"message","role":"user","content":[%b]}' % text
    async with Stage() as stage, connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        await client.send(long_frame(b'{"type":"conversation.item.create","item":%b}' % item))
        await stage.journal.wait_for(of_type("conversation.item.done"), timeout=20)
        await client.send(CLEAR * 3)
        await stage.journal.wait_count(of_type("input_audio_buffer.clear"), 3)
        told = stage.journal.select(of_type("input_audio_buffer.cleared"))
    assert len(told) < 3


def long_frame(payload: bytes) -> bytes:
    """A masked frame of any length (RFC 6455, 5.2), with a mask that changes nothing."""
    return b"\x81\xff" + len(payload).to_bytes(8) + bytes(4) + payload


async def test_what_is_compressed_is_said_in_its_turn(together: list[int]) -> None:
    """Bytes that were made beforehand are not."""
    async with Stage() as stage, open_socket(stage) as client:
        await received(client)
        await client.send('{"type": "input_audio_buffer.clear"}')
        assert (await received(client))["type"] == "input_audio_buffer.cleared"
    assert set(together) == {0}


@pytest.mark.explore
async def test_a_reply_is_asked_before_audio_is_taken() -> None:
    """A reply that is for audio gets it."""
    async with Stage() as stage, connected(stage) as client:
        stage.realtime.reply({"type": "heard"}, when=of_type("input_audio_buffer.append"))
        await client.send(upgrade())
        await client.head()
        await client.send(GOOD * 2)
        said = await stage.journal.wait_for(of_type("heard"))
    assert said.direction == "out"


def test_an_entry_of_many_is_as_any_other() -> None:
    """A message that was taken with others is parsed, and shown, like one that came alone."""
    journal = Journal(clock=float)
    opened = journal.append("realtime", "open", conn=journal.connection(), direction="in")
    raws = [msgspec.json.encode({"type": f"t{number}"}) for number in range(3)]
    journal.extend(opened, tuple(raws), way=FRAMES_IN)
    alone = [
        journal.append(
            "realtime", "frame", conn=opened.conn, direction="in", head="text", raw=raw, re=1
        )
        for raw in raws
    ]
    together = journal.select(kind("frame"))[:3]
    facts = [(e.kind, e.conn, e.direction, e.head, e.raw, e.re, e.type) for e in together]
    assert facts == [(e.kind, e.conn, e.direction, e.head, e.raw, e.re, e.type) for e in alone]
