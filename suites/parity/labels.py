"""Values that differ from run to run get labels by first appearance: ids, times, folders, ports.

Whoever appears in the same places gets the same labels, so that a value compares by what it is the
same as. Texts that are too long to show become their length and hash.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

LONGEST = 400
"""Characters of a text that is shown."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NOUNS = {
    "installation_id": "installation",
    "prompt_cache_key": "thread",
    "session-id": "thread",
    "session_id": "thread",
    "thread-id": "thread",
    "thread_id": "thread",
    "turn_id": "turn",
    "window_id": "thread",
    "x-client-request-id": "thread",
    "x-codex-installation-id": "installation",
    "x-codex-window-id": "thread",
    "x-session-id": "thread",
}
"""What an id is, by the key at which it first appears."""
_TIMES = ("turn_started_at_unix_ms",)
"""Keys of times: numbers that are the same within a turn."""
_RULES = (
    (re.compile(r"(?<=^Wall time: )[\d.]+(?= seconds)", re.MULTILINE), "<seconds>"),
    (re.compile(r"(?<=^Chunk ID: )\w+", re.MULTILINE), "<chunk>"),
    (re.compile(r"(?<=session ID )\d+"), "<session>"),
    (re.compile(r"(?<=aborted by user after )[\d.]+(?=s)"), "<seconds>"),
    (re.compile(r"(?<=<current_date>)[\d-]+"), "<date>"),
    (re.compile(r"(?<=<shell>)\w+"), "<shell>"),
    (re.compile(r"(?<=^Bearer )ey[\w.-]+"), "<token>"),
)
"""What a clock, a counter or a machine puts into texts."""
_STAMPS = ("x-codex-ws-stream-request-start-ms",)
"""Keys whose values are times of their own each time."""


class Labels:
    """The labels of one run; `names` maps a folder or an address to its label."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = sorted(names.items(), key=lambda pair: len(pair[0]), reverse=True)
        self._known: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def value(self, value: Any, key: str = "") -> Any:
        """A JSON value with labels, its keys in order."""
        if isinstance(value, dict):
            return {name: self.value(value[name], name) for name in sorted(value)}
        if isinstance(value, list):
            return [self.value(each, key) for each in value]
        if key in _TIMES:
            return self._label(str(value), "time")
        return self._text(value, key) if isinstance(value, str) else value

    def _text(self, text: str, key: str) -> str:
        if key in _STAMPS:
            return "<time>" if text.isdecimal() else text
        for name, label in self._names:
            text = text.replace(name, f"<{label}>")
        for pattern, label in _RULES:
            text = pattern.sub(label, text)
        noun = _NOUNS.get(key, "id")
        text = _UUID.sub(lambda found: self._label(found[0], noun), text)
        return text if len(text) <= LONGEST else shortened(text)

    def _label(self, value: str, noun: str) -> str:
        if value not in self._known:
            self._counts[noun] = self._counts.get(noun, 0) + 1
            self._known[value] = f"<{noun} {self._counts[noun]}>"
        return self._known[value]


def shortened(text: str) -> str:
    """A long text as its length and hash."""
    return f"{len(text)} characters, sha256 {sha256(text.encode()).hexdigest()[:16]}"
