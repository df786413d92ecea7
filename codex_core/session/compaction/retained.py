"""The history after a provider's compaction: what of the old one, or of its answer, is kept.

Pure: items in, items out.
"""

from collections.abc import Iterable, Sequence
from typing import TypeGuard

import msgspec

from codex_core.protocol.items import (
    AgentMessage,
    Compaction,
    Content,
    ContextCompaction,
    InputText,
    KnownItem,
    Message,
    ResponseItem,
)
from codex_core.session.compaction.speech import is_spoken, spoken_text
from codex_core.session.estimate import text_tokens
from codex_core.tools.truncate import truncate_middle

__all__ = ["RETAINED_TOKENS", "answered", "retained"]

RETAINED_TOKENS = 64_000
"""So much of what the user said is kept word for word."""


def answered(output: Iterable[ResponseItem]) -> list[KnownItem]:
    """What of a provider's whole answer goes on: words, summaries and compactions.

    Stale context and orders, reasoning, calls and their outputs are left out.
    """
    return [item for item in output if _stays(item)]


def retained(items: Sequence[KnownItem], compaction: Compaction) -> list[KnownItem]:
    """The user's words of the old history, newest first kept, and the item for all the rest."""
    kept: list[KnownItem] = []
    room = RETAINED_TOKENS
    for item in reversed(items):
        if room <= 0:
            break
        if is_spoken(item):
            kept.append(_cut(item, room))
            room -= text_tokens(spoken_text(item))
    return [*reversed(kept), compaction]


def _stays(item: ResponseItem) -> TypeGuard[KnownItem]:
    if isinstance(item, Message):
        return item.role == "assistant" or is_spoken(item)
    return isinstance(item, AgentMessage | Compaction | ContextCompaction)


def _cut(message: Message, tokens: int) -> Message:
    """The message with texts of at most so many tokens in all; its images stay."""
    if text_tokens(spoken_text(message)) <= tokens:
        return message
    parts: list[Content] = []
    for part in message.content:
        parts.append(_shortened(part, tokens))
        tokens -= _tokens(part)
    return msgspec.structs.replace(message, content=tuple(parts))


def _shortened(part: Content, tokens: int) -> Content:
    if not isinstance(part, InputText):
        return part
    return InputText(text=truncate_middle(part.text, max(tokens, 0)))


def _tokens(part: Content) -> int:
    return text_tokens(part.text) if isinstance(part, InputText) else 0
