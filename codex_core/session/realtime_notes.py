"""What the agent's model is told when a realtime conversation begins, ends or is replaced."""

from codex_core.config.config import Config
from codex_core.session.fragments import tagged

__all__ = ["ENDED", "REPLACED", "started"]

_TAG = "realtime_conversation"
_STARTED = """\
Realtime conversation started.

From here on the user speaks, and a voice model speaks with them; you work in the background and \
reach the user through it. What you read as the user's input is what was said, passed on or \
written down: it may have slips of the tongue and words that were heard wrong, so go by what is \
meant. Do what is asked as ever, with your tools. Keep messages short, the outcome first, in \
words that can be spoken: no tables, no long code."""
_ENDED = """\
Realtime conversation ended.

The user types to you directly again, and reads what you write; answer as you did before.

Reason: inactive"""
_REPLACED = """\
Realtime conversation ended.

Another one took its place, and the same holds for it.

Reason: replaced"""


def started(config: Config) -> str:
    """Told with the first turn beside a conversation."""
    return _note(config.experimental_realtime_start_instructions or _STARTED)


def _note(text: str) -> str:
    return tagged(_TAG, f"\n{text}\n")


ENDED = _note(_ENDED)
"""Told with the first turn after it."""
REPLACED = _note(_REPLACED)
"""Told with the next request."""
