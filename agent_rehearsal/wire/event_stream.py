"""An answer that is a stream of server-sent events, as a player writes it."""

from collections.abc import Callable, Iterator

from aiohttp import web

from agent_rehearsal.journal import Joined, Pieces
from agent_rehearsal.wire.delivery import STREAM_HEADERS
from agent_rehearsal.wire.ends import Ends
from agent_rehearsal.wire.http import Exchange
from agent_rehearsal.wire.script import Answer, Raw, Send

EventEncoder = Callable[[Send], bytes]
"""How an event becomes bytes of a stream: its `event:` and `data:` lines and the blank line."""


class EventStream(Ends):
    """A sink that is a stream of server-sent events; its head goes out with the first data."""

    def __init__(
        self, exchange: Exchange, encode: EventEncoder, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(exchange)
        self._encode = encode
        self._headers = headers
        self._response: web.StreamResponse | None = None

    async def send(self, run: list[Send | Raw], sizes: tuple[int, ...]) -> None:
        """Write a run of events as one chunk and at once, or in chunks of `sizes` bytes."""
        if sizes:
            await self._write(run, sizes)
        else:
            with self._exchange.corked():
                await self._write(run, sizes)

    async def whole(self, pieces: Pieces) -> None:
        """Send a stream whose every event is known, and end it in good order, with one write.

        Raises RuntimeError once a stream has begun.
        """
        if self._response is not None:
            raise RuntimeError("a whole stream cannot follow data: it has a head of its own")
        if not await self._exchange.deliver(self._headers, pieces):
            with self._exchange.corked():
                await self._put(pieces, ())
                await self.finish()

    async def answer(self, answer: Answer) -> None:
        """Send a whole answer in place of the stream. Raises RuntimeError once that has begun."""
        if self._response is not None:
            raise RuntimeError(
                f"status({answer.status}) cannot follow data, the head said 200: give it first, "
                "or end the stream with failed(...), cut() or reset()"
            )
        await self._exchange.answer(answer)

    def encoded(self, piece: Send | Raw) -> bytes:
        """A piece as it stands in the stream."""
        return self._encode(piece) if isinstance(piece, Send) else piece.data

    async def finish(self) -> None:
        """End the stream in good order, also one in which nothing was sent."""
        with self._exchange.corked():
            await (await self._begun()).write_eof()

    async def close(self, code: int, reason: str) -> None:
        """End the stream in good order: HTTP has no close codes."""
        await self.finish()

    async def ping(self, data: bytes) -> None:
        """Send a comment, which keeps a connection busy as a ping does (WHATWG HTML, 9.2.7)."""
        await self.send([Raw(b": ping\n\n")], ())

    def withhold_pongs(self) -> None:
        """Do nothing: over HTTP there are no pings."""

    async def _write(self, run: list[Send | Raw], sizes: tuple[int, ...]) -> None:
        await self._put(Joined([self.encoded(piece) for piece in run]), sizes)

    async def _put(self, pieces: Pieces, sizes: tuple[int, ...]) -> None:
        response = await self._begun()
        self._exchange.record_all(pieces)
        for part in parts(pieces.within(b"", b""), sizes):
            await response.write(part)

    async def _begun(self) -> web.StreamResponse:
        if self._response is None:
            self._response = web.StreamResponse()
            headers = (*STREAM_HEADERS, *self._headers)
            await self._exchange.begin(self._response, 200, headers)
        return self._response


def parts(data: bytes, sizes: tuple[int, ...]) -> Iterator[bytes]:
    """`data` in pieces of `sizes`, in turn and over again; whole without sizes."""
    start, turn = 0, 0
    while start < len(data):
        end = start + sizes[turn % len(sizes)] if sizes else len(data)
        yield data[start:end]
        start, turn = end, turn + 1
