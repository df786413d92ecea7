"""One line of text for one entry, as reports and timelines show it: short, no secrets."""

from collections.abc import Callable, Mapping
from typing import Any

from agent_rehearsal.journal.decoding import Undecodable, text_of
from agent_rehearsal.journal.entry import Entry
from agent_rehearsal.journal.secrets import Secrets

WIDTH = 72
"""Characters of a payload that a line shows."""
_VALUE = 40
"""Characters of one string in it."""
_SCANNED = 1 << 16
"""Characters of a long text that are searched for secrets before it is cut."""
_COUNTED = frozenset(
    {
        "type",
        "thread_id",
        "turn_id",
        "sequence_number",
        "event_id",
        "item_id",
        "output_index",
        "content_index",
        "summary_index",
    }
)
"""Keys that say which, not what: a line has no room for them."""
_TELLING = ("type", "role", "name", "call_id", "status", "code", "message", "text")
"""What says most about an object inside a payload, in this order."""
_ARROWS = {"in": "->", "out": "<-", "": "--"}


def line(entry: Entry, secrets: Secrets, *, start: float | None) -> str:
    """`#12      0.034        c1 -> request POST /v1/responses HTTP/1.1  {model: m, input: [3]}`.

    The time is seconds since `start`, the loop time of the journal's first entry; None leaves it
    out. `secrets` should have learned from `entry`.
    """
    time = "" if start is None else f" {entry.at - start:9.3f}"
    where = entry.conn.id if entry.conn else entry.source
    about = f" (re #{entry.re})" if entry.re and entry.kind in ("response", "close") else ""
    name = secrets.text(title(entry))
    text = f"#{entry.seq:<4}{time} {where:>9} {_ARROWS[entry.direction]} {name}{about}"
    return printable(f"{text}  {payload(entry, secrets)}".rstrip())


def title(entry: Entry) -> str:
    """The kind of `entry` and what it is called; may hold a secret."""
    name = entry.type if entry.kind in ("chunk", "frame", "event") else None
    return " ".join(filter(None, [entry.kind, entry.head if name is None else name]))


def payload(entry: Entry, secrets: Secrets) -> str:
    """The payload folded to one short line: keys with short values, lists and objects as sizes."""
    if not entry.raw:
        return ""
    if (entry.kind, entry.head) == ("frame", "close") and len(entry.raw) >= 2:
        return _closing(entry.raw, secrets)
    try:
        value = entry.json
    except Undecodable:
        return brief(text_of(entry.raw[:_SCANNED]), secrets, WIDTH)
    return fold(_shown(value, secrets), WIDTH)


def _closing(raw: bytes, secrets: Secrets) -> str:
    """The code and the reason of a WebSocket's end (RFC 6455, 5.5.1)."""
    return brief(f"{int.from_bytes(raw[:2])} {text_of(raw[2:])}".rstrip(), secrets, WIDTH)


def brief(text: str, secrets: Secrets, width: int) -> str:
    """`text` on one line of at most `width` characters; labelled before it is cut."""
    whole = printable(secrets.text(text[:_SCANNED]))
    return fold(whole, width, hidden=max(0, len(text) - _SCANNED))


def fold(text: str, width: int, *, hidden: int = 0) -> str:
    """`text` cut to `width` characters, with the number of those left out; `hidden` were before."""
    if len(text) <= width and not hidden:
        return text
    kept = text[: max(0, width - 12)]
    return f"{kept}...(+{len(text) - len(kept) + hidden})"


def printable(text: str) -> str:
    """`text` with line breaks, control characters and bytes that are no text escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _shown(value: Any, secrets: Secrets) -> str:
    if not isinstance(value, Mapping):
        return _leaf(value, secrets)
    pairs = (
        f"{secrets.text(key)}: {_leaf(item, secrets)}"
        for key, item in value.items()
        if key not in _COUNTED and item not in (None, "", [], {})
    )
    shown = ", ".join(pairs)
    return f"{{{shown}}}" if shown else ""


_LEAVES: dict[type, Callable[[Any, Secrets], str]] = {
    str: lambda text, secrets: brief(text, secrets, _VALUE),
    list: lambda items, _: f"[{len(items)}]",
    dict: lambda fields, secrets: "{" + brief(_told(fields), secrets, _VALUE) + "}",
}


def _leaf(value: Any, secrets: Secrets) -> str:
    show = _LEAVES.get(type(value))
    return show(value, secrets) if show else repr(value)


def _told(fields: Mapping[str, Any]) -> str:
    told = [fields[key] for key in _TELLING if isinstance(fields.get(key), str)][:3]
    return " ".join(told) or ", ".join(list(fields)[:4]) + ("..." if len(fields) > 4 else "")
