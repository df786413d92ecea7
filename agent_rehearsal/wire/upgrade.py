"""An upgrade that is not answered yet, as a sink: marks take their effect on the bare connection.

What is sent before the 101 can only be a whole answer, which refuses.
"""

from agent_rehearsal.wire.ends import Ends
from agent_rehearsal.wire.script import Answer, Raw, Send

_TOO_EARLY = "nothing can be sent before a WebSocket is open; give it after the marks of before="


class Upgrade(Ends):
    """The connection between an upgrade and its answer."""

    async def answer(self, answer: Answer) -> None:
        """Refuse the upgrade."""
        await self._exchange.answer(answer)

    async def send(self, run: list[Send | Raw], sizes: tuple[int, ...]) -> None:
        """Raises RuntimeError."""
        raise RuntimeError(_TOO_EARLY)

    async def ping(self, data: bytes) -> None:
        """Raises RuntimeError."""
        raise RuntimeError(_TOO_EARLY)

    async def close(self, code: int, reason: str) -> None:
        """Raises RuntimeError."""
        raise RuntimeError(_TOO_EARLY)

    def withhold_pongs(self) -> None:
        """Do nothing: there are no pings yet."""

    def encoded(self, piece: Send | Raw) -> bytes:
        """The bytes of a piece, of which none can be sent yet."""
        return piece.payload if isinstance(piece, Send) else piece.data
