"""Addresses of the simulated host: what is local, what a name means, which ports are handed out.

Nothing here reaches a resolver or a network. This module must not know sockets or connections.
"""

import errno
import ipaddress
import os
import socket
from collections.abc import Container
from functools import lru_cache
from typing import Any

from agent_rehearsal.interleave.errors import LeavesSimulation

Address = tuple[Any, ...] | str | bytes
"""As sockets take them: (host, port), (host, port, flow, scope), or a path of a UNIX socket."""
Place = tuple[Any, ...]
"""An address as a key: (family, host, port) or (AF_UNIX, path)."""

LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost")
ANY = ("0.0.0.0", "::")
NEVER_A_NAME = ".invalid"
FIRST_PORT, LAST_PORT = 49_152, 65_535
"""Ports handed out to sockets that ask for port 0, in this order, and again from the first."""

REAL_GETADDRINFO = socket.getaddrinfo


@lru_cache
def numeric(host: str) -> str | None:
    """The host as an address in digits, or None where it is another name."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return None


def resolve(host: str | bytes | None, family: int) -> str:
    """The address in digits that a name of the local host means.

    Raises `socket.gaierror` for names under `.invalid`, `LeavesSimulation` for any other name.
    """
    name = host.decode() if isinstance(host, bytes) else host
    if not name:
        return "::" if family == socket.AF_INET6 else "0.0.0.0"
    if found := numeric(name):
        return found
    if name.lower().rstrip(".") in LOCAL_NAMES:
        return "::1" if family == socket.AF_INET6 else "127.0.0.1"
    if name.lower().rstrip(".").endswith(NEVER_A_NAME):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    raise LeavesSimulation(f"looking up {name!r}", "use localhost, 127.0.0.1 or ::1")


@lru_cache
def is_local(host: str) -> bool:
    """Is this an address in digits of the simulated host?"""
    address = ipaddress.ip_address(host)
    return address.is_loopback or address.is_unspecified


def require_local(host: str, port: object) -> None:
    """Raises `LeavesSimulation` for an address beyond the simulated host."""
    if not is_local(host):
        raise LeavesSimulation(
            f"a connection to {host}:{port}", "serve what the test needs on 127.0.0.1"
        )


def place(family: int, address: Address) -> Place:
    """The address as a key, names resolved."""
    if family == socket.AF_UNIX:
        return (family, os.fsdecode(address) if not isinstance(address, tuple) else str(address))
    if not isinstance(address, tuple) or len(address) < 2:
        raise TypeError(f"address must be (host, port), not {address!r}")
    host, port = address[0], address[1]
    if not 0 <= port <= LAST_PORT:
        raise OverflowError("bind(): port must be 0-65535.")
    return (family, resolve(host, family), port)


def as_name(of: Place | None) -> Any:
    """The key as `getsockname` gives it."""
    match of:
        case None:
            return ""
        case (_, path):
            return path
        case (family, host, port):
            return (host, port, 0, 0) if family == socket.AF_INET6 else (host, port)
    raise AssertionError(of)


def as_text(of: Place) -> str:
    """The key as reports show it: `127.0.0.1:80`, `[::1]:80`, a path."""
    match of:
        case (_, path):
            return str(path)
        case (family, host, port):
            return f"[{host}]:{port}" if family == socket.AF_INET6 else f"{host}:{port}"
    raise AssertionError(of)


class Ports:
    """Hands out ports in a fixed order."""

    __slots__ = ("_next",)

    def __init__(self) -> None:
        self._next = FIRST_PORT

    def free(self, taken: Container[int] = ()) -> int:
        """The next port that is not taken."""
        for _ in range(LAST_PORT - FIRST_PORT + 1):
            port = self._next
            self._next = FIRST_PORT if port == LAST_PORT else port + 1
            if port not in taken:
                return port
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def getaddrinfo(
    host: str | bytes | None,
    port: Any,
    family: int = 0,
    type: int = 0,
    proto: int = 0,
    flags: int = 0,
) -> list[tuple[Any, ...]]:
    """Stands in for `socket.getaddrinfo`: digits and the local host's names, without a resolver.

    `localhost` is 127.0.0.1, and ::1 for those who ask for that family.
    """
    name = host.decode() if isinstance(host, bytes) else host
    if name and numeric(name) is None and not flags & socket.AI_NUMERICHOST:
        wanted = socket.AF_INET if family == socket.AF_UNSPEC else family
        name = resolve(name, wanted)
    flags = (flags | socket.AI_NUMERICHOST) & ~socket.AI_ADDRCONFIG
    return REAL_GETADDRINFO(name, port, family, type, proto, flags)


def gethostbyname(host: str) -> str:
    """Stands in for `socket.gethostbyname`."""
    return resolve(host, socket.AF_INET)


def getnameinfo(address: tuple[Any, ...], flags: int) -> tuple[str, str]:
    """Stands in for `socket.getnameinfo`: an address is its own name."""
    return str(address[0]), str(address[1])
