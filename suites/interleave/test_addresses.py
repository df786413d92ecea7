"""Addresses of the simulated host."""

import socket
from typing import Any

import pytest

from agent_rehearsal.interleave.errors import LeavesSimulation
from agent_rehearsal.interleave.kernel.addresses import (
    FIRST_PORT,
    LAST_PORT,
    Ports,
    as_name,
    as_text,
    getaddrinfo,
    place,
    require_local,
    resolve,
)


@pytest.mark.parametrize(
    ("host", "family", "expected"),
    [
        ("localhost", socket.AF_INET, "127.0.0.1"),
        ("LOCALHOST.", socket.AF_INET6, "::1"),
        ("", socket.AF_INET, "0.0.0.0"),
        (None, socket.AF_INET6, "::"),
        (b"127.0.0.9", socket.AF_INET, "127.0.0.9"),
        ("::1%lo", socket.AF_INET6, "::1"),
    ],
)
def test_names_of_this_host(host: Any, family: int, expected: str) -> None:
    """Each name of the local host has one meaning in each family."""
    assert resolve(host, family) == expected


def test_other_names() -> None:
    """A name under `.invalid` does not exist; what others mean is beyond the simulation."""
    with pytest.raises(socket.gaierror):
        resolve("a.invalid", socket.AF_INET)
    with pytest.raises(LeavesSimulation, match=r"looking up 'example\.org'"):
        resolve("example.org", socket.AF_INET)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::"])
def test_what_is_local(host: str) -> None:
    """Loopback addresses, and that of any interface."""
    require_local(host, 1)


def test_what_is_not_local() -> None:
    """Another host is told with what to do instead."""
    with pytest.raises(LeavesSimulation, match=r"192\.0\.2\.1:1 .* on 127\.0\.0\.1"):
        require_local("192.0.2.1", 1)


@pytest.mark.parametrize(
    ("family", "address", "name", "text"),
    [
        (socket.AF_INET, ("localhost", 80), ("127.0.0.1", 80), "127.0.0.1:80"),
        (socket.AF_INET6, ("::1", 80, 0, 0), ("::1", 80, 0, 0), "[::1]:80"),
        (socket.AF_UNIX, b"/a/b", "/a/b", "/a/b"),
    ],
)
def test_an_address_as_shown(family: int, address: Any, name: Any, text: str) -> None:
    """As sockets give it, and as reports show it."""
    assert as_name(place(family, address)) == name
    assert as_text(place(family, address)) == text


@pytest.mark.parametrize("address", ["127.0.0.1", ("127.0.0.1",)])
def test_what_is_no_address(address: Any) -> None:
    """Something else is refused as real sockets refuse it."""
    with pytest.raises(TypeError, match="address must be"):
        place(socket.AF_INET, address)


def test_a_port_out_of_range() -> None:
    """As with real sockets."""
    with pytest.raises(OverflowError, match="0-65535"):
        place(socket.AF_INET, ("127.0.0.1", 65_536))


def test_ports_come_round_again() -> None:
    """After the last port comes the first that is free; when none is, the system's error."""
    ports = Ports()
    count = LAST_PORT - FIRST_PORT + 1
    assert [ports.free() for _ in range(count)] == list(range(FIRST_PORT, LAST_PORT + 1))
    assert ports.free({FIRST_PORT}) == FIRST_PORT + 1
    with pytest.raises(OSError, match="in use"):
        ports.free(range(LAST_PORT + 1))


def test_getaddrinfo_needs_no_resolver() -> None:
    """`localhost` is 127.0.0.1 unless the other family is asked for; services have their ports."""
    found = getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)
    assert [(each[0], each[4]) for each in found] == [(socket.AF_INET, ("127.0.0.1", 80))]
    six = getaddrinfo("localhost", 80, family=socket.AF_INET6, type=socket.SOCK_STREAM)
    assert [each[4][0] for each in six] == ["::1"]
    with pytest.raises(socket.gaierror):
        getaddrinfo("localhost", 80, flags=socket.AI_NUMERICHOST)
