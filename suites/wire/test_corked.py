"""Corked writing: the same bytes in fewer writes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from websockets.asyncio.client import connect

from agent_rehearsal import Stage
from agent_rehearsal.wire import protocol
from agent_rehearsal.wire.corked import Corked
from mock_responses import message, minimal
from suites.wire.raw_client import connected, request

BODY = {"model": "m", "input": "hi", "stream": True}
WRITES: list[bytes] = []
"""What was written to the transports of a test."""


class Inner:
    """A transport that keeps its writes; stands before a real one if it is given one."""

    def __init__(self, real: Any = None) -> None:
        self.real = real
        self.writes: list[bytes] = []
        self.closes = 0

    def write(self, data: bytes) -> None:
        """Keep, and pass on."""
        self.writes.append(data)
        WRITES.append(data)
        if self.real is not None:
            self.real.write(data)

    def is_closing(self) -> bool:
        """Whether it is closed."""
        return self.real.is_closing() if self.real else self.closes > 0

    def close(self) -> None:
        """Close."""
        self.closes += 1
        if self.real is not None:
            self.real.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class Counted(Corked):
    """Corked writing whose real writes are kept."""

    def __init__(self, inner: asyncio.Transport) -> None:
        super().__init__(cast(asyncio.Transport, Inner(inner)))


class Uncorked(Counted):
    """Writing as if there were no cork."""

    @contextmanager
    def corked(self) -> Iterator[None]:
        """Hold nothing back."""
        yield


def made() -> tuple[Corked, Inner]:
    """A cork and what it stands for."""
    inner = Inner()
    return Corked(cast(asyncio.Transport, inner)), inner


def test_what_is_written_inside_leaves_as_one() -> None:
    """All writes inside become one, after which each is its own again."""
    wire, inner = made()
    with wire.corked():
        wire.write(b"a")
        with wire.corked():
            wire.writelines([b"b", b"c"])
        assert inner.writes == []
    wire.write(b"d")
    assert inner.writes == [b"abc", b"d"]


def test_it_knows_whether_anything_was_written() -> None:
    """What is held back is not written yet, and is when the cork is out."""
    wire, _ = made()
    with wire.corked():
        wire.write(b"a")
        assert not wire.wrote
    assert wire.wrote


def test_nothing_is_lost_by_an_error() -> None:
    """What was written before an exception is sent all the same."""
    wire, inner = made()

    def fail() -> None:
        with wire.corked():
            wire.write(b"a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert inner.writes == [b"a"]


def test_closing_sends_what_is_held() -> None:
    """A close inside comes after the data, as it would without a cork."""
    wire, inner = made()
    with wire.corked():
        wire.write(b"a")
        wire.close()
    assert (inner.writes, inner.closes) == ([b"a"], 1)


def test_what_is_closed_is_not_closed_again() -> None:
    """A TLS transport would forget its connection, which then could not be aborted."""
    wire, inner = made()
    wire.close()
    wire.close()
    assert inner.closes == 1


def test_an_empty_cork_writes_nothing() -> None:
    """No write inside is no write at all."""
    wire, inner = made()
    with wire.corked():
        pass
    assert inner.writes == []


async def http(stage: Stage) -> bytes:
    """A streamed answer, without what the clock changes."""
    async with connected(stage) as client:
        await client.send(request(BODY, headers={"Connection": "close"}))
        raw, _ = await client.rest()
    return b"\r\n".join(line for line in raw.split(b"\r\n") if not line.startswith(b"Date"))


async def websocket(stage: Stage) -> bytes:
    """The frames of an answer."""
    async with connect(stage.base_url.replace("http", "ws") + "/responses") as client:
        await client.send('{"type": "response.create"}')
        frames = [await client.recv(decode=False) for _ in range(3)]
    return b"\n".join(frames)


@pytest.mark.parametrize(("transport", "saved"), [(http, 2), (websocket, 2)])
async def test_both_ways_give_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch, transport: Any, saved: int
) -> None:
    """A run of events is the same on the wire with and without a cork, in fewer writes."""
    found, counts = [], []
    for way in (Counted, Uncorked):
        monkeypatch.setattr(protocol, "Corked", way)
        WRITES.clear()
        async with Stage() as stage:
            stage.responses.reply(minimal(message("hi")))
            found.append(await transport(stage))
        counts.append(len(WRITES))
    assert found[0] == found[1]
    assert counts[1] - counts[0] == saved


async def test_data_is_recorded_before_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sees bytes on the wire finds them in the journal."""
    stage = Stage()
    unrecorded: list[bytes] = []

    class Watched(Corked):
        def write(self, data: bytes) -> None:
            recorded = b"".join(entry.raw for entry in stage.journal)
            events = [line for line in data.split(b"\r\n") if line.startswith(b"event: ")]
            unrecorded.extend(event for event in events if event not in recorded)
            super().write(data)

    monkeypatch.setattr(protocol, "Corked", Watched)
    async with stage:
        stage.responses.reply(minimal(message("hi")))
        sent = await http(stage)
    assert b"event: response.completed" in sent
    assert unrecorded == []
