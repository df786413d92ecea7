"""The real WebSocket, against servers that speak it well, badly, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from codex_core.model_client.transport import TransportError
from codex_core.model_client.websocket import (
    Arrival,
    Binary,
    Closed,
    HandshakeRefusedError,
    Lost,
    Text,
    WebSocket,
)
from codex_core.model_client.websocket_transport import open_websocket

Speak = Callable[[ServerConnection], Awaitable[None]]
PATIENCE = 20
NO_UPGRADE = b"HTTP/1.1 403 No\r\nX-One: 1\r\nContent-Length: 4\r\n\r\nnope"


@asynccontextmanager
async def connected(
    speak: Speak, *, compression: str | None = "deflate"
) -> AsyncIterator[WebSocket]:
    """A socket to a server that speaks, then stays until the client leaves."""

    async def handle(connection: ServerConnection) -> None:
        await speak(connection)
        await connection.wait_closed()

    async with (
        asyncio.timeout(PATIENCE),
        serve(handle, "127.0.0.1", 0, compression=compression) as server,
    ):
        port = next(iter(server.sockets)).getsockname()[1]
        socket = await open_websocket(f"ws://127.0.0.1:{port}/v1/responses?a=b", {"x-mine": "1"})
        try:
            yield socket
        finally:
            socket.drop()


@asynccontextmanager
async def answering(*answer: bytes) -> AsyncIterator[str]:
    """The address of a server that reads a head, says this and ends; or says nothing and stays."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in answer:
            writer.write(part)
        if answer:
            writer.close()
        else:
            await reader.read()
            writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with asyncio.timeout(PATIENCE), listener:
        yield f"ws://127.0.0.1:{port}/v1/responses"


async def silent(_: ServerConnection) -> None:
    """Says nothing."""


async def received(socket: WebSocket, count: int) -> list[Arrival]:
    return [await socket.receive() for _ in range(count)]


async def test_texts_go_both_ways() -> None:
    """The handshake has the address, the headers and the offer to deflate; texts come whole."""
    heads = []

    async def echo(connection: ServerConnection) -> None:
        assert connection.request is not None
        heads.append((connection.request.path, connection.request.headers))
        await connection.send(f"heard {await connection.recv()!s}")

    async with connected(echo) as socket:
        await socket.send("grüße".encode())
        assert await socket.receive() == Text("heard grüße".encode())
    ((path, headers),) = heads
    assert path == "/v1/responses?a=b"
    assert headers["x-mine"] == "1"
    assert headers["sec-websocket-extensions"] == "permessage-deflate; client_max_window_bits"
    assert socket.headers["upgrade"] == "websocket"


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_messages_are_put_together(compression: str | None) -> None:
    """Frames of one message, with a ping between two of them, are one text."""

    async def speak(connection: ServerConnection) -> None:
        async def pieces() -> AsyncIterator[str]:
            yield "a" * 1000
            await connection.ping()
            yield "b" * 1000

        await connection.send(pieces())
        await connection.send("next")

    async with connected(speak, compression=compression) as socket:
        first, second = await received(socket, 2)
    assert first == Text(b"a" * 1000 + b"b" * 1000)
    assert second == Text(b"next")


async def test_pings_are_answered_between_requests() -> None:
    """Nobody has to receive for that."""
    answered = asyncio.Event()

    async def speak(connection: ServerConnection) -> None:
        await (await connection.ping())
        answered.set()

    async with connected(speak) as socket:
        await answered.wait()
        assert socket.poll() is None


async def test_ten_megabytes_come_as_one_message() -> None:
    """Longer than what the connection buffers before the server has to wait."""
    text = "x" * 10_000_000

    async def speak(connection: ServerConnection) -> None:
        await connection.send(text)
        await connection.send("and more")

    async with connected(speak) as socket:
        first, second = await received(socket, 2)
    assert isinstance(first, Text)
    assert len(first.data) == len(text)
    assert second == Text(b"and more")


async def test_a_client_that_does_not_receive_makes_the_server_wait() -> None:
    """Unread messages are held to some megabytes; all of them come in the end."""
    sent = 0

    async def speak(connection: ServerConnection) -> None:
        nonlocal sent
        for _ in range(48):
            await connection.send("x" * 1_000_000)
            sent += 1

    async with connected(speak, compression=None) as socket:
        first = await received(socket, 1)
        assert sent < 48
        rest = await received(socket, 47)
    assert {len(each.data) for each in (*first, *rest) if isinstance(each, Text)} == {1_000_000}


async def test_what_came_can_be_polled() -> None:
    """Without waiting: the messages that are there, then None."""

    async def speak(connection: ServerConnection) -> None:
        await connection.send("one")
        await connection.send(b"two")

    async with connected(speak) as socket:
        assert await socket.receive() == Text(b"one")
        assert await socket.receive() == Binary()
        assert socket.poll() is None


async def test_a_close_is_told_with_its_code_and_again() -> None:
    """After it nothing is sent, and nothing waits."""

    async def speak(connection: ServerConnection) -> None:
        await connection.close(1011, "oh no")

    async with connected(speak) as socket:
        closed = Closed(1011, "oh no")
        assert await received(socket, 3) == [closed, closed, closed]
        await socket.send(b"too late")


async def test_an_end_without_a_close_is_told() -> None:
    """TCP's end alone is a plain loss."""

    async def speak(connection: ServerConnection) -> None:
        connection.transport.close()

    async with connected(speak) as socket:
        assert await socket.receive() == Lost("")
        assert await socket.receive() == Lost("")


