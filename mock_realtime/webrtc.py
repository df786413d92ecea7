"""The true other end of a call: a WebRTC peer with one audio track and a data channel.

The only module that imports aiortc, which brings its own threads to decode audio; it is imported
when the first call asks for it. On a simulated loop it cannot be used.
"""

import asyncio
from collections.abc import Awaitable, Callable
from fractions import Fraction
from typing import Any, Final, cast

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, AudioResampler

from agent_rehearsal.journal import Entry, Journal
from mock_realtime.channel import Channel
from mock_realtime.offer import BadOffer

RATE: Final = 24_000
"""Samples a second of the audio in the journal: 16 bits, mono, as in `audio/pcm` of the API."""
_STEP: Final = RATE // 50
"""Samples of one frame, which lasts 20 ms."""
_LOOPBACK: Final = "127.0.0.1"
_OVER: Final = ("failed", "closed")


class Peer:
    """One connection. `serve` talks on a data channel, `hear` is given what the client says, 16
    bits, mono, 24 kHz; `gone` is awaited if the client has left.
    """

    def __init__(
        self,
        entry: Entry,
        journal: Journal,
        *,
        serve: Callable[[Channel], Awaitable[None]],
        hear: Callable[[bytes], None],
        gone: Callable[[], Awaitable[None]],
    ) -> None:
        self.conn = journal.connection()
        """What its frames are recorded on: a connection of its own, opened by the request."""
        self.conn.opened = entry
        self._entry = entry
        self._journal = journal
        self._serve = serve
        self._take = hear
        self._gone = gone
        self._speaker = Speaker()
        self._channel: Channel | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None
        # Without this aiortc asks a public STUN server for its address.
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._pc.on("datachannel", self._open)
        self._pc.on("track", self._hear)
        self._pc.on("connectionstatechange", self._look)

    async def answer(self, offer: str) -> str:
        """The answer to an offer, once the sockets for it are bound.

        Raises BadOffer for an offer that it cannot take.
        """
        try:
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
            self._pc.addTrack(self._speaker)
            on_loopback(self._pc)
            await self._pc.setLocalDescription()
        except Exception as error:  # aiortc raises whatever its parser meets
            await self.close()
            raise BadOffer(f"the peer cannot take it: {error!r}", code="invalid_offer") from error
        return self._pc.localDescription.sdp

    async def close(self) -> None:
        """End the connection; when this returns, no task of ours is left."""
        await asyncio.shield(self.leave())

    def leave(self) -> "asyncio.Task[None]":
        """Begin to end the connection, as one of its own tasks may ask; returns what ends it."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._end())
        return self._closing

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._pc.close()

    def _open(self, wire: RTCDataChannel) -> None:
        if self._channel is not None:  # the API has one, for events, and no use for more
            return
        self._channel = channel = Channel(
            wire,
            self._entry,
            self.conn,
            self._journal,
            play=self._speaker.play,
            leave=self.leave,
        )
        wire.on("message", channel.hear)
        wire.on("close", channel.end)
        self._start(self._serve(channel))

    def _hear(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio":
            self._start(self._listen(track))

    async def _listen(self, track: MediaStreamTrack) -> None:
        """Record what the client says, as it comes."""
        resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
        while True:
            try:
                heard = await track.recv()
            except MediaStreamError:
                return
            for frame in resampler.resample(cast(AudioFrame, heard)):
                self._record(bytes(frame.planes[0])[: frame.samples * 2])

    def _record(self, pcm: bytes) -> None:
        self._journal.append(
            self._entry.source,
            "frame",
            conn=self.conn,
            direction="in",
            head="audio",
            raw=pcm,
            re=self._entry.seq,
        )
        self._take(pcm)

    def _look(self) -> None:
        """Take note that the connection is over, unless we ended it."""
        if self._pc.connectionState in _OVER and self._closing is None:
            self._closing = asyncio.create_task(self._end_gone())

    async def _end_gone(self) -> None:
        await self._gone()
        await self._end()

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Speaker(MediaStreamTrack):
    """The audio track of the server: what is to be played, in real time, and silence after it."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._pcm = bytearray()
        self._begun: float | None = None
        self._samples = 0

    def play(self, pcm: bytes) -> None:
        """Play this after all that is still to be played."""
        self._pcm += pcm

    async def recv(self) -> AudioFrame:
        """The next 20 ms, when they are due."""
        if self.readyState != "live":
            raise MediaStreamError
        now = asyncio.get_running_loop().time()
        self._begun = now if self._begun is None else self._begun
        await asyncio.sleep(max(0.0, self._begun + self._samples / RATE - now))
        frame = AudioFrame(format="s16", layout="mono", samples=_STEP)
        frame.planes[0].update(self._next(frame.planes[0].buffer_size))
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = self._samples
        self._samples += _STEP
        return frame

    def _next(self, size: int) -> bytes:
        taken = bytes(self._pcm[: _STEP * 2])
        del self._pcm[: _STEP * 2]
        return taken.ljust(size, b"\0")


def on_loopback(pc: RTCPeerConnection) -> None:
    """Let a peer be reached on the loopback interface as well, which ICE leaves out (RFC 8445,
    5.1.1.1) and which is the only one in many a sandbox.

    Reaches into aiortc; where that has changed, the other interfaces remain.
    """
    transports = [each.receiver.transport for each in pc.getTransceivers()]
    transports += [pc.sctp.transport] if pc.sctp else []
    for gatherer in {each.transport.iceGatherer for each in transports}:
        agent: Any = getattr(gatherer, "_connection", None)
        if hasattr(agent, "get_component_candidates"):
            agent.get_component_candidates = _with_loopback(agent.get_component_candidates)


def _with_loopback(gather: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def both(*, addresses: list[str], **options: Any) -> Any:
        return await gather(addresses=[_LOOPBACK, *addresses], **options)

    return both
