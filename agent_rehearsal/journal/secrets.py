"""Secrets: which values are one, and the label that stands for each wherever an entry is shown.

A value is a secret because of the header or the field that it came in, or because of its shape.
Once known it is hidden everywhere, so an entry is learned from before anything of it is shown.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from agent_rehearsal.journal.decoding import bytes_of, text_of
from agent_rehearsal.journal.entry import Entry

SECRET_HEADERS = frozenset(
    {
        b"authorization",
        b"proxy-authorization",
        b"api-key",
        b"x-api-key",
        b"cookie",
        b"set-cookie",
        b"x-goog-api-key",
    }
)
_FIELDS = (
    "[a-z_-]*api[_-]?key|authorization|client_secret|access_token|refresh_token|id_token"
    "|ephemeral_key"
)
_JSON_FIELD = re.compile(
    rf'"(?:{_FIELDS})"\s*:\s*(?:\{{[^{{}}]*?"value"\s*:\s*)?"((?:[^"\\]|\\.)+)"', re.IGNORECASE
)
_QUERY = re.compile(r"[?&](?:api[_-]?key|key|token|access_token|client_secret)=([^&#\s]+)", re.I)
_SUBPROTOCOL = re.compile(r"openai-insecure-api-key\.([^\s,]+)")
"""How a browser, which cannot set headers, hands over its key on a WebSocket."""
_KEY_SHAPE = re.compile(r"\b((?:sk[-_]|ek_|sess-)[A-Za-z0-9_-]{12,})")
_SHAPES = (_JSON_FIELD, _QUERY, _SUBPROTOCOL, _KEY_SHAPE)
_SCHEME = re.compile(r"^(Bearer|Basic|Token) +(?=\S)", re.IGNORECASE)
_LABEL = re.compile(r"<secret [0-9a-f]{4}>")
_SHORTEST = 8
"""Shorter values are hidden in their header only: elsewhere they would hit plain words."""


def label(value: str) -> str:
    """What is shown for a secret: the same label for the same value, in every run."""
    return f"<secret {hashlib.blake2b(bytes_of(value), digest_size=2).hexdigest()}>"


class Secrets:
    """The secrets seen so far, and the hiding of them."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None

    def learn(self, entry: Entry) -> None:
        """Remember the secrets in the headers, the head and the body of `entry`."""
        for name, value in entry.raw_headers:
            text = text_of(value)
            if name.lower() in SECRET_HEADERS:
                for secret in _header_secrets(name.lower(), text):
                    self._remember(secret)
            self._scan(text)
        self._scan(entry.head)
        self._scan(text_of(entry.content))

    def header(self, name: bytes, value: bytes) -> str:
        """The value of a header as it may be shown."""
        text = text_of(value)
        if name.lower() not in SECRET_HEADERS:
            return self.text(text)
        scheme = _SCHEME.match(text)
        secret = _SCHEME.sub("", text)
        shown = secret if not secret or _LABEL.fullmatch(secret) else label(secret)
        return f"{scheme[0] if scheme else ''}{shown}"

    def text(self, text: str) -> str:
        """`text` with every known or key-like secret replaced by its label."""
        self._scan(text)
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._labels[found[0]], text)

    def raw(self, data: bytes) -> bytes:
        """`data`, text or not, with every known or key-like secret replaced by its label."""
        return bytes_of(self.text(text_of(data)))

    def _scan(self, text: str) -> None:
        for shape in _SHAPES:
            for found in shape.findall(text):
                self._remember(_SCHEME.sub("", _unescaped(found)))

    def _remember(self, value: str) -> None:
        if len(value) < _SHORTEST or value in self._labels or _LABEL.search(value):
            return
        for spelling in _spellings(value):
            self._labels[spelling] = label(value)
        # The longest first: a secret may hold another one.
        longest_first = sorted(self._labels, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))


def _header_secrets(name: bytes, text: str) -> Iterator[str]:
    yield _SCHEME.sub("", text)
    if name in (b"cookie", b"set-cookie"):
        pairs = text.split(";")[: 1 if name == b"set-cookie" else None]
        yield from (pair.partition("=")[2].strip() for pair in pairs)


def _unescaped(found: str) -> str:
    """The value of a JSON string, given without its quotes; what is no JSON stays as it is."""
    if "\\" not in found:
        return found
    try:
        return msgspec.json.decode(f'"{found}"', type=str)
    except ValueError:
        return found


def _spellings(value: str) -> set[str]:
    """How `value` may be written: as it is, in JSON, and in Python's repr."""
    spellings = {value, repr(value)[1:-1], json.dumps(value)[1:-1]}
    with suppress(UnicodeEncodeError):  # bytes that are no text are in no JSON
        spellings.add(msgspec.json.encode(value).decode()[1:-1])
    return spellings
