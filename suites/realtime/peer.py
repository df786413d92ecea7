"""A true WebRTC client for the tests of calls, on the loopback interface."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from agent_rehearsal import Stage
from mock_realtime.webrtc import RATE, Speaker, on_loopback
from suites.realtime.offers import multipart, post

DEADLINE = 20.0
"""Seconds that a client waits for anything."""
TONE = b"\x00\x20\x00\xe0" * (RATE // 4)
"""Half a second of the highest tone that there is, which no codec keeps as it is."""


class Client:
    """One connection: it hears and speaks audio, and has the data channel for events."""

    def __init__(self) -> None:
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.microphone = Speaker()
        self.pc.addTrack(self.microphone)
        self.events = self.pc.createDataChannel("oai-events")
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.opened = asyncio.Event()
        self.closed = asyncio.Event()
        self.track: asyncio.Future[MediaStreamTrack] = asyncio.get_running_loop().create_future()
        self.events.on("open", self.opened.set)
        self.events.on("close", self.closed.set)
        self.events.on("message", self.heard.put_nowait)
        self.pc.on("track", self.track.set_result)

    async def offer(self) -> str:
        """What it offers, once its sockets are bound."""
        on_loopback(self.pc)
        await self.pc.setLocalDescription()
        return str(self.pc.localDescription.sdp)

    async def accept(self, answer: str) -> None:
        """Take an answer."""
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))

    async def received(self) -> str:
        """The next event."""
        async with asyncio.timeout(DEADLINE):
            return await self.heard.get()

    async def loudest(self) -> int:
        """Listen until something is heard, and say how loud it is."""
        async with asyncio.timeout(DEADLINE):
            track = await self.track
            while True:
                frame: Any = await track.recv()
                samples = memoryview(bytes(frame.planes[0])).cast("h")
                if (found := max(map(abs, samples))) > 500:
                    return found


@asynccontextmanager
async def connected(stage: Stage, session: str = "{}") -> AsyncIterator[Client]:
    """A client that has made a call, with its data channel open."""
    client = Client()
    try:
        parts = {"sdp": ("application/sdp", await client.offer())}
        headers, body = multipart(**parts, session=("application/json", session))
        status, _, text = await post(stage, "calls", body, **headers)
        assert status == 201, text
        await client.accept(text)
        async with asyncio.timeout(DEADLINE):
            await client.opened.wait()
        yield client
    finally:
        with suppress(MediaStreamError):
            await client.pc.close()
