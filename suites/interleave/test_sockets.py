"""Sockets of the simulated kernel do what real ones do: the same program in both worlds."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent_rehearsal.interleave.kernel.sockets import SimSocket
from suites.interleave.calls import LINGER_NOT, connected, listener, number, read_all
from suites.interleave.worlds import Dice, attempted, real, simulated, virtual_sleep


async def half_close() -> Any:
    async def play(client: socket.socket, server: socket.socket) -> Any:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(client, b"question")
        client.shutdown(socket.SHUT_WR)
        got = await read_all(server)
        await loop.sock_sendall(server, b"answer")
        server.close()
        return got, await read_all(client), number(client.send, b"more")

    return await connected(play)


async def reset_after_data() -> Any:
    async def play(client: socket.socket, server: socket.socket) -> Any:
        await asyncio.get_running_loop().sock_sendall(server, b"queued")
        server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        server.close()
        return await read_all(client), await read_all(client), number(client.send, b"more")

    return await connected(play)


async def close_with_unread_bytes() -> Any:
    async def play(client: socket.socket, server: socket.socket) -> Any:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(client, b"never read")
        await loop.sock_recv_into(server, bytearray(2))
        server.close()
        return await read_all(client)

    return await connected(play)


async def write_to_one_who_left() -> Any:
    async def play(client: socket.socket, server: socket.socket) -> Any:
        server.close()
        got = await read_all(client)
        first = number(client.send, b"1")
        while number(client.send, b"2") == "done":
            await virtual_sleep(0)
        return got, first, number(client.send, b"3")

    return await connected(play)


async def refused() -> Any:
    loop = asyncio.get_running_loop()
    with listener() as server:
        address = server.getsockname()
    with socket.socket() as client:
        client.settimeout(0)
        with pytest.raises(ConnectionRefusedError) as raised:
            await loop.sock_connect(client, address)
        return raised.value.errno


async def calls_out_of_place() -> Any:
    with socket.socket() as idle, listener() as server:
        idle.settimeout(0)
        found = [number(idle.recv, 1), number(idle.getpeername), number(idle.shutdown, 1)]
        found += [
            number(server.accept),
            number(idle.accept),
            number(server.connect, ("127.0.0.1", 9)),
        ]
        found.append(number(idle.bind, server.getsockname()))
        idle.close()
        found += [number(idle.getsockname), str(idle.fileno()), number(idle.send, b"")]
    return found


async def connecting_twice() -> Any:
    async def play(client: socket.socket, server: socket.socket) -> Any:
        return [client.connect_ex(client.getpeername()) for _ in range(3)]

    return await connected(play)


async def names() -> Any:
    async def play(client: socket.socket, server: socket.socket) -> Any:
        assert client.getsockname() == server.getpeername()
        assert server.getsockname() == client.getpeername()
        return client.getsockname()[0], client.family, client.type, client.proto, client.timeout

    return await connected(play)


async def reading_in_parts() -> Any:
    async def play(client: socket.socket, server: socket.socket) -> Any:
        loop = asyncio.get_running_loop()
        client.sendmsg([b"ab", b"cd", b"ef"])
        first = await loop.sock_recv(server, 1)
        buffer = bytearray(4)
        into = await loop.sock_recv_into(server, memoryview(buffer)[:2])
        return first, into, bytes(buffer), server.recv(9, socket.MSG_PEEK), server.recv(9)

    return await connected(play)


async def nothing_to_read() -> Any:
    async def play(client: socket.socket, server: socket.socket) -> Any:
        return number(client.recv, 1), client.getblocking(), client.gettimeout()

    return await connected(play)


async def back_pressure() -> Any:
    """Whether everything came, in order, and the writer had to wait."""

    async def play(client: socket.socket, server: socket.socket) -> Any:
        loop = asyncio.get_running_loop()
        payload = bytes(range(256)) * 40_000
        writing = asyncio.ensure_future(loop.sock_sendall(client, payload))
        await asyncio.sleep(0)
        waited, got = not writing.done(), bytearray()
        while len(got) < len(payload):
            got += await loop.sock_recv(server, 300_000)
        await writing
        return waited, got == payload

    return await connected(play)


async def ipv6() -> Any:
    loop = asyncio.get_running_loop()
    with listener(("::1", 0)) as server, socket.socket(socket.AF_INET6) as client:
        client.settimeout(0)
        await loop.sock_connect(client, server.getsockname())
        accepted, address = await loop.sock_accept(server)
        accepted.close()
        return address[0], len(address), await read_all(client)


async def pair() -> Any:
    one, two = socket.socketpair()
    for each in (one, two):
        each.settimeout(0)
    with one, two:
        one.send(b"to two")
        two.send(b"to one")
        loop = asyncio.get_running_loop()
        return await loop.sock_recv(one, 9), await loop.sock_recv(two, 9), one.getpeername()


async def unaccepted_are_reset() -> Any:
    loop = asyncio.get_running_loop()
    with listener() as server, socket.socket() as client:
        client.settimeout(0)
        await loop.sock_connect(client, server.getsockname())
        await loop.sock_sendall(client, b"hello")
        server.close()
        return await read_all(client)


async def options() -> Any:
    with socket.socket() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        found = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        kind = sock.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
        return bool(found), kind, sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


PROGRAMS = (
    half_close,
    reset_after_data,
    close_with_unread_bytes,
    write_to_one_who_left,
    refused,
    calls_out_of_place,
    connecting_twice,
    names,
    reading_in_parts,
    nothing_to_read,
    back_pressure,
    pair,
    unaccepted_are_reset,
    options,
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_ends_alike_in_both_worlds(program: Callable[[], Any]) -> None:
    """What a program over sockets sees is what it sees on a real kernel."""
    assert simulated(program) == real(program)


@pytest.mark.parametrize(
    "program", [each for each in PROGRAMS if each not in (pair, calls_out_of_place)]
)
def test_a_program_ends_alike_in_any_order(program: Callable[[], Any]) -> None:
    """Programs that wait for what they need see the same under every schedule."""
    expected = real(program)
    assert [simulated(program, Dice(seed)) for seed in range(20)] == [expected] * 20


def test_ipv6_loopback() -> None:
    """::1 is there, whether or not this machine has it, with addresses of four parts."""
    assert simulated(ipv6) == ("::1", 4, (b"", "end"))


@pytest.mark.parametrize("world", [real, simulated])
def test_a_unix_socket(world: Callable[..., Any], tmp_path: Path) -> None:
    """Streams over UNIX paths: nobody there, then a server, then nobody again."""
    path = str(tmp_path / "s")

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async def program() -> Any:
        with pytest.raises(FileNotFoundError):
            await asyncio.open_unix_connection(path)
        server = await asyncio.start_unix_server(echo, path)
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"line\n")
        got = await reader.read()
        writer.close()
        server.close()
        await server.wait_closed()
        with pytest.raises(OSError, match=r"ENOENT|No such file|refused"):
            await asyncio.open_unix_connection(path)
        return got, writer.get_extra_info("peername")

    assert world(program) == (b"line\n", path)


def test_a_simulated_socket_is_a_socket() -> None:
    """Checks of the type pass, and none of its descriptors is a real one."""

    async def program() -> Any:
        with socket.socket() as sock, socket.create_server(("127.0.0.1", 0)) as server:
            return (
                isinstance(sock, socket.socket),
                type(server),
                min(sock.fileno(), server.fileno()),
            )

    is_socket, kind, fd = simulated(program)
    assert is_socket
    assert kind is SimSocket
    assert issubclass(kind, socket.socket)
    assert fd > 100_000


def test_ports_are_the_same_in_every_run() -> None:
    """Port 0 gives free ports in a fixed order, and none that is taken."""

    async def program() -> Any:
        with listener() as one, listener(("127.0.0.1", 49_153)), listener() as three:
            return one.getsockname()[1], three.getsockname()[1]

    assert simulated(program) == (49_152, 49_154)


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        (("127.0.0.1", 80), ("127.0.0.1", 80), "EADDRINUSE"),
        (("0.0.0.0", 80), ("127.0.0.1", 80), "EADDRINUSE"),
        (("127.0.0.1", 80), ("127.0.0.2", 80), "done"),
        (("127.0.0.1", 80), ("::1", 80), "done"),
    ],
)
def test_an_address_is_taken_once(
    first: tuple[str, int], second: tuple[str, int], result: str
) -> None:
    """A second listener at the same address is told so."""

    async def program() -> Any:
        with listener(first), contextlib.ExitStack() as stack:
            return number(lambda: stack.enter_context(listener(second)))

    assert simulated(program) == result


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: socket.create_connection(("127.0.0.1", 9)), "blocking socket.connect"),
        (
            lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
            "a socket of AF_INET and SOCK_DGRAM leaves the simulation",
        ),
        (lambda: socket.socket(fileno=0), "the real descriptor 0"),
        (lambda: socket.create_server(("192.0.2.1", 0)), "serve what the test needs on 127.0.0.1"),
        (lambda: socket.getaddrinfo("example.org", 80), "looking up 'example.org'"),
        (lambda: socket.socketpair()[0].recv(1), "blocking socket.recv"),
        (lambda: socket.create_server(("127.0.0.1", 0)).accept(), "blocking socket.accept"),
        (lambda: socket.socket().dup(), "socket.dup"),
    ],
)
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_what_a_simulated_socket_cannot_do_is_named(call: Callable[[], Any], words: str) -> None:
    """A call that would wait for ever or reach outside says so, and what to do instead."""

    async def program() -> None:
        call()

    failure = attempted(program).failure
    assert failure is not None
    assert failure.kind == "LeavesSimulation"
    assert words in failure.text


def test_a_socket_that_is_not_closed_is_told() -> None:
    """Dropping a socket closes it with the warning that a real one gives."""

    async def program() -> None:
        socket.socket()

    with pytest.warns(ResourceWarning, match="unclosed <"):
        simulated(program)


def test_short_pieces_on_request() -> None:
    """With `split`, what one call sent may come in parts."""

    async def play(client: socket.socket, server: socket.socket) -> Any:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(client, b"abcdefgh")
        first = await loop.sock_recv(server, 100)
        rest = b""
        while len(first + rest) < 8:
            rest += await loop.sock_recv(server, 100)
        return first, first + rest

    found = {simulated(lambda: connected(play), Dice(seed), split=3) for seed in range(20)}
    assert {whole for _, whole in found} == {b"abcdefgh"}
    assert {first for first, _ in found} >= {b"abc", b"abcdef"}
