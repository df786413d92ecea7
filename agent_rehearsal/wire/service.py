"""The service of one WebSocket: it reads on while replies play, and plays replies in the order of
their messages.

While a coroutine reply runs, the messages of its connection go to it and not to the rules; those
that it leaves unread go to the rules when it ends, so that it does not matter when they came.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

from agent_rehearsal.journal import Connection, Entry, Journal
from agent_rehearsal.wire.conversation import (
    Conversation,
    Script,
    is_coroutine_reply,
    perform,
)
from agent_rehearsal.wire.player import Player, Sink
from agent_rehearsal.wire.view import View
from agent_rehearsal.wire.watch import Watch

_RAISED = 1011
"""The close code of a server that met an unexpected condition (RFC 6455, 7.4.1)."""


class Talks(Sink, Protocol):
    """A WebSocket or what is like one: a sink that is recorded, and may be left."""

    @property
    def entry(self) -> Entry: ...
    @property
    def conn(self) -> Connection | None: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def left(self) -> bool: ...


class Socketed(Talks, Protocol):
    """What a service needs of a socket."""

    def messages(self) -> AsyncIterator[Entry]:
        """The messages that ask for an answer."""


class SocketService:
    """Serves one accepted WebSocket.

    `blame` is told of a reply that raised and of the message that it was to answer.
    """

    __slots__ = (
        "_blame",
        "_due",
        "_inbox",
        "_listening",
        "_parts_for",
        "_player",
        "_script_for",
        "_socket",
        "_view",
        "_watch",
    )

    def __init__(
        self,
        socket: Socketed,
        *,
        parts_for: Callable[[Entry], tuple[Any, ...]],
        script_for: Callable[[Entry], Script],
        view: Callable[[Entry], View],
        blame: Callable[[Exception, Entry], object],
        watch: Watch,
    ) -> None:
        self._socket = socket
        self._watch = watch
        self._parts_for = parts_for
        self._script_for = script_for
        self._view = view
        self._blame = blame
        self._due: list[tuple[tuple[Any, ...], Entry]] = []
        self._player: asyncio.Task[None] | None = None
        """What plays; there while something is due, and for good once the connection is ended."""
        self._inbox: asyncio.Queue[View] | None = None
        """What came for a coroutine; None until the first one is to run."""
        self._listening = False
        watch.free = self._free

    async def serve(self, greeting: tuple[Any, ...]) -> None:
        """Play the greeting, then answer messages until the connection ends."""
        if greeting:
            self._enqueue(greeting, self._socket.entry)
        try:
            async for entry in self._socket.messages():
                self._watch.came(entry)
                self._take(entry)
        finally:
            if self._player is not None:
                self._player.cancel()
                await asyncio.gather(self._player, return_exceptions=True)

    def _free(self) -> bool:
        return self._player is None

    def _take(self, entry: Entry) -> None:
        if self._listening and self._inbox is not None:
            self._inbox.put_nowait(self._view(entry))
        elif parts := self._parts_for(entry):
            self._enqueue(parts, entry)

    def _enqueue(self, parts: tuple[Any, ...], entry: Entry) -> None:
        if is_coroutine_reply(parts):
            self._listening = True
            self._inbox = self._inbox or asyncio.Queue()
        self._due.append((parts, entry))
        if self._player is None:
            self._player = asyncio.create_task(self._play_all())

    async def _play_all(self) -> None:
        while self._due:
            parts, entry = self._due.pop(0)
            try:
                if await self._play(parts, entry):
                    return
            except Exception as error:
                if self._socket.left and isinstance(error, ConnectionError):
                    return
                self._blame(error, entry)
                await self._socket.close(_RAISED, "a reply raised")
                return
        self._player = None

    async def _play(self, parts: tuple[Any, ...], entry: Entry) -> bool:
        script = self._script_for(entry)
        player = Player(self._socket, self._socket.journal, self._socket.conn, entry.seq)
        if not is_coroutine_reply(parts):
            await player.play(script.steps(parts))
            return player.ended
        talk = Conversation(self._view(entry), player, script, self._inbox)
        await perform(parts, player, script, talk)
        self._listening = False
        self._take_unread()
        return player.ended

    def _take_unread(self) -> None:
        inbox = self._inbox
        unread = [inbox.get_nowait().entry for _ in range(inbox.qsize())] if inbox else []
        self._watch.talked(unread)
        for entry in unread:
            self._take(entry)
