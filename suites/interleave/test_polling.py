"""Asking a simulated socket whether it is ready, without waiting: as a real one answers."""

import asyncio
import os
import select
import socket
from typing import Any

import httpx
import pytest
from aiohttp import web

from agent_rehearsal.interleave.simulation.simulation import Simulation
from agent_rehearsal.interleave.strategies.strategies import Natural
from suites.interleave.worlds import attempted, real, simulated
from suites.races.zoo.ground import serving


def answers(sock: socket.socket) -> list[Any]:
    """What `select` and `poll` say of a socket now."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    reads = bool(poll.poll(0))
    poll.modify(sock.fileno(), select.POLLOUT)
    writes = [events for _, events in poll.poll(0)]
    poll.unregister(sock)
    readable, writable, none = select.select([sock], [sock], [sock], 0)
    return [reads, writes, readable == [sock], writable == [sock], none, poll.poll(0)]


async def asked() -> list[Any]:
    """Before anything has come, with data, when it is read, and at the end."""
    one, two = socket.socketpair()
    for each in (one, two):
        each.settimeout(0)
    loop = asyncio.get_running_loop()
    with two:
        with one:
            found = [answers(two)]
            one.send(b"x")
            await loop.sock_recv(two, 0)
            found += [answers(two)]
            await loop.sock_recv(two, 1)
            found += [answers(two)]
        assert await loop.sock_recv(two, 1) == b""
        return [*found, answers(two)[:1]]


def test_a_socket_says_whether_it_is_ready() -> None:
    """The same in both worlds."""
    expected = real(asked)
    assert [found[0] for found in expected] == [False, True, False, True]
    assert simulated(asked) == expected


async def greet(request: web.Request) -> web.Response:
    """Answer."""
    return web.Response(text="hello")


def test_a_client_uses_a_connection_at_rest_again() -> None:
    """httpx asks of it whether it has ended, which it has not."""

    async def program() -> None:
        async with serving(web.get("/", greet)) as url, httpx.AsyncClient(base_url=url) as client:
            for _ in range(3):
                assert (await client.get("/")).text == "hello"

    attempt = attempted(program)
    assert attempt.failure is None
    assert list(attempt.trace.links) == ["c1"]


def test_real_descriptors_are_asked_beside_the_loop() -> None:
    """What runs the tests may wait as ever while a simulation is on."""
    readable, writable = os.pipe()
    try:
        with Simulation(Natural()):
            os.write(writable, b"x")
            assert select.select([readable], [], [], 9) == ([readable], [], [])
            poll = select.poll()
            poll.register(readable, select.POLLIN)
            assert poll.poll(9) == [(readable, select.POLLIN)]
    finally:
        os.close(readable)
        os.close(writable)


@pytest.mark.parametrize("name", ["select", "poll"])
def test_after_a_run_they_are_the_systems_own(name: str) -> None:
    """A simulation leaves nothing behind."""
    before = getattr(select, name)

    async def program() -> bool:
        return getattr(select, name) is before

    assert not simulated(program)
    assert getattr(select, name) is before
