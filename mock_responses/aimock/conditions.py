"""The conditions of a fixture, one by one, each of which can say why it does not hold.

A table by field. Which fixture answers when several fit is `choosing`'s.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from mock_responses.aimock.history import History
from mock_responses.aimock.schema import Match

_SHOWN = 80
"""How much of a text a reason repeats."""


@dataclass(frozen=True, slots=True, repr=False)
class Condition:
    """One field of `match`."""

    field: str
    wanted: Any

    def miss(self, history: History) -> str | None:
        """Why it does not hold; None if it does."""
        return CHECKS[self.field](history, self.wanted)

    def __repr__(self) -> str:
        return f"{self.field}={self.wanted!r}"


def conditions_of(match: Match) -> tuple[Condition, ...]:
    """The conditions on what a request says; `sequenceIndex` and `turnIndex` choose among fixtures
    and are not among them.
    """
    given = ((name, getattr(match, _SNAKE.sub(r"_\1", name).lower())) for name in CHECKS)
    return tuple(Condition(name, value) for name, value in given if value is not UNSET)


def _user_message(history: History, wanted: str) -> str | None:
    if history.user is None:
        return "it has no user message"
    return None if wanted in history.user else f"the last user message is {_shown(history.user)}"


def _system_message(history: History, wanted: str | list[str]) -> str | None:
    needles = [wanted] if isinstance(wanted, str) else wanted
    if not history.system:
        return "it has no instructions"
    absent = [needle for needle in needles if needle not in history.system]
    return f"the instructions lack {_shown(absent[0])}" if absent else None


def _tool_call_id(history: History, wanted: str) -> str | None:
    if history.result is None:
        return "its last item is no output of a call"
    found = history.result.call_id
    return None if found == wanted else f"its last item is the output of {found!r}"


def _tool_result(history: History, wanted: str) -> str | None:
    if history.result is None:
        return "its last item is no output of a call"
    text = history.result.text
    return None if wanted in text else f"the last output is {_shown(text)}"


def _tool_name(history: History, wanted: str) -> str | None:
    names = ", ".join(history.tools) or "none"
    return None if wanted in history.tools else f"the function tools on offer are {names}"


def _model(history: History, wanted: str) -> str | None:
    # A name also stands for its dated versions: `gpt-4o` for `gpt-4o-2024-08-06`.
    dated = re.match(re.escape(wanted) + r"-\d", history.model)
    return None if history.model == wanted or dated else f"its model is {history.model!r}"


def _format(history: History, wanted: str) -> str | None:
    return None if history.format == wanted else f"its text format is {history.format!r}"


def _has_result(history: History, wanted: bool) -> str | None:  # noqa: FBT001 - a value to compare with
    if history.has_result == wanted:
        return None
    return f"an output of a call {'came' if history.has_result else 'has not come'} in this turn"


def _context(history: History, wanted: str) -> str | None:
    return None if history.context == wanted else f"its context is {history.context!r}"


CHECKS: Mapping[str, Callable[[History, Any], str | None]] = {
    "userMessage": _user_message,
    "systemMessage": _system_message,
    "toolCallId": _tool_call_id,
    "toolResultContains": _tool_result,
    "toolName": _tool_name,
    "model": _model,
    "responseFormat": _format,
    "hasToolResult": _has_result,
    "context": _context,
}
"""Field of `match` -> why it does not hold, None if it does."""

_SNAKE = re.compile(r"(?<=[a-z])([A-Z])")


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
