"""The real transport, against a bare server that answers with prepared bytes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from codex_core.model_client.aiohttp_transport import HttpTransport
from codex_core.model_client.transport import Reply, TransportError

Answer = Callable[[asyncio.StreamWriter], None]


class Server:
    """Keeps each request's head and body, and how many connections there were."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.requests: list[tuple[str, bytes]] = []
        self.connections = 0
        self.left = asyncio.Event()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                text = head.decode().lower()
                length = int(text.split("content-length: ")[1].split("\r\n")[0])
                self.requests.append((text, await reader.readexactly(length)))
                self.answer(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.left.set()
        finally:
            writer.close()


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[tuple[Server, HttpTransport]]:
    server = Server(answer)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    host, port = listener.sockets[0].getsockname()
    server.url = f"http://{host}:{port}/v1/responses"
    transport = HttpTransport()
    try:
        async with asyncio.timeout(20):
            yield server, transport
    finally:
        await transport.close()
        listener.close()


def send(data: bytes) -> Answer:
    return lambda writer: writer.write(data)


def send_and_cut(data: bytes) -> Answer:
    def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        writer.close()

    return answer


async def whole_body(reply: Reply) -> bytes:
    chunks = []
    while chunk := await reply.read():
        chunks.append(chunk)
    return b"".join(chunks)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-One: 1\r\n\r\n"
REFUSED = b"HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno"


async def test_a_request_and_its_reply() -> None:
    """The body and the headers arrive as given, nothing is asked for beyond; lower-case names."""
    async with serving(send(CHUNKED + b"2\r\nab\r\n0\r\n\r\n")) as (server, transport):
        reply = await transport.request("POST", f"{server.url}?a=%2F b", {"x-mine": "1"}, b"body")
        assert (reply.status, reply.headers["x-one"]) == (200, "1")
        assert await reply.read() + await reply.read() == b"ab"
        reply.close()
    head, body = server.requests[0]
    assert head.startswith("post /v1/responses?a=%2f")
    assert "x-mine: 1\r\n" in head
    assert "accept-encoding" not in head
    assert body == b"body"


ODD_HEADERS = b"X-State: a\r\nx-state: b\r\nX-Bytes: \xff\r\nX-Word: \xc3\xbc\r\n"


async def test_headers_are_what_can_be_read_of_them() -> None:
    """The first of each name; one in no known encoding says nothing."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + ODD_HEADERS + b"\r\n"
    async with serving(send(head)) as (server, transport):
        reply = await transport.request("POST", server.url, {}, b"")
        assert reply.headers == {"content-length": "0", "x-state": "a"}
        reply.close()


async def test_a_header_may_be_long() -> None:
    """A state that the server wants back may be more than a browser would take."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-State: %s\r\n\r\n" % (b"x" * 60_000)
    async with serving(send(head)) as (server, transport):
        reply = await transport.request("POST", server.url, {}, b"")
        assert len(reply.headers["x-state"]) == 60_000
        reply.close()


async def test_a_stream_that_is_left_is_closed() -> None:
    """Closing before the end of the body ends the connection: the server sees it go."""
    async with serving(send(CHUNKED + b"2\r\nab\r\n")) as (server, transport):
        reply = await transport.request("POST", server.url, {}, b"")
        assert await reply.read() == b"ab"
        reply.close()
        reply.close()
        await server.left.wait()


async def test_a_reply_read_to_its_end_leaves_the_connection_for_the_next() -> None:
    """A refused request is repeated on the same connection."""
    async with serving(send(REFUSED)) as (server, transport):
        for _ in range(2):
            reply = await transport.request("POST", server.url, {}, b"")
            assert await reply.read() == b"no"
            assert await reply.read() == b""
            reply.close()
        assert (server.connections, len(server.requests)) == (1, 2)


async def test_a_long_body_arrives_whole() -> None:
    """Beyond a mebibyte it is sent in pieces, still with its length."""
    body = bytes(range(256)) * 8192
    async with serving(send(REFUSED)) as (server, transport):
        reply = await transport.request("POST", server.url, {}, body)
        reply.close()
    head, sent = server.requests[0]
    assert sent == body
    assert "transfer-encoding" not in head


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n", b"nonsense\r\n\r\n"])
async def test_no_reply_is_an_error(start: bytes) -> None:
    """A connection that ends before the headers, or speaks no HTTP."""
    async with serving(send_and_cut(start)) as (server, transport):
        with pytest.raises(TransportError, match="error sending request for url"):
            await transport.request("POST", server.url, {}, b"")


async def test_a_body_that_breaks_off_is_an_error() -> None:
    """A chunked body without its end is told as broken after what came."""
    async with serving(send_and_cut(CHUNKED + b"2\r\nab\r\n")) as (server, transport):
        reply = await transport.request("POST", server.url, {}, b"")
        with pytest.raises(TransportError, match="error reading the response body"):
            await whole_body(reply)
        reply.close()


async def test_nobody_there_is_an_error() -> None:
    """The address is named."""
    async with serving(send(b"")) as (server, _):
        pass
    transport = HttpTransport()
    with pytest.raises(TransportError, match=r"url \(http://127.0.0.1:"):
        await transport.request("POST", server.url, {}, b"")
    await transport.close()


async def test_a_redirect_is_not_followed() -> None:
    """A moved address is a status like any other."""
    moved = b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"
    async with serving(send(moved)) as (server, transport):
        reply = await transport.request("POST", server.url, {}, b"")
        assert reply.status == 302
        reply.close()
    assert len(server.requests) == 1


async def test_closing_twice_or_unused_is_fine() -> None:
    """A transport that never sent anything has nothing to close."""
    transport = HttpTransport()
    await transport.close()
    await transport.close()
