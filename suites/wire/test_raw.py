"""`raw(...)`: bytes on the wire as they are."""

import asyncio

import pytest

from agent_rehearsal import Stage, cut, raw
from mock_responses import stream

HEAD = b'POST /v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: 15\r\n\r\n{"stream":true}'


async def test_a_comment_sends_the_head_before_a_gate() -> None:
    """Raw bytes ahead of a mark take the head along, so a client can be held inside a stream."""
    async with Stage() as stage:
        gate = stage.responses.gate("after the head")
        stage.responses.reply(stream(raw(b": held\n\n"), gate))
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
        writer.write(HEAD)
        received = await reader.readuntil(b": held\n\n")
        await gate.reached()
        gate.open()
        writer.close()
        await writer.wait_closed()
    assert received.startswith(b"HTTP/1.1 200 OK")


async def test_a_cut_inside_an_event_leaves_half_of_it() -> None:
    """`raw` and `cut` together end a stream in the middle of an event."""
    async with Stage() as stage:
        stage.responses.reply(stream(raw(b'data: {"type":"resp'), cut()))
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
        writer.write(HEAD)
        received = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert received.endswith(b'data: {"type":"resp\r\n')


def test_raw_refuses_what_is_not_bytes() -> None:
    """The error shows what to write."""
    with pytest.raises(TypeError, match="expected bytes"):
        raw("text")  # type: ignore[arg-type]
