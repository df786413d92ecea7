"""Text as lines of a snapshot, each behind a mark that says how it is written.

`|` a line as it is; `>` a line in JSON quotes, because something in it cannot be seen; `~`
something left out, with a hash.
"""

import json

from agent_rehearsal.face.shapes.hashing import digest

MOST_LINES = 48
KEPT_LINES = 16
"""Lines kept at each end of a text of more than MOST_LINES."""
MOST_CHARS = 160
_HEAD = 107
_TAIL = 53


def block(text: str) -> list[str]:
    """All lines of `text`, or both ends of it with the hash of the whole between them."""
    lines = text.split("\n")
    if len(lines) <= MOST_LINES:
        return [line(each) for each in lines]
    left_out = f"~ {len(lines) - 2 * KEPT_LINES} lines left out, hash {digest(text)}"
    head, tail = lines[:KEPT_LINES], lines[-KEPT_LINES:]
    return [*map(line, head), left_out, *map(line, tail)]


def summary(text: str) -> list[str]:
    """The size and the hash of `text`, and its first line."""
    lines = text.split("\n")
    size = f"~ {len(lines)} line{'s' * (len(lines) > 1)}, {len(text)} chars, hash {digest(text)}"
    return [size, line(lines[0])]


def line(text: str) -> str:
    """One line behind its mark; the middle of a long one left out."""
    if len(text) > MOST_CHARS:
        head, tail = quoted(text[:_HEAD]), quoted(text[-_TAIL:])
        return f"~ {head} ... {tail}, {len(text)} chars, hash {digest(text)}"
    if text.endswith((" ", "\t")) or not text.replace("\t", "").isprintable():
        return f"> {json.dumps(text)}"
    return f"| {text}" if text else "|"


def quoted(text: str) -> str:
    """`text` in JSON quotes, with escapes if something in it cannot be seen."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def short(text: str) -> bool:
    """Whether `text` fits on the line of its field."""
    return "\n" not in text and len(text) <= MOST_CHARS // 2
