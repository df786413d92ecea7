"""The history after a local compaction: the user's words, newest first kept, and a summary.

Pure: items in, items out.
"""

from collections.abc import Iterable, Sequence

from codex_core.protocol.items import KnownItem, Message, ResponseItem
from codex_core.session.compaction.speech import (
    is_spoken,
    is_summary,
    spoken_text,
    summary_message,
)
from codex_core.session.estimate import text_tokens
from codex_core.session.fragments import user_message
from codex_core.tools.truncate import truncate_middle

__all__ = ["USER_TOKENS", "last_words", "summarised"]

USER_TOKENS = 20_000
"""So much of what the user said is kept word for word."""


def summarised(items: Iterable[KnownItem], summary: str) -> list[KnownItem]:
    """What goes on after a summary: earlier summaries are gone, images of the user's too."""
    said = [spoken_text(item) for item in items if is_spoken(item) and not is_summary(item)]
    return [*map(user_message, _newest(said)), summary_message(summary)]


def last_words(items: Sequence[ResponseItem]) -> str:
    """The text of the last assistant message; empty without one."""
    for item in reversed(items):
        if isinstance(item, Message) and item.role == "assistant":
            return item.text
    return ""


def _newest(texts: Sequence[str]) -> list[str]:
    """The last texts that fit; the one at the border is cut in its middle."""
    kept: list[str] = []
    room = USER_TOKENS
    for text in reversed(texts):
        if room <= 0:
            break
        kept.append(truncate_middle(text, room))
        room -= text_tokens(text)
    return kept[::-1]
