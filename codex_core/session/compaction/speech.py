"""Who said what: which items are the user's own words, and which stand for what was cut away.

Looks at items only, one at a time.
"""

from typing import TypeGuard

from codex_core.protocol.items import InputText, KnownItem, Message
from codex_core.session.compaction.texts import SUMMARY_PREFIX
from codex_core.session.fragments import is_contextual, user_message

__all__ = ["is_spoken", "is_summary", "spoken_text", "summary_message"]

_SUMMARY_START = f"{SUMMARY_PREFIX}\n"


def is_spoken(item: KnownItem) -> TypeGuard[Message]:
    """Is it a user message of its own, not a note about the surroundings? A summary is one too."""
    return isinstance(item, Message) and item.role == "user" and not is_contextual(item)


def is_summary(message: Message) -> bool:
    """Does it stand for what came before it?"""
    return spoken_text(message).startswith(_SUMMARY_START)


def summary_message(summary: str) -> Message:
    """The user message that stands for what came before."""
    return user_message(_SUMMARY_START + summary)


def spoken_text(message: Message) -> str:
    """The text parts of a user message, joined."""
    return "".join(part.text for part in message.content if isinstance(part, InputText))
