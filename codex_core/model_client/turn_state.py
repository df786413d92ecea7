"""The server's state for one logical turn: a text that is written once and sent back as it came.

Where it comes from and where it goes is the transports' matter.
"""

__all__ = ["TurnState"]


class TurnState:
    """A cell that keeps the first value it is offered."""

    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value: str | None = None

    @property
    def value(self) -> str | None:
        """The value, None until there is one."""
        return self._value

    def offer(self, value: str | None) -> None:
        """Takes the value, if there is one and it is the first."""
        if self._value is None:
            self._value = value
