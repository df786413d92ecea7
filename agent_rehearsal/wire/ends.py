"""The three ways to end a connection in disorder, for every sink that has an exchange."""

from agent_rehearsal.wire.http import Exchange


class Ends:
    """The part of a sink that does not depend on what the connection carries."""

    __slots__ = ("_exchange",)

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def cut(self) -> None:
        """End the connection without what would end it in good order."""
        self._exchange.cut()

    async def half_close(self) -> None:
        """End our direction of the connection, in disorder too, and read on."""
        self._exchange.half_close()

    async def reset(self) -> None:
        """Abort the connection with a RST."""
        self._exchange.reset()
