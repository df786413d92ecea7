"""Whose a buffer is that a socket was given: the caller's, as soon as the call has ended."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from suites.interleave.worlds import real, simulated


async def after_errors() -> list[int]:
    """How long buffers are that were cleared while the error of a call was handled."""
    left, right = socket.socketpair()
    with left, right, socket.socket() as alone:
        left.shutdown(socket.SHUT_WR)
        calls = (left.send, left.sendall, alone.recv_into)
        return [cleared(call, bytearray(b"some")) for call in calls]


def cleared(call: Callable[[bytearray], Any], buffer: bytearray) -> int:
    try:
        call(buffer)
    except OSError:
        buffer.clear()
    return len(buffer)


@pytest.mark.parametrize("world", [real, simulated])
def test_a_buffer_is_free_while_an_error_is_handled(world: Callable[..., Any]) -> None:
    """asyncio empties what it could not send before it lets go of the exception."""
    assert world(after_errors) == [0, 0, 0]
