"""The section of the thread that the session is about: its turns, the newest first."""

from collections.abc import Iterable
from dataclasses import dataclass

from codex_core.realtime.budget import cut_middle, tokens
from codex_core.realtime.startup.section import section

__all__ = ["SpokenTurn", "current_thread"]

BUDGET = 1_200
TURN_BUDGET = 300
_INTRO = "What was said in this thread, the newest first. Long turns are cut."


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokenTurn:
    """What the user said, and what the agent said to it."""

    user: str
    assistant: tuple[str, ...] = ()


def current_thread(turns: Iterable[SpokenTurn]) -> str:
    """The section; `turns` are in the order in which they were. What has no room falls out."""
    parts = [_INTRO]
    left = BUDGET - tokens(f"## Current Thread\n{_INTRO}\n\n")
    for place, turn in enumerate(reversed(tuple(turns))):
        heading = f"### Previous turn {place}" if place else "### Latest turn"
        part = cut_middle(f"{heading}\n{_text(turn)}", min(TURN_BUDGET, left))
        if not part.startswith(heading):
            break
        parts.append(part)
        left -= tokens(f"{part}\n\n")
    return section("Current Thread", "\n\n".join(parts), BUDGET) if parts[1:] else ""


def _text(turn: SpokenTurn) -> str:
    said = "\n\n".join(turn.assistant)
    return f"User:\n{turn.user}" + (f"\n\nAssistant:\n{said}" if said else "")
