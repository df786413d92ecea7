"""A thread's warm-up: a request for nothing, sent while the user still types.

It opens the socket and lets the server take in the instructions and the tools. The first turn waits
for it, but no longer than for a connection, and gets the turn state that came of it. Whatever goes
wrong, the turn begins without.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from codex_core.model_client.turn_state import TurnState

__all__ = ["Prewarm"]


class Prewarm:
    """Runs in the background from when it is made; `patience` in seconds is counted from then."""

    def __init__(self, work: Coroutine[Any, Any, None], state: TurnState, patience: float) -> None:
        self._state = state
        self._deadline = asyncio.get_running_loop().time() + patience
        self._task = asyncio.ensure_future(work)

    async def ended(self) -> None:
        """Waits for its end; one that takes too long is ended.

        Who is cancelled while waiting leaves it as it is.
        """
        left = self._deadline - asyncio.get_running_loop().time()
        await asyncio.wait([self._task], timeout=max(left, 0.0))
        if not self._task.done():
            await self.stop()

    def outcome(self) -> TurnState:
        """The turn state that the first turn begins with, once it has ended."""
        if self._task.cancelled():
            return TurnState()
        self._task.result()
        return self._state

    async def stop(self) -> None:
        """Ends it; returns when it has ended."""
        self._task.cancel()
        await asyncio.wait([self._task])
