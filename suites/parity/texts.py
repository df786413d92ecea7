"""Texts that a client's makers wrote for a model are withheld: they compare as there or not there.

What the scenario wrote itself stays as it is, also inside of such a text: what a user or the
mock's model said, and what its settings say. Tags around a text stay: they are the protocol's.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from suites.parity.startup import STARTUP, TEXT, without_prose

BY_VALUE = ("<environment_context>", "<realtime_delegation>")
"""Beginnings of texts that are data and no prose."""
SHORTEST = 12
"""Characters that a word of the scenario must have to be found inside of another text."""
_THEIRS = ("developer", "system", "user")
"""Roles whose messages a client may write itself."""
_PROSE = ("description", "definition")
_TAGGED = re.compile(r"\s*(?P<open><[^>\n]+>)(?P<inner>.*?)(?P<close></[^>\n]+>)?\s*", re.DOTALL)

Rewrite = Callable[[str], str]


def withholder(words: Iterable[str]) -> Rewrite:
    """What a text is compared as, where `words` are the scenario's own."""
    own = frozenset(words)
    long = sorted((word for word in own if len(word) >= SHORTEST), key=len, reverse=True)
    finder = re.compile("|".join(map(re.escape, long))) if long else None

    def bare(text: str) -> str:
        if finder is None:
            return TEXT if text.strip() else ""
        gaps = [TEXT if gap.strip() else "" for gap in finder.split(text)]
        found = [*finder.findall(text), ""]
        return "".join(gap + word for gap, word in zip(gaps, found, strict=True))

    def withhold(text: str) -> str:
        if text in own or text.startswith(BY_VALUE):
            return text
        before, found, work = text.partition(STARTUP)
        if found:
            return withhold(before.rstrip()) + without_prose(found + work)
        tagged = _TAGGED.fullmatch(text)
        if tagged is None:
            return bare(text)
        return f"{tagged['open']}{bare(tagged['inner'])}{tagged['close'] or ''}"

    return withhold


def withheld_body(body: Any, withhold: Rewrite) -> Any:
    """The body of a request without the prose in it."""
    if not isinstance(body, dict):
        return body
    kept = dict(body)
    if isinstance(kept.get("instructions"), str):
        kept["instructions"] = withhold(kept["instructions"])
    if isinstance(kept.get("input"), list):
        kept["input"] = [_item(item, withhold) for item in kept["input"]]
    if "tools" in kept:
        kept["tools"] = _tools(kept["tools"])
    if "session" in kept:
        kept["session"] = withheld_body(kept["session"], withhold)
    if "item" in kept:
        kept["item"] = _answer(kept["item"], withhold)
    return kept


def _answer(item: Any, withhold: Rewrite) -> Any:
    """An item of a realtime conversation: only answers to calls are the makers' words."""
    if not isinstance(item, dict) or item.get("type") != "function_call_output":
        return item
    return {**item, "output": withhold(item["output"])}


def _item(item: Any, withhold: Rewrite) -> Any:
    if not isinstance(item, dict) or item.get("role") not in _THEIRS:
        return item
    content = item.get("content")
    return {**item, "content": [_part(part, withhold) for part in content]} if content else item


def _part(part: Any, withhold: Rewrite) -> Any:
    if isinstance(part, dict) and isinstance(part.get("text"), str):
        return {**part, "text": withhold(part["text"])}
    return part


def _tools(value: Any) -> Any:
    if isinstance(value, list):
        return [_tools(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: TEXT if key in _PROSE and isinstance(each, str) and each.strip() else _tools(each)
        for key, each in value.items()
    }
