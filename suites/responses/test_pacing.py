"""Latency profiles: delays between deltas, as values and in virtual time, and over a socket."""

import asyncio
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal import Journal, Stage, delay, kind, paced
from agent_rehearsal.wire import Answer, Player, Raw, Send, Step, timed
from agent_rehearsal.wire.script import Delay
from mock_responses import chunks, message, shell_call
from suites.faults.passing import let_pass
from suites.journal.virtual_loop import run
from suites.responses.composing import composer
from suites.wire.raw_client import connected, request

BODY = {"model": "m", "input": "hi", "stream": True}
WORDS = ("Time ", "flies ", "like ", "an ", "arrow")


def steps(*parts: object) -> list[Step]:
    """The steps of a reply, its delays in place."""
    return timed(composer().compose(parts))  # type: ignore[arg-type]


def delays(found: Iterable[Step]) -> list[float]:
    """Seconds of each delay, in order."""
    return [step.seconds for step in found if isinstance(step, Delay)]


def test_the_first_delta_waits_longer() -> None:
    """Thinking comes before the first delta, speaking between two; nothing else waits."""
    found = steps(paced(0.3, tokens_per_second=50), message(*WORDS))
    assert delays(found) == [0.3] + [0.02] * 4
    for step, following in pairwise(found):
        if isinstance(step, Delay):
            assert isinstance(following, Send)
            assert following.type == "response.output_text.delta"


def test_every_kind_of_delta_counts() -> None:
    """The arguments of a call are tokens as much as the words of a message."""
    found = steps(paced(tokens_per_second=10), message("a", "b"), shell_call("c1", "ls"))
    assert delays(found) == [0.0, 0.1, 0.1]


def test_without_a_profile_nothing_waits() -> None:
    """The steps are as they were."""
    assert delays(steps(message(*WORDS))) == []


def test_a_profile_holds_up_to_the_next() -> None:
    """A model that slows down: the deltas after the second mark follow the second profile."""
    found = steps(
        paced(1.0, tokens_per_second=10),
        message("a", "b", paced(0.5, tokens_per_second=4), "c", "d"),
    )
    assert delays(found) == [1.0, 0.1, 0.5, 0.25]


@given(seed=st.integers(), jitter=st.floats(0, 1))
def test_jitter_is_drawn_from_the_seed(seed: int, jitter: float) -> None:
    """Every delay stays within its share, and one seed gives the same delays again."""
    mark = paced(0.3, tokens_per_second=50, jitter=jitter, seed=seed)
    found = delays(steps(mark, message(*WORDS)))
    assert found == delays(steps(mark, message(*WORDS)))
    for got, usual in zip(found, [0.3] + [0.02] * 4, strict=True):
        assert usual * (1 - jitter) - 1e-12 <= got <= usual * (1 + jitter) + 1e-12


def test_jitter_differs() -> None:
    """Delays of one reply differ from each other, and from those of another seed."""
    profiles = [paced(tokens_per_second=50, jitter=0.5, seed=seed) for seed in (1, 2)]
    first, second = (delays(steps(mark, message(*WORDS))) for mark in profiles)
    assert len(set(first[1:])) == 4
    assert first != second


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"first_token": -1.0, "tokens_per_second": 1}, "finite number of seconds"),
        ({"tokens_per_second": 0}, "a number over 0"),
        ({"tokens_per_second": float("nan")}, "a number over 0"),
        ({"tokens_per_second": 1, "jitter": 1.5}, "a share from 0 to 1"),
    ],
)
def test_a_profile_is_made_of_numbers(given: dict[str, float], text: str) -> None:
    """What is no time, speed or share is refused where it is written."""
    with pytest.raises(ValueError, match=text):
        paced(**given)  # type: ignore[arg-type]


class Clock:
    """A sink that notes when each event comes."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {}

    async def send(self, run: list[Send | Raw], sizes: tuple[int, ...]) -> None:
        """Note the time of each event by its type."""
        now = asyncio.get_running_loop().time()
        for piece in run:
            if isinstance(piece, Send):
                self.times.setdefault(piece.type, []).append(now)

    def encoded(self, piece: Send | Raw) -> bytes:
        """The payload."""
        return piece.payload if isinstance(piece, Send) else piece.data

    async def answer(self, answer: Answer) -> None:
        """Not asked for here."""

    async def close(self, code: int, reason: str) -> None:
        """Not asked for here."""

    async def ping(self, data: bytes) -> None:
        """Not asked for here."""

    def withhold_pongs(self) -> None:
        """Not asked for here."""

    async def cut(self) -> None:
        """Not asked for here."""

    async def half_close(self) -> None:
        """Not asked for here."""

    async def reset(self) -> None:
        """Not asked for here."""


def test_a_thousand_tokens_in_virtual_time() -> None:
    """The last of 1000 tokens comes after the time that the profile says, to the millisecond."""

    async def play() -> Clock:
        clock = Clock()
        parts = (paced(0.3, tokens_per_second=50), message(*chunks("x" * 1000, 1000)))
        await Player(clock, Journal(), None, 1).play(composer().compose(parts))
        return clock

    times = run(play()).times
    deltas = times["response.output_text.delta"]
    assert times["response.created"] == [0.0]
    assert deltas[0] == pytest.approx(0.3)
    assert deltas[-1] == pytest.approx(0.3 + 999 / 50)
    assert times["response.completed"] == [deltas[-1]]


async def test_a_paced_stream_is_held_by_loop_time() -> None:
    """Over a socket each delta comes when the loop's clock says so, and not before."""
    async with Stage() as stage:
        stage.responses.reply(paced(100, tokens_per_second=0.01), message("a", "b"))
        async with connected(stage) as client:
            await client.send(request(BODY))
            await client.head()
            assert b"output_text.delta" not in await client.chunk()
            let_pass(100)
            assert b'"delta":"a"' in await client.chunk()
            let_pass(100)
            assert b'"delta":"b"' in await client.chunk()


async def test_an_answer_without_stream_takes_the_same_time() -> None:
    """It is sent when the last delta would have been."""
    async with Stage() as stage:
        stage.responses.reply(paced(0.03, tokens_per_second=50), delay(0), message("a", "b"))
        async with connected(stage) as client:
            await client.ask({**BODY, "stream": False})
    (asked,) = stage.journal.select(kind("request"))
    (answered,) = stage.journal.select(kind("response"))
    assert answered.at - asked.at >= 0.049
