"""One accepted WebSocket on aiohttp: messages in, messages out, all recorded.

The only module that writes frames. Close frames are exchanged here and not by aiohttp, which would
send and swallow some that the journal then lacks.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from itertools import takewhile

from aiohttp import WSMessage, WSMsgType, web

from agent_rehearsal.journal import FRAMES_IN, FRAMES_OUT, Ahead, Connection, Entry, Journal
from agent_rehearsal.wire.ends import Ends
from agent_rehearsal.wire.event_stream import parts
from agent_rehearsal.wire.framing import CONTINUATION, frame
from agent_rehearsal.wire.http import Exchange
from agent_rehearsal.wire.inflow import begin_inflow
from agent_rehearsal.wire.intake import note_end, protocol_of
from agent_rehearsal.wire.script import Answer, Raw, Send, Slice
from agent_rehearsal.wire.watch import Watch

CLOSE_WAIT = 10.0
"""Seconds of loop time that the peer has to answer a Close frame, before the connection ends."""
_INVALID_TEXT = 1007
_TEXT = WSMsgType.TEXT
_HEADS = {
    WSMsgType.TEXT: "text",
    WSMsgType.BINARY: "binary",
    WSMsgType.PING: "ping",
    WSMsgType.PONG: "pong",
}


class Socket(Ends):
    """A WebSocket as a sink, and as an iterator over the messages that ask for an answer."""

    __slots__ = (
        "_closing",
        "_deadline",
        "_halfway",
        "_run",
        "_wire",
        "_withheld",
        "_ws",
        "watch",
    )

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange)
        self.watch = Watch()
        """Told of each message that is about to be sent."""
        self._ws = self._response(compress=True)
        self._closing = False
        self._withheld = False
        self._halfway = False
        self._run = asyncio.Lock()
        self._wire = protocol_of(exchange.request).wire
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def entry(self) -> Entry:
        """The upgrade."""
        return self._exchange.entry

    @property
    def conn(self) -> Connection | None:
        """The connection."""
        return self._exchange.conn

    @property
    def journal(self) -> Journal:
        """Where it is recorded."""
        return self._exchange.journal

    @property
    def left(self) -> bool:
        """Whether the connection is closed, or about to be: nothing more can be sent."""
        return self._closing or self._exchange.left

    @property
    def acceptable(self) -> bool:
        """Whether the upgrade has what RFC 6455 (4.2.1) asks for."""
        return self._ws.can_prepare(self._exchange.request).ok

    async def accept(
        self, headers: tuple[tuple[str, str], ...] = (), *, compress: bool = True
    ) -> None:
        """Complete the upgrade, with these headers; `compress` agrees to permessage-deflate where
        the client offers it (RFC 7692).
        """
        if not compress:
            self._ws = self._response(compress=False)
        await self._exchange.begin(self._ws, 101, headers)

    async def messages(self) -> AsyncIterator[Entry]:
        """Each text or binary message, recorded, until the connection ends; but for those that the
        watch takes.

        Pings are answered, unless pongs are withheld, and a close is returned in passing. Messages
        that come after our own Close frame are recorded only.
        """
        begin_inflow(self._exchange.request, self._ws, self._take)
        try:
            while (message := await self._ws.receive()).type in _HEADS:
                entry = self._record_in(_HEADS[message.type], bytes(message.data))
                if message.type is WSMsgType.PING:
                    await self._pong(message.data)
                elif message.type is WSMsgType.TEXT and not is_text(entry.raw):
                    await self._refuse(entry)
                elif message.type is not WSMsgType.PONG:
                    if self._closing:
                        self.watch.late(entry)
                    else:
                        yield entry
            await self._end(message)
        finally:
            protocol_of(self._exchange.request).inflow = None
            if self._deadline is not None:
                self._deadline.cancel()

    def _take(self, messages: list[WSMessage]) -> int:
        """Let the watch take messages that came together: how many are taken, and recorded."""
        journal = self._exchange.journal
        if self._closing or self._wire.is_closing() or journal.observed or not self.watch.free():
            return 0
        texts = [data for type_, data, _ in messages if type_ is _TEXT]
        if len(texts) < len(messages):
            texts = [message.data for message in takewhile(_is_text_message, messages)]
        taken = 0
        while taken < len(texts):
            if quiet := self.watch.quiet(texts[taken:]):
                journal.extend(self.entry, tuple(texts[taken : taken + quiet]), way=FRAMES_IN)
            elif not self._answered(texts[taken], last=taken + 1 == len(messages)):
                break
            taken += quiet or 1
        return taken

    def _answered(self, text: bytes, *, last: bool) -> bool:
        """Whether a message could be answered on the spot; `last`: of those that came together."""
        if self._ws.compress or self._run.locked() or self._halfway:
            return False
        waits = self._wire.get_write_buffer_size()
        answer = None if waits else self.watch.ready(text, last=last)
        if answer is None:
            return False
        messages = answer()
        self._exchange.journal.extend(
            self._exchange.entry, messages, way=FRAMES_OUT, ahead=Ahead(FRAMES_IN, "text", text)
        )
        self._wire.write(messages.framed())
        return True

    async def send(self, run: list[Send | Raw], sizes: tuple[int, ...]) -> None:
        """Write each piece as one text message; raw bytes that are no UTF-8 as one binary message.

        A message is one frame, or under `sizes` several, a transport write each. What other scripts
        send comes before the run or after it.
        """
        async with self._run:
            await self._write_run(run, sizes)

    async def answer(self, answer: Answer) -> None:
        """Raises RuntimeError: an upgrade is refused before it is accepted, by a greeting."""
        raise RuntimeError(
            f"status {answer.status} on an open WebSocket: refuse the upgrade with "
            "greet(status(...)), or end the connection with close(code)"
        )

    async def close(self, code: int, reason: str) -> None:
        """Send a Close frame, unless one was sent; the peer's ends the connection."""
        if self.left:
            return
        self._closing = True
        payload = close_payload(code, reason)
        self._exchange.record("frame", "close", payload)
        await self._ws.send_frame(payload, WSMsgType.CLOSE)
        self._deadline = asyncio.get_running_loop().call_later(CLOSE_WAIT, self._give_up)

    async def ping(self, data: bytes) -> None:
        """Send a ping."""
        await self._write(WSMsgType.PING, data)

    def withhold_pongs(self) -> None:
        """Answer no ping from now on."""
        self._withheld = True

    def encoded(self, piece: Send | Raw) -> bytes:
        """The payload of a piece."""
        return piece.payload if isinstance(piece, Send) else piece.data

    async def _write_run(self, run: list[Send | Raw], sizes: tuple[int, ...]) -> None:
        if sizes:
            for piece in run:
                await self._write_parts(piece, sizes)
        elif self._ws.compress or any(isinstance(piece, Slice) for piece in run):
            with self._exchange.corked():
                for piece in run:
                    await self._write_piece(piece)
        else:
            await self._write_whole(run)

    async def _write_whole(self, run: list[Send | Raw]) -> None:
        """Write messages of one plain frame each, all at once."""
        self._expect_room()
        frames = []
        for piece in run:
            data = self.encoded(piece)
            opcode = WSMsgType.TEXT if isinstance(piece, Send) else _opcode(data)
            self._record_out(_HEADS[opcode], data)
            frames.append(frame(opcode, data, last=True))
        await self._write_bytes(b"".join(frames))

    async def _write_piece(self, piece: Send | Raw) -> None:
        if isinstance(piece, Slice):
            await self._write_parts(piece, (len(piece.data),))
            return
        data = self.encoded(piece)
        self._expect_room()
        await self._write(_opcode(data), data)

    async def _write_parts(self, piece: Send | Raw, sizes: tuple[int, ...]) -> None:
        """Write a piece in frames of `sizes` bytes; one that is a part of a message as such."""
        data = self.encoded(piece)
        opcode, first, last = _opcode(data), True, True
        if isinstance(piece, Slice):
            opcode, first, last = WSMsgType.TEXT, piece.first, piece.last
        if first:
            self._expect_room()
        self._halfway = not last
        self._record_out(_HEADS[opcode] if first else "continuation", data)
        *before, end = list(parts(data, sizes)) or [b""]
        for place, part in enumerate([*before, end]):
            begins = first and place == 0
            ends = last and place == len(before)
            await self._write_bytes(frame(opcode if begins else CONTINUATION, part, last=ends))

    def _expect_room(self) -> None:
        """Raise ConnectionError after a Close frame (RFC 6455, 5.5.1), and RuntimeError where a
        message was begun and not ended (5.4).
        """
        if self._closing:
            raise ConnectionResetError("a Close frame was sent, and nothing may follow it")
        if self._halfway:
            raise RuntimeError(
                f"{self.entry!r}: a message is half sent, and no other may begin inside of it; "
                "let the script that has within(...) go on first"
            )

    async def _write_bytes(self, data: bytes) -> None:
        if self.left:
            raise ConnectionResetError("the client has closed the connection")
        self._wire.write(data)
        await self._exchange.request.writer.drain()

    async def _write(self, opcode: WSMsgType, data: bytes) -> None:
        self._record_out(_HEADS[opcode], data)
        await self._ws.send_frame(data, opcode)

    async def _pong(self, data: bytes) -> None:
        if not self._withheld:
            await self._write(WSMsgType.PONG, data)

    def _record_out(self, head: str, data: bytes) -> None:
        self.watch.sent(self._exchange.record("frame", head, data))

    def _response(self, *, compress: bool) -> web.WebSocketResponse:
        offered = self._exchange.request.headers.get("sec-websocket-protocol", "")
        return web.WebSocketResponse(
            autoping=False,
            autoclose=False,
            compress=compress,
            decode_text=False,
            max_msg_size=0,
            protocols=[name.strip() for name in offered.split(",") if name.strip()],
        )

    async def _refuse(self, entry: Entry) -> None:
        text = f"{entry!r}: a text message that is no UTF-8, which RFC 6455 (5.6) asks for"
        self._exchange.findings.add("damaged-frame", text, about=entry)
        await self.close(_INVALID_TEXT, "no UTF-8")

    async def _end(self, message: WSMessage) -> None:
        """Take the last thing that came: a Close frame, the end of TCP, or nonsense."""
        if message.type is WSMsgType.CLOSE:
            self._record_in("close", close_payload(message.data, message.extra))
            await self.close(message.data, "")
            self._exchange.cut()
        elif message.type is WSMsgType.ERROR:
            text = f"{self.entry!r}: what came on this WebSocket broke RFC 6455: {message.data}"
            self._exchange.findings.add("damaged-frame", text, about=self.entry)
            code = getattr(message.data, "code", None)
            self._exchange.record("frame", "close", close_payload(code, ""))  # aiohttp sent it
            note_end(self.journal, self.entry, "protocol error")
        else:
            note_end(self.journal, self.entry, "client left")

    def _record_in(self, head: str, raw: bytes) -> Entry:
        return self.journal.append(
            self._exchange.source,
            "frame",
            conn=self.conn,
            direction="in",
            head=head,
            raw=raw,
            re=self.entry.seq,
        )

    def _give_up(self) -> None:
        note_end(self.journal, self.entry, "no answer to the Close frame")
        self._exchange.cut()


def _is_text_message(message: WSMessage) -> bool:
    return message.type is WSMsgType.TEXT


def _opcode(data: bytes) -> WSMsgType:
    return WSMsgType.TEXT if is_text(data) else WSMsgType.BINARY


def is_text(data: bytes) -> bool:
    """Whether `data` is UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def close_payload(code: int | None, reason: str | None) -> bytes:
    """The payload of a Close frame: two bytes of code and the reason; nothing where there is no
    code (RFC 6455, 5.5.1).
    """
    return struct.pack("!H", code) + (reason or "").encode() if code else b""
