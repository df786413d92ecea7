"""What a client sent, and which words are the scenario's own: both read from a journal.

Only requests of the API that is compared: what else a client asks its makers for is left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from agent_rehearsal.journal import Entry, Undecodable

RESPONSES = "responses"
LANES = {
    "/v1/responses": RESPONSES,
    "/v1/responses/compact": RESPONSES,
    "/v1/models": "models",
    "/v1/memories/trace_summarize": "memories",
}
"""The paths that are compared, and the lane of each: requests of one lane follow each other."""
_SPEAKING = ("text", "encrypted_content")


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
    """All that is compared, in order."""
    sockets: dict[str, str] = {}
    found = (_of(entry, sockets) for entry in entries if entry.direction == "in")
    return [each for each in found if each is not None]


def spoken(entries: Iterable[Entry]) -> Iterator[str]:
    """The texts of items that the mock's model gave."""
    for entry in entries:
        if entry.direction == "out" and entry.kind in ("chunk", "frame", "response"):
            yield from _texts(entry.get("item"))
            yield from _texts(entry.get("output"))


def _of(entry: Entry, sockets: dict[str, str]) -> Sent | None:
    if entry.kind == "frame" and entry.conn is not None and entry.head in ("text", "binary"):
        socket = sockets.get(entry.conn.id)
        return Sent(lane=RESPONSES, what=socket, body=_body(entry)) if socket else None
    lane = LANES.get(entry.path)
    if lane is None:
        return None
    if entry.kind == "open" and entry.conn is not None:
        sockets[entry.conn.id] = f"socket {len(sockets) + 1}"
    headers = tuple((name.decode().lower(), value.decode()) for name, value in entry.raw_headers)
    what = entry.head.removesuffix(" HTTP/1.1")
    return Sent(lane=lane, what=what, headers=headers, body=_body(entry))


def _body(entry: Entry) -> Any:
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
