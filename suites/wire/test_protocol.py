"""Connections: where what comes is put, that nobody gets what others sent, and that what comes is
acknowledged.
"""

import asyncio

import pytest

from agent_rehearsal import ALWAYS, Stage, kind, of_type
from agent_rehearsal.wire.protocol import Protocol
from mock_responses import message
from suites.wire.raw_client import ask, connected, frame, upgrade

AUDIO = frame(1, b'{"type":"input_audio_buffer.append","audio":"AAAA"}')
CLEAR = frame(1, b'{"type":"input_audio_buffer.clear"}')
WORDS = [letter * 100_000 for letter in "abcd"]


async def test_all_connections_read_into_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken once, and what came on each is as it was sent."""
    places: list[memoryview] = []
    get_buffer = Protocol.get_buffer

    def noted(protocol: Protocol, sizehint: int) -> memoryview:
        places.append(get_buffer(protocol, sizehint))
        return places[-1]

    monkeypatch.setattr(Protocol, "get_buffer", noted)
    async with Stage() as stage:
        stage.responses.reply(message("ok"), times=ALWAYS)
        bodies = [{"model": "m", "input": word, "stream": True} for word in WORDS]
        codes = [code for code, _, _ in await asyncio.gather(*(ask(stage, b) for b in bodies))]
        assert codes == [200] * len(WORDS)
        asked = [entry.get("input") for entry in stage.journal.select(kind("request"))]
    assert sorted(asked) == WORDS
    assert len(places) > len(WORDS)
    assert all(place is places[0] for place in places)


async def test_what_is_answered_at_once_is_acknowledged_by_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The kernel is asked for an acknowledgement of that only to which nothing is said."""
    asked: list[Protocol] = []

    def noted(protocol: Protocol) -> None:
        asked.append(protocol)

    monkeypatch.setattr(Protocol, "_acknowledge", noted)
    async with Stage() as stage, connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        await stage.journal.wait_for(of_type("session.created"))
        asked.clear()
        await client.send(CLEAR)
        await stage.journal.wait_for(of_type("input_audio_buffer.cleared"))
        assert asked == []
        await client.send(AUDIO)
        await stage.journal.wait_for(of_type("input_audio_buffer.append"))
    assert len(asked) == 1
