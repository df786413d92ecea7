"""The tools of a request as an inventory: names, arguments and a hash of all the rest."""

import re
from collections.abc import Mapping
from typing import Any

from agent_rehearsal.face.shapes.hashing import digest
from agent_rehearsal.face.shapes.text import quoted
from agent_rehearsal.face.shapes.values import canonical

_WORD = re.compile(r"[\w.:/-]+", re.ASCII)


def is_inventory(value: Any) -> bool:
    """Whether `value` is a list of tools."""
    return isinstance(value, list) and all(isinstance(t, dict) and "type" in t for t in value)


def inventory(tools: list[dict[str, Any]]) -> list[str]:
    """A line for each tool, those of a namespace after it."""
    return list(_entries(tools).values())


def changes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[str]:
    """What became of `old`: `+` added, `~` changed, `-` removed, the order unless it follows."""
    before, after = _entries(old), _entries(new)
    marks = {name: _mark(before.get(name), text) for name, text in after.items()}
    lines = [f"{marks[name]} {text}" for name, text in after.items() if marks[name]]
    lines += [f"- {name}" for name in before if name not in after]
    expected = [name for name in before if name in after] + [n for n in after if n not in before]
    return lines if expected == list(after) else [*lines, f"order: {', '.join(after)}"]


def _mark(before: str | None, after: str) -> str:
    if before is None:
        return "+"
    return "" if before == after else "~"


def _entries(tools: list[dict[str, Any]], namespace: str = "") -> dict[str, str]:
    """Name -> line, in order; a name that comes again is numbered."""
    found: dict[str, str] = {}
    for tool in tools:
        inner = tool.get("tools")
        own = f"{namespace}{_name(tool)}"
        name = next(n for i in range(1, len(found) + 2) if (n := _nth(own, i)) not in found)
        found[name] = f"{name}{_about(tool)} hash {digest(canonical(tool))}"
        if tool["type"] == "namespace" and isinstance(inner, list) and is_inventory(inner):
            found |= _entries(inner, f"{name}.")
    return found


def _nth(name: str, number: int) -> str:
    return name if number == 1 else f"{name}#{number}"


def _name(tool: Mapping[str, Any]) -> str:
    keys = ("name", "server_label", "type")
    found = next((tool[key] for key in keys if isinstance(tool.get(key), str)), "?")
    return word(found)


def _about(tool: Mapping[str, Any]) -> str:
    if tool["type"] != "function":
        return "" if tool.get("name") is None else f" [{word(str(tool['type']))}]"
    parameters = tool.get("parameters")
    fields = parameters.get("properties") if isinstance(parameters, dict) else None
    if not isinstance(fields, dict) or not isinstance(parameters, dict):
        return "(?)"
    required = parameters.get("required") or []
    return f"({', '.join(_argument(each, required) for each in fields)})"


def _argument(name: str, required: Any) -> str:
    needed = isinstance(required, list) and name in required
    return word(name) if needed else f"{word(name)}?"


def word(text: str) -> str:
    """`text` as it is if it is one plain word, else in quotes."""
    return text if _WORD.fullmatch(text) else quoted(text)
