"""The normalisers: which parts of a text, and which fields, differ from run to run.

Each one is a function `(text, labels) -> text` that changes nothing when applied again. They are
tables: a new rule is a line. Nothing here knows what a request is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from agent_rehearsal.face.shapes.labels import Labels

Normaliser = Callable[[str, Labels], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """Replaces the group `v` of each match by a label of `kind`: one a value, or one for all."""

    kind: str
    pattern: re.Pattern[str]
    numbered: bool

    def __call__(self, text: str, labels: Labels) -> str:
        return self.pattern.sub(lambda match: self._replaced(match, labels), text)

    def _replaced(self, match: re.Match[str], labels: Labels) -> str:
        start, end = (at - match.start() for at in match.span("v"))
        value = match["v"]
        label = labels.label(self.kind, value) if self.numbered else f"<{self.kind}>"
        return f"{match[0][:start]}{label}{match[0][end:]}"


def each(kind: str, pattern: str) -> Rule:
    """A rule whose values are told apart: `<KIND 1>`, `<KIND 2>`."""
    return Rule(kind, re.compile(pattern), numbered=True)


def any_(kind: str, pattern: str) -> Rule:
    """A rule whose values are all one: `<KIND>`."""
    return Rule(kind, re.compile(pattern), numbered=False)


_NOT_WITHIN = r"(?<![\w.<-])(?<![A-Z0-9]>)"
"""Not in the middle of a word, a path or a label; not right behind one: `<CWD>/src` is one path."""


def named(text: str, labels: Labels) -> str:
    """Replace the values named beforehand where they stand as words or whole paths of their own."""
    for value, label in labels.named:
        text = re.sub(rf"{_NOT_WITHIN}{re.escape(value)}(?![\w-]|\.\w)", label, text)
    return text


_HEX = "[0-9a-fA-F]"
UUID = re.compile(
    rf"(?<!{_HEX})(?<!{_HEX}-)(?P<v>{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}})(?!-?{_HEX})"
)
_PREFIXES = "call|cmp|conv|ctc|ctco|event|fc|fco|ig|item|lsh|msg|resp|rs|rtc|sess|tsc|tso|ws"
"""What the API's own ids begin with."""

NORMALISERS: tuple[Normaliser, ...] = (
    named,
    each(
        "TMP",
        r"(?P<v>(?:/private)?(?:/tmp|/var/folders/\w+/\w+/T)"
        r"/(?:pytest-of-[\w.-]+/pytest-\d+/[\w.-]+|tmp[a-z0-9_]{8})(?![\w-]))",
    ),
    each("SECRET", r"\b(?P<v>(?:sk|ek|sess)-[A-Za-z0-9_-]{12,})"),
    Rule("UUID", UUID, numbered=True),
    each("ID", rf"\b(?P<v>(?:{_PREFIXES})_(?=[A-Za-z]*\d)[A-Za-z0-9]{{12,}})\b"),
    each("CHUNK", r"\bChunk ID: (?P<v>[0-9a-f]{6})\b"),
    each("PROCESS", r"\brunning with session ID (?P<v>\d+)\b"),
    each("PROCESS", r'"session_id"\s*:\s*(?P<v>\d+)\b'),
    each("PORT", r"(?:\b127\.0\.0\.1|\blocalhost|\[::1\]):(?P<v>\d{2,5})\b"),
    any_("DURATION", r"\bWall time: (?P<v>\d+(?:\.\d+)?) seconds\b"),
    any_("DURATION", r"\baborted by user after (?P<v>\d+(?:\.\d+)?)s\b"),
    any_(
        "TIME",
        r"\b(?P<v>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)(?![\d:])",
    ),
    any_("DATE", r"<current_date>(?P<v>[^<]+)</current_date>"),
    any_("TIMEZONE", r"<timezone>(?P<v>[^<]+)</timezone>"),
    any_("SHELL", r"<shell>(?P<v>[^<]+)</shell>"),
)
"""What is replaced in every text, in this order: what the test named, ids, times, the host."""

ID_FIELDS = {
    "thread_id": "THREAD",
    "parent_thread_id": "THREAD",
    "forked_from_thread_id": "THREAD",
    "x-codex-parent-thread-id": "THREAD",
    "session_id": "SESSION",
    "turn_id": "TURN",
    "window_id": "WINDOW",
    "x-codex-window-id": "WINDOW",
    "installation_id": "INSTALLATION",
    "x-codex-installation-id": "INSTALLATION",
    "x-client-request-id": "REQUEST",
    "conversation_id": "CONVERSATION",
    "previous_response_id": "RESPONSE",
    "response_id": "RESPONSE",
    "call_id": "CALL",
    "item_id": "ITEM",
    "previous_item_id": "ITEM",
    "event_id": "EVENT",
    "id": "ITEM",
    "latest_git_commit_hash": "COMMIT",
    "prompt_cache_key": "CACHE_KEY",
}
"""Fields whose text is an id, and its kind. A value met in several has the first kind."""

TIME_FIELD = re.compile(r"(?:_at|_at_ms|_unix_ms|create_time|timestamp|timestamp_ms)$")
"""Fields that hold a point in time. Durations are settings, and are shown."""

PAYLOAD_FIELDS = frozenset({"audio", "b64_json", "encrypted_content", "encrypted_value"})
"""Fields whose text nobody reads: shown as its length and hash."""

DATA_URL = re.compile(r"data:(?P<media>[\w.+/-]+);base64,")


def normalise(text: str, labels: Labels) -> str:
    """`text` with nothing left to replace: a label may lay bare what it stood beside."""
    before = None
    while text != before:
        before = text
        for normaliser in NORMALISERS:
            text = normaliser(text, labels)
    return text
