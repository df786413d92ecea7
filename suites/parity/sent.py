"""What a client sent, and which words are the scenario's own: both read from a journal.

Only requests of the API that is compared: what else a client asks its makers for is left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from agent_rehearsal.journal import Entry, Undecodable
from suites.parity.forms import form

RESPONSES = "responses"
REALTIME = "realtime"
MODELS = "models"
LANES = {
    "/v1/responses": RESPONSES,
    "/v1/responses/compact": RESPONSES,
    "/v1/models": MODELS,
    "/v1/memories/trace_summarize": "memories",
    "/v1/realtime": REALTIME,
    "/v1/realtime/calls": REALTIME,
    "/backend-api/codex/realtime/calls": REALTIME,
}
"""The paths that are compared, and the lane of each: requests of one lane follow each other."""
VERSION_OF_MODELS = "x-models-etag"
"""Tells with an answer which list of models is the newest."""
_SPEAKING = ("text", "encrypted_content")

Sockets = dict[str, tuple[str, str]]
"""Connection -> its lane, and its name in that lane."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One request, upgrade or message of a socket."""

    lane: str
    what: str
    """The request line without its version, or `socket 1` for a message of the first socket."""
    headers: tuple[tuple[str, str], ...] = ()
    body: Any = None
    """JSON, text where it is none, None where there is none."""


def sent(entries: Iterable[Entry]) -> list[Sent]:
    """All that is compared, in order.

    A list of models that is asked for again counts only where an answer named the list's version
    since: as the reference client starts, two parts of it want the list, each at a time of its own,
    and the second asks unless the first has its answer by then.
    """
    sockets: Sockets = {}
    found: list[Sent] = []
    known: Sent | None = None
    for entry in entries:
        each = _of(entry, sockets) if entry.direction == "in" else None
        if entry.direction == "out" and entry.header(VERSION_OF_MODELS) is not None:
            known = None
        if each is None or each == known:
            continue
        found.append(each)
        known = each if each.lane == MODELS else known
    return found


def spoken(entries: Iterable[Entry]) -> Iterator[str]:
    """The texts of items that the mock's model gave."""
    for entry in entries:
        if entry.direction == "out" and entry.kind in ("chunk", "frame", "response"):
            yield from _texts(entry.get("item"))
            yield from _texts(entry.get("output"))


def _of(entry: Entry, sockets: Sockets) -> Sent | None:
    if entry.kind == "frame" and entry.conn is not None and entry.head in ("text", "binary"):
        lane, what = sockets.get(entry.conn.id, ("", ""))
        return Sent(lane=lane, what=what, body=_body(entry)) if lane else None
    known = LANES.get(entry.path)
    if known is None:
        return None
    if entry.kind == "open" and entry.conn is not None:
        number = 1 + sum(each == known for each, _ in sockets.values())
        sockets[entry.conn.id] = (known, f"socket {number}")
    headers = tuple((name.decode().lower(), value.decode()) for name, value in entry.raw_headers)
    what = entry.head.removesuffix(" HTTP/1.1")
    return Sent(lane=known, what=what, headers=headers, body=_body(entry))


def _body(entry: Entry) -> Any:
    made = form(entry.header("content-type") or "", entry.content)
    if made is not None:
        return made
    try:
        return entry.json if entry.raw else None
    except Undecodable:
        return entry.content.decode("utf-8", "replace")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key in _SPEAKING and isinstance(each, str):
                yield each
            else:
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
