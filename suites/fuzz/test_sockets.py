"""Whatever a client sends over a WebSocket is recorded, and the next client is served."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal import Stage
from agent_rehearsal.journal import Entry
from suites.fuzz.live import client, live, raised, still_serves
from suites.fuzz.made import FRAMES, MESSAGES, Frame
from suites.fuzz.share import fuzzed_tenth
from suites.wire.raw_client import frame, upgrade

PATHS = ("/v1/responses", "/v1/realtime")
CLOSE = frame(8, b"\x03\xe8")
CONTROL = 8
"""Opcodes from here on may have 125 bytes and no more."""


@pytest.mark.parametrize("path", PATHS)
def test_any_message_is_recorded_and_answered(path: str) -> None:
    """Any sequence of messages: each is in the journal byte for byte, and the close is returned."""
    with live() as mock:

        @fuzzed_tenth
        @given(st.lists(MESSAGES, max_size=3))
        def fuzz(sent: list[Frame]) -> None:
            allowed = [f for f in sent if f.opcode < CONTROL or len(f.payload) < 126]

            async def example(stage: Stage) -> None:
                made = await converse(stage, path, b"".join(f.wire for f in allowed) + CLOSE)
                assert received(made) == expected(allowed)
                assert raised(made) == []
                await still_serves(stage)

            mock.run(example)

        fuzz()


@pytest.mark.parametrize("path", PATHS)
def test_any_frames_leave_the_server_serving(path: str) -> None:
    """Frames in any order and shape, or bytes that are none, and then the end."""
    anything = st.lists(FRAMES | MESSAGES, max_size=4).map(lambda f: b"".join(g.wire for g in f))
    with live() as mock:

        @fuzzed_tenth
        @given(anything | st.binary(max_size=60))
        def fuzz(data: bytes) -> None:
            async def example(stage: Stage) -> None:
                made = await converse(stage, path, data)
                assert made[0].kind == "open"
                assert raised(made) == []
                await still_serves(stage)

            mock.run(example)

        fuzz()


async def converse(stage: Stage, path: str, data: bytes) -> list[Entry]:
    """What the journal has of a WebSocket over which `data` was sent, then nothing more."""
    before = len(stage.journal)
    async with client(stage) as raw:
        await raw.send(upgrade(path))
        assert (await raw.head())[0] == 101
        with suppress(ConnectionError):
            await raw.send(data)
            await raw.half_close()
        await raw.rest()
    return list(stage.journal[before:])


def received(made: list[Entry]) -> list[tuple[str, bytes]]:
    """The inbound frames, up to the close."""
    inbound = [(e.head, e.raw) for e in made if e.kind == "frame" and e.direction == "in"]
    return [each for each in inbound if each[0] != "close"]


def expected(sent: list[Frame]) -> list[tuple[str, bytes]]:
    """What is to be recorded of these."""
    heads = {1: "text", 2: "binary", 9: "ping", 10: "pong"}
    return [(heads[each.opcode], each.payload) for each in sent]
