"""How connections end on the simulated kernel: as on a real one, call by call."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from suites.interleave.calls import LINGER_NOT, connected, gone, number, read_all
from suites.interleave.worlds import Dice, real, simulated, virtual_sleep


async def reset_behind_the_end() -> Any:
    """Who has not read the end yet when a reset comes reads the end; writing tells of the reset."""

    async def play(client: socket.socket, server: socket.socket) -> Any:
        server.close()
        client.send(b"too late")
        await gone(client)
        return await read_all(client), number(client.send, b"1"), await read_all(client)

    return await connected(play)


async def shut_both_ways() -> Any:
    """What comes for one who reads no more and has ended resets the connection."""

    async def play(client: socket.socket, server: socket.socket) -> Any:
        client.shutdown(socket.SHUT_RDWR)
        got = await read_all(server)
        server.send(b"unwanted")
        await gone(server)
        return got, number(client.recv, 1), await read_all(server), number(server.send, b"1")

    return await connected(play)


async def ended_by_both() -> Any:
    """A connection that both sides have ended is none any more."""

    async def play(client: socket.socket, server: socket.socket) -> Any:
        client.shutdown(socket.SHUT_WR)
        heard = await read_all(server)
        server.shutdown(socket.SHUT_WR)
        for end in (client, server):
            await gone(end)
        shut = number(client.shutdown, socket.SHUT_RD), number(server.shutdown, socket.SHUT_WR)
        return heard, await read_all(client), shut, number(client.send, b"1")

    return await connected(play)


async def left_unread_behind_the_ends() -> Any:
    """What one leaves unread then resets nothing."""

    async def play(client: socket.socket, server: socket.socket) -> Any:
        client.shutdown(socket.SHUT_WR)
        heard = await read_all(server)
        server.send(b"unread")
        server.shutdown(socket.SHUT_WR)
        await gone(server)
        client.close()
        await virtual_sleep(0)
        return heard, await read_all(server), server.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    return await connected(play)


async def pair_left() -> Any:
    """A UNIX socket knows that the other side has closed, which does not linger and is no reset."""
    one, two = socket.socketpair()
    for each in (one, two):
        each.settimeout(0)
    with two:
        with one:
            one.send(b"last")
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        got = await read_all(two)
        sent = number(two.send, b"1"), number(two.send, b"2")
        return got, sent, number(two.shutdown, socket.SHUT_WR), number(two.getpeername)


async def pair_just_left() -> Any:
    """It knows so at once, before the end is there to be read."""
    one, two = socket.socketpair()
    two.settimeout(0)
    with two:
        one.close()
        return number(two.send, b"1"), await read_all(two), number(two.send, b"2")


async def pair_unread() -> Any:
    """Who writes to one that reads no more is told at once."""
    one, two = socket.socketpair()
    for each in (one, two):
        each.settimeout(0)
    with one, two:
        one.shutdown(socket.SHUT_RD)
        return (
            number(two.send, b"1"),
            number(one.send, b"2"),
            await asyncio.get_running_loop().sock_recv(two, 9),
        )


OF_A_CONNECTION = (
    reset_behind_the_end,
    shut_both_ways,
    ended_by_both,
    left_unread_behind_the_ends,
)
OF_A_PAIR = (pair_left, pair_just_left, pair_unread)


@pytest.mark.parametrize("program", [*OF_A_CONNECTION, *OF_A_PAIR])
def test_an_end_is_the_same_in_both_worlds(program: Callable[[], Any]) -> None:
    """What calls return and raise behind the end of a connection."""
    assert simulated(program) == real(program)


@pytest.mark.parametrize("program", OF_A_CONNECTION)
def test_an_end_is_the_same_in_any_order(program: Callable[[], Any]) -> None:
    """Programs that wait for what they need see the same under every schedule."""
    expected = real(program)
    assert [simulated(program, Dice(seed)) for seed in range(20)] == [expected] * 20


def test_a_connection_is_there_until_its_last_end_has_come() -> None:
    """Both sides have ended it, and one of them has not heard so yet."""

    async def play(client: socket.socket, server: socket.socket) -> Any:
        client.shutdown(socket.SHUT_WR)
        await read_all(server)
        server.shutdown(socket.SHUT_WR)
        before = number(server.getpeername)
        await gone(server)
        return before

    assert simulated(lambda: connected(play)) == "done"
