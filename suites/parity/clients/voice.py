"""What a user does in a realtime conversation, at any client.

The fields of a start are those that both clients have, in words with underscores.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["user", "developer", "assistant"]
News = Literal["started", "sdp", "error", "closed"]
"""What a client tells of a conversation as a whole."""


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A piece of sound: base64 of PCM with 16 bits a sample; `rate` in Hz."""

    data: str
    rate: int = 24_000
    channels: int = 1
    samples: int | None = None
    """Per channel; None leaves it out."""


class Voice(ABC):
    """The realtime side of a user's client. Everything returns once the client has it."""

    said: list[str]

    async def talk(self, **fields: Any) -> None:
        """Start a conversation, in the place of the one that runs; `sdp` makes it a call."""
        self.said += [text for text in fields.values() if isinstance(text, str)]
        await self.start_talk(fields)

    @abstractmethod
    async def start_talk(self, fields: dict[str, Any]) -> None:
        """Start a conversation of these fields."""

    @abstractmethod
    async def write(self, text: str, role: Role = "user") -> None:
        """A text for the conversation."""

    @abstractmethod
    async def sound(self, sound: Sound) -> None:
        """Sound for the conversation."""

    @abstractmethod
    async def speak(self, text: str) -> None:
        """A text that the model is to speak."""

    @abstractmethod
    async def hang_up(self) -> None:
        """End the conversation."""

    @abstractmethod
    async def told(self, news: News, *, count: int = 1) -> None:
        """Wait until the client has told of it so many times."""

    @abstractmethod
    async def told_of(self, item_id: str) -> None:
        """Wait until the client has told of an item that the server added."""

    @abstractmethod
    async def follow(self) -> None:
        """Wait for a turn that the conversation begins; from then on it is the user's last one."""
