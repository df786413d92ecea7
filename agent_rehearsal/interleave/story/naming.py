"""What a payload is called: the `type` of its JSON, its text if that is short, else its size.

Pure functions on any bytes; they never raise. Must not know how the payload travelled.
"""

import json
import re
from typing import Any

LONGEST = 48
"""Characters of a name."""
_NAMED_BY = ("type", "event", "method")
"""Fields of a JSON object that say what kind of message it is, the most telling first."""
_LARGEST = 1 << 20
"""Bytes of a payload that are looked into for its type."""
_BARE = re.compile(r"[\w.:/-]+")
"""Text that needs no quotes."""
_THOUSAND, _MILLION = 10_000, 1_000_000


def json_name(payload: bytes | str) -> str | None:
    """The type that a JSON object says of itself; None where it is no such thing."""
    if len(payload) > _LARGEST:
        return None
    try:
        value: Any = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    told = (value.get(field) for field in _NAMED_BY)
    return next((short(each) for each in told if isinstance(each, str) and each), None)


def text_name(payload: bytes) -> str:
    """A text message: `session.update`, `hello`, `"hello, you"`, or `text 120 B`."""
    return json_name(payload) or short_text(payload) or f"text {size(len(payload))}"


def short_text(payload: bytes) -> str | None:
    """A payload that is one short line of text, else None.

    In quotes, unless it is one word or has quotes of its own.
    """
    if not payload or len(payload) > LONGEST:
        return None
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return None
    line = text.rstrip("\r\n")
    if not line.isprintable():
        return None
    return line if _BARE.fullmatch(line) or '"' in line else f'"{line}"'


def size(octets: int) -> str:
    """A number of bytes: `120 B`, `12 kB`, `3.1 MB`."""
    if octets < _THOUSAND:
        return f"{octets} B"
    return f"{octets / 1e3:.0f} kB" if octets < _MILLION else f"{octets / 1e6:.1f} MB"


def short(text: str, most: int = LONGEST) -> str:
    """`text` on one line of at most `most` characters, whatever is in it."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:most])
    return text if len(text) <= most else f"{text[: max(0, most - 3)]}..."
