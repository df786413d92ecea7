"""What waits to be sent in a session: texts, sound, and the agent's messages, each first come first
served. Between the three there is no order; they take turns.

Whoever brings too much waits, but for sound: the newest frame is dropped.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial

from codex_core.protocol.realtime import AudioFrame
from codex_core.realtime.session import Session

__all__ = ["AUDIO_LIMIT", "LIMIT", "Inbox", "Work"]

LIMIT = 64
"""Texts, and messages of the agent, that may wait before whoever brings more has to wait."""
AUDIO_LIMIT = 256
"""Frames of sound that may wait before more are dropped."""

Work = Callable[[Session], None]
"""Something to do in a session when its turn has come."""


class Inbox:
    """The three queues of one session."""

    def __init__(self) -> None:
        self.dropped = 0
        """How many frames of sound were dropped."""
        self._texts: deque[Work] = deque()
        self._output: deque[Work] = deque()
        self._audio: deque[Work] = deque()
        self._order = deque((self._texts, self._output, self._audio))
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._closed = False

    def put_text(self, work: Work) -> None:
        """The client's text, or speech."""
        self._put(self._texts, work)

    def put_output(self, work: Work) -> None:
        """The agent's message, or the end of its work."""
        self._put(self._output, work)

    def put_audio(self, frame: AudioFrame) -> None:
        """The user's sound."""
        if len(self._audio) >= AUDIO_LIMIT:
            self.dropped += 1
        else:
            self._put(self._audio, partial(Session.audio, frame=frame))

    async def room(self) -> None:
        """Waits until neither texts nor messages are more than may wait, or all is over."""
        await self._room.wait()

    def take(self) -> Work | None:
        """The next thing to do, if there is any."""
        for _ in range(len(self._order)):
            queue = self._order[0]
            self._order.rotate(-1)
            if queue:
                work = queue.popleft()
                self._look()
                return work
        return None

    async def news(self) -> None:
        """Waits until something was put or `wake` was called, since this returned last."""
        await self._news.wait()
        self._news.clear()

    def wake(self) -> None:
        """There is something to send that came another way."""
        self._news.set()

    def close(self) -> None:
        """Nothing is sent any more; nobody waits."""
        self._closed = True
        self._room.set()

    def _put(self, queue: deque[Work], work: Work) -> None:
        if self._closed:
            return
        queue.append(work)
        self._news.set()
        self._look()

    def _look(self) -> None:
        if self._closed or max(len(self._texts), len(self._output)) < LIMIT:
            self._room.set()
        else:
            self._room.clear()
