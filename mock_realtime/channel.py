"""The data channel of a call as a sink and as an iterator over messages, like a WebSocket.

Everything is recorded: messages as they are, audio as PCM. Knows no library; what carries messages
and audio is given.
"""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Callable
from typing import Final, Protocol

import msgspec

from agent_rehearsal.journal import Connection, Direction, Entry, Journal
from agent_rehearsal.wire import Answer, Raw, Send
from agent_rehearsal.wire.script import Slice

AUDIO_DELTAS: Final = ("response.output_audio.delta", "response.audio.delta")
"""Events that a call does not have: what they carry is played as media."""
OPEN: Final = "open"
_NO_WEBSOCKET = "a data channel has no {}; it ends with close(code), cut() or reset()"


class Wire(Protocol):
    """What a data channel of a library has."""

    @property
    def readyState(self) -> str:
        """`open` while messages can be sent."""

    def send(self, data: bytes | str) -> None:
        """Send one message."""

    def close(self) -> None:
        """End it."""


class _Delta(msgspec.Struct, frozen=True):
    delta: str


class Channel:
    """One data channel. `play` puts PCM, 16 bits, mono, 24 kHz, on the call's track."""

    def __init__(
        self,
        wire: Wire,
        entry: Entry,
        conn: Connection,
        journal: Journal,
        *,
        play: Callable[[bytes], None],
        leave: Callable[[], object],
    ) -> None:
        self.entry = entry
        """The request that made the call."""
        self.conn = conn
        self.journal = journal
        self._wire = wire
        self._play = play
        self._leave = leave
        self._heard: asyncio.Queue[Entry | None] = asyncio.Queue()
        self._held = b""

    @property
    def left(self) -> bool:
        """Whether nothing more can be sent."""
        return self._wire.readyState != OPEN

    def hear(self, message: bytes | str) -> None:
        """Take a message of the client."""
        raw = message.encode() if isinstance(message, str) else message
        head = "text" if isinstance(message, str) else "binary"
        self._heard.put_nowait(self.record("in", head, raw))

    def end(self) -> None:
        """Take the end of the channel."""
        self._heard.put_nowait(None)

    async def messages(self) -> AsyncIterator[Entry]:
        """Each message, recorded, until the channel ends."""
        while (entry := await self._heard.get()) is not None:
            yield entry

    async def send(self, run: list[Send | Raw], sizes: tuple[int, ...]) -> None:
        """Send each piece as one message; pieces of one message are put together, and audio is
        played.
        """
        for piece in run:
            self._send(piece)

    async def answer(self, answer: Answer) -> None:
        """Raises RuntimeError: a call is refused when it is made."""
        raise RuntimeError(
            f"status {answer.status} on an open data channel: refuse the call with "
            "reply_call(refuse(...)), or end the channel with close(code)"
        )

    async def close(self, code: int, reason: str) -> None:
        """End the channel; it has no codes."""
        self._wire.close()
        self.end()

    async def ping(self, data: bytes) -> None:
        """Raises RuntimeError."""
        raise RuntimeError(_NO_WEBSOCKET.format("pings"))

    def withhold_pongs(self) -> None:
        """Do nothing: there are no pings."""

    def encoded(self, piece: Send | Raw) -> bytes:
        """The payload of a piece."""
        return piece.payload if isinstance(piece, Send) else piece.data

    async def cut(self) -> None:
        """End the call for the client, media and all."""
        self._leave()

    async def half_close(self) -> None:
        """Raises RuntimeError."""
        raise RuntimeError(_NO_WEBSOCKET.format("half"))

    async def reset(self) -> None:
        """As `cut`: datagrams know no reset."""
        self._leave()

    def record(self, direction: Direction, head: str, raw: bytes) -> Entry:
        """Record a message or a piece of audio."""
        return self.journal.append(
            self.entry.source,
            "frame",
            conn=self.conn,
            direction=direction,
            head=head,
            raw=raw,
            re=self.entry.seq,
        )

    def _send(self, piece: Send | Raw) -> None:
        if self.left:
            raise ConnectionResetError("the client has closed the data channel")
        pcm = audio_in(piece)
        if pcm is not None:
            self.record("out", "audio", pcm)
            self._play(pcm)
            return
        self._held += self.encoded(piece)
        if isinstance(piece, Slice) and not piece.last:
            return
        data, self._held = self._held, b""
        self._write(data)

    def _write(self, data: bytes) -> None:
        try:
            message: bytes | str = data.decode()
        except UnicodeDecodeError:
            message = data
        self.record("out", "text" if isinstance(message, str) else "binary", data)
        self._wire.send(message)


def audio_in(piece: Send | Raw) -> bytes | None:
    """The audio that an event carries; None where it carries none, or nothing that is base64."""
    if not isinstance(piece, Send) or piece.type not in AUDIO_DELTAS:
        return None
    try:
        return base64.b64decode(
            msgspec.json.decode(piece.payload, type=_Delta).delta, validate=True
        )
    except (msgspec.DecodeError, binascii.Error):
        return None