async def test_a_reset_is_told() -> None:
    """The system's own words."""

    async def speak(connection: ServerConnection) -> None:
        connection.transport.abort()

    async with connected(speak) as socket:
        arrival = await socket.receive()
    assert isinstance(arrival, Lost)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xff\xff\xff", id="reserved bits"),
        pytest.param(b"\x83\x00", id="an unknown opcode"),
        pytest.param(b"\x81\x81\0\0\0\0a", id="a mask, which only clients have"),
        pytest.param(b"\x80\x01a", id="the rest of nothing"),
        pytest.param(b"\x01\x01a\x81\x01b", id="a message inside of one"),
        pytest.param(b"\x09\x00", id="half a ping"),
        pytest.param(b"\x89\x7e\x00\x7e" + bytes(126), id="a long ping"),
        pytest.param(b"\x88\x01\x03", id="half a close code"),
        pytest.param(b"\x88\x02\x00\x01", id="a close code that is none"),
        pytest.param(b"\x88\x03\x03\xe8\xff", id="a reason that is no text"),
        pytest.param(b"\x81\x7f" + (1 << 40).to_bytes(8), id="a terabyte"),
        pytest.param(b"\xc1\x02\xff\xff", id="what cannot be inflated"),
    ],
)
async def test_bytes_that_are_no_frame_are_an_end(data: bytes) -> None:
    """A server that breaks the protocol is told so and left; the problem is named."""

    async def speak(connection: ServerConnection) -> None:
        await connection.send("before")
        connection.transport.write(data)

    async with connected(speak) as socket:
        assert await socket.receive() == Text(b"before")
        arrival = await socket.receive()
    assert isinstance(arrival, Lost)
    assert arrival.problem.startswith("WebSocket protocol error: ")


async def test_a_text_that_is_none_is_handed_on() -> None:
    """What it means is not this layer's matter."""

    async def speak(connection: ServerConnection) -> None:
        connection.transport.write(b"\x81\x02\xff\xfe")

    async with connected(speak, compression=None) as socket:
        assert await socket.receive() == Text(b"\xff\xfe")


async def test_dropping_leaves_at_once_and_may_be_repeated() -> None:
    """The server sees the connection go; a receiver is told of the loss."""
    left = asyncio.Event()

    async def speak(connection: ServerConnection) -> None:
        await connection.wait_closed()
        left.set()

    async with connected(speak) as socket:
        waiting = asyncio.ensure_future(socket.receive())
        socket.drop()
        socket.drop()
        await left.wait()
        assert isinstance(await waiting, Lost)


async def test_headers_are_what_can_be_read_of_them() -> None:
    """The first of each name; one in no known encoding says nothing."""
    odd = b"X-State: a\r\nx-state: b\r\nX-Bytes: \xff\r\nX-Word: \xc3\xbc\r\n"
    async with answering(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n" + odd + b"\r\n") as url:
        with pytest.raises(HandshakeRefusedError) as caught:
            await open_websocket(url, {})
    assert caught.value.headers == {"content-length": "0", "x-state": "a"}


async def test_a_refusal_is_told_whole() -> None:
    """Status, headers by lower-case name, body."""
    async with answering(NO_UPGRADE) as url:
        with pytest.raises(HandshakeRefusedError) as caught:
            await open_websocket(url, {})
    refused = caught.value
    assert (refused.status, refused.headers["x-one"], refused.body) == (403, "1", b"nope")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
        b"Sec-WebSocket-Accept: wrong\r\n\r\n",
        b"HTTP/1.1 403 No\r\nContent-Length: 100\r\n\r\nnope",
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/1.1 1",
        b"",
    ],
)
async def test_whatever_speaks_no_websocket_is_an_error(answer: bytes) -> None:
    """Half an answer, none, or a wrong one."""
    async with answering(answer) as url:
        with pytest.raises(TransportError, match=r"."):
            await open_websocket(url, {})


async def test_nobody_there_is_an_error() -> None:
    """The address is named."""
    async with answering() as url:
        pass
    with pytest.raises(TransportError, match=r"error connecting to ws://127\.0\.0\.1:"):
        await open_websocket(url, {})


@pytest.mark.parametrize("url", ["ws://", "http://127.0.0.1/", "ws://127.0.0.1:port/"])
async def test_an_address_that_is_none_is_an_error(url: str) -> None:
    """It is told, not raised through."""
    with pytest.raises(TransportError, match="error connecting to "):
        await open_websocket(url, {})


@pytest.mark.parametrize("value", ["a\r\nb: c", "\u20ac"])
async def test_a_header_that_cannot_be_sent_is_an_error(value: str) -> None:
    """No line of one's own can be put into the handshake."""
    async with answering() as url:
        with pytest.raises(TransportError):
            await open_websocket(url, {"x-mine": value})


async def test_who_gives_the_handshake_up_leaves_no_connection() -> None:
    """A cancelled opening ends the connection."""
    asked, left = asyncio.Event(), asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await reader.read()
        writer.close()
        left.set()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with asyncio.timeout(PATIENCE), listener:
        opening = asyncio.ensure_future(open_websocket(f"ws://127.0.0.1:{port}/", {}))
        await asked.wait()
        opening.cancel()
        await left.wait()
    assert opening.cancelled()
