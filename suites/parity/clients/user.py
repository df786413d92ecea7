"""What a user does at any client, in words that no client has of its own.

A turn is begun, joined, interrupted and waited for; what is asked of a realtime conversation is in
`voice`. That is all that a scenario can ask.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from suites.parity.clients.voice import Voice
from suites.parity.settings import Settings

Kind = Literal["application", "untrusted"]
"""Whose words additional context is."""
LIMIT = 30.0
"""Seconds that one step of a user may take."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a client lives: its folders, and the server that it asks."""

    work: Path
    home: Path
    base_url: str
    settings: Settings

    @property
    def codex_home(self) -> Path:
        """The folder of the client's settings."""
        return self.home / ".codex"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One submission: its text, and what else may come with it."""

    text: str
    images: tuple[str, ...] = ()
    """URLs."""
    files: tuple[Path, ...] = ()
    """Images."""
    metadata: Mapping[str, str] | None = None
    model: str | None = None
    effort: str | None = None
    summary: str | None = None
    service_tier: str | None = None
    cwd: Path | None = None
    approval_policy: str | None = None
    schema: Mapping[str, Any] | None = None
    """Of the answer's JSON."""
    context: Mapping[str, tuple[Kind, str]] = field(default_factory=dict)
    """Key -> kind and value of additional context."""


class User(Voice):
    """Somebody at a client, of which one thread was started."""

    def __init__(self) -> None:
        self.said: list[str] = []
        """All that was handed in."""

    async def say(self, text: str, **more: Any) -> None:
        """Begin a turn and wait until it has ended; `more` are fields of `Turn`."""
        await self.begin(text, **more)
        await self.ended()

    async def begin(self, text: str, **more: Any) -> None:
        """Begin a turn; returns once the client has it."""
        await self.submit(self._noted(Turn(text=text, **more)))

    async def steer(self, text: str, **more: Any) -> None:
        """Join the running turn; `more` are fields of `Turn`."""
        await self.join(self._noted(Turn(text=text, **more)))

    @abstractmethod
    async def submit(self, turn: Turn) -> None:
        """Begin a turn; returns once the client has it."""

    @abstractmethod
    async def join(self, turn: Turn) -> None:
        """Join the running turn; returns once the client has it."""

    @abstractmethod
    async def interrupt(self) -> None:
        """End the running turn; returns when it has ended."""

    @abstractmethod
    async def compact(self) -> None:
        """Make the history short; returns when that is done."""

    @abstractmethod
    async def ended(self) -> None:
        """Wait for the end of what was begun last."""

    def _noted(self, turn: Turn) -> Turn:
        self.said += [turn.text, *(value for _, value in turn.context.values())]
        return turn
