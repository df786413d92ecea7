"""One reply and its message: a script that is played, or a coroutine that reads what came and sends
what it likes.
"""

import asyncio
import inspect
from collections.abc import Iterable
from typing import Any, Protocol

from agent_rehearsal.journal import DEFAULT_TIMEOUT
from agent_rehearsal.wire.player import Player
from agent_rehearsal.wire.script import Step
from agent_rehearsal.wire.view import View


class Script(Protocol):
    """Turns the parts of one reply into steps; keeps ids and sequence numbers across calls."""

    def steps(self, parts: Iterable[Any]) -> Iterable[Step]:
        """The steps of a whole reply."""

    def more(self, parts: Iterable[Any]) -> Iterable[Step]:
        """The steps of parts that are sent one by one: just these."""


class Conversation:
    """One message and the reply to it, as a coroutine reply sees them."""

    def __init__(
        self, request: View, player: Player, script: Script, inbox: "asyncio.Queue[View] | None"
    ) -> None:
        self.request = request
        """What the client sent."""
        self._player = player
        self._script = script
        self._inbox = inbox

    async def send(self, *parts: Any) -> None:
        """Send parts and obey marks, now.

        Raises RuntimeError once a mark has ended the connection.
        """
        if self._player.ended:
            raise RuntimeError("a mark has ended the connection; nothing more can be sent on it")
        await self._player.play(self._script.more(parts))

    async def receive(self, *, timeout: float = DEFAULT_TIMEOUT) -> View:
        """The next message on this WebSocket; while the coroutine runs, no rule answers it.

        Raises TimeoutError after `timeout` seconds, and RuntimeError on an HTTP exchange.
        """
        if self._inbox is None:
            raise RuntimeError(
                "receive() needs a WebSocket: an HTTP exchange has one request, `request`"
            )
        try:
            async with asyncio.timeout(timeout):
                return await self._inbox.get()
        except TimeoutError:
            raise TimeoutError(
                f"receive() got no message within {timeout:g} s after {self.request!r}"
            ) from None


def is_coroutine_reply(parts: tuple[Any, ...]) -> bool:
    """Whether a reply is a coroutine function."""
    return len(parts) == 1 and callable(parts[0]) and inspect.iscoroutinefunction(parts[0])


async def perform(
    parts: tuple[Any, ...], player: Player, script: Script, talk: Conversation
) -> None:
    """Play one reply: its steps, or its coroutine and then the parts that this returns, if any."""
    if not is_coroutine_reply(parts):
        await player.play(script.steps(parts))
        return
    returned = await parts[0](talk)
    if returned is not None:
        rest = returned if isinstance(returned, tuple) else (returned,)
        await player.play(script.steps(rest))
