"""One line of the journal: what was on the wire, when, and on which connection.

An entry keeps the bytes. It parses them when it is first asked, never when it is made.
"""

import re
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import parse_qsl

from agent_rehearsal.journal import paths
from agent_rehearsal.journal.decoding import Undecodable, decode_content, parse, sse_data

Source = Literal["responses", "realtime", "agent", "harness"]
Kind = Literal[
    "open", "request", "response", "chunk", "frame", "gate", "fault", "finding", "close", "event"
]
Direction = Literal["in", "out", ""]
Headers = tuple[tuple[bytes, bytes], ...]

KINDS: dict[Kind, str] = {
    "open": "a WebSocket upgrade request",
    "request": "an HTTP request with its body, dechunked, still content-encoded",
    "response": "the head of an HTTP answer, with its body unless that is a stream",
    "chunk": "one server-sent event, or raw bytes of a stream",
    "frame": "one complete WebSocket message, unmasked, inflated, joined; ping, pong, close too",
    "gate": "a gate reached or opened",
    "fault": "something done to the wire on purpose",
    "finding": "a rule that somebody broke",
    "close": "the end of a connection or of an exchange",
    "event": "an event of the agent's own",
}
"""The kinds of entry and what each one records."""

SOURCES: dict[Source, str] = {
    "responses": "the wire of the Responses API",
    "realtime": "the wire of the Realtime API",
    "agent": "the agent's own events",
    "harness": "the rest: gates, faults, findings",
}
"""The sources of entries and what each one is."""

_UNPARSED: Any = object()
_MISSING: Any = object()
_ORIGIN = re.compile(r"^https?://[^/?#]*", re.IGNORECASE)
"""What a request through a proxy has before its path."""


class _Failed(str):
    """Why a payload is no JSON; kept in its place, so that it is parsed once all the same."""

    __slots__ = ()


class Connection:
    """One transport connection. Made by `Journal.connection` only."""

    __slots__ = ("id", "opened", "session")

    def __init__(self, id_: str) -> None:
        self.id = id_
        """`c1`, `c2`, ... in the order in which connections were made."""
        self.opened: Entry | None = None
        """The upgrade or the first request; None until it is recorded."""
        self.session: object = None
        """What the server of an API remembers of it; the journal neither looks nor writes it."""

    def __repr__(self) -> str:
        opened = f" {self.opened.method} {self.opened.path}" if self.opened else ""
        return f"<{self.id}{opened}>"


class Entry:
    """One recorded thing. Made by `Journal.append` and `Journal.extend` only."""

    __slots__ = (
        "__weakref__",
        "_json",
        "at",
        "conn",
        "direction",
        "head",
        "kind",
        "raw",
        "raw_headers",
        "re",
        "seq",
        "source",
    )

    def __init__(
        self,
        seq: int,
        at: float,
        source: Source,
        kind: Kind,
        *,
        conn: Connection | None = None,
        direction: Direction = "",
        head: str = "",
        raw_headers: Headers = (),
        raw: bytes = b"",
        re: int | None = None,
    ) -> None:
        self.seq = seq
        """Position in the journal, from 1, over all transports and both directions."""
        self.at = at
        """Loop time in seconds."""
        self.source: Source = source
        """Whose it is: one of `SOURCES`."""
        self.kind: Kind = kind
        self.conn = conn
        self.direction: Direction = direction
        """`in` from the client, `out` to it, empty where nothing crossed the wire."""
        self.head = head
        """Request line; status line; opcode of a frame, as `text`; the name of anything else."""
        self.raw_headers = raw_headers
        self.raw = raw
        self.re = re
        """`seq` of the request or upgrade that this entry answers."""
        self._json = _UNPARSED

    @property
    def body(self) -> bytes:
        """The payload without content encoding, or without SSE framing. Raises Undecodable."""
        if self.kind == "chunk":
            return sse_data(self.raw)
        if self.kind != "request":
            return self.raw
        encodings = _encodings(self.raw_headers)
        return decode_content(self.raw, encodings) if encodings else self.raw

    @property
    def content(self) -> bytes:
        """What crossed the wire as a reader wants it: `raw` without its content encoding.

        Bytes that are not in the encoding they claim stay as they came.
        """
        if self.kind != "request" or not _encodings(self.raw_headers):
            return self.raw
        try:
            return self.body
        except Undecodable:
            return self.raw

    @property
    def parsed(self) -> bool:
        """Whether the payload has been parsed and is kept in that form."""
        return self._json is not _UNPARSED

    def forget(self) -> None:
        """Let go of the parsed payload; it is parsed again when it is next asked for."""
        self._json = _UNPARSED

    @property
    def json(self) -> Any:
        """The payload, parsed once. Raises Undecodable that names the entry."""
        if self._json is _UNPARSED:
            try:
                self._json = parse(self.body)
            except Undecodable as error:
                self._json = _Failed(f"{self!r}: {error}")
        if isinstance(self._json, _Failed):
            raise Undecodable(self._json)
        return self._json

    def get(self, path: paths.Path, default: Any = None) -> Any:
        """The first value at `path` of the JSON payload; `default` if there is none, or no JSON."""
        return next(iter(self.find(path)), default)

    def has(self, path: paths.Path) -> bool:
        """Whether `path` is there, even with an empty or null value."""
        return self.get(path, _MISSING) is not _MISSING

    def find(self, path: paths.Path) -> list[Any]:
        """All values at `path`, which may hold `*`; none where the payload is not JSON."""
        try:
            return list(paths.find(self.json, path))
        except Undecodable:
            return []

    def header(self, name: str) -> str | None:
        """The first value of a header, by any spelling of its name."""
        return next(iter(self._values(name)), None)

    @property
    def method(self) -> str:
        """The HTTP method of a request or upgrade, else empty."""
        return self.head.split(" ")[0] if self.kind in ("open", "request") else ""

    @property
    def path(self) -> str:
        """The path of a request or upgrade without its query, else empty."""
        return self._target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The query of a request or upgrade; the first value of each name."""
        pairs = parse_qsl(self._target.partition("?")[2], keep_blank_values=True)
        return dict(reversed(pairs))

    @property
    def status(self) -> int | None:
        """The status of a `response`, else None."""
        code = self.head.split(" ")[0]
        return int(code) if self.kind == "response" and code.isdecimal() else None

    @property
    def type(self) -> str | None:
        """The `type` of a JSON payload, which names events, frames and agent events alike."""
        try:
            payload = self.json
        except Undecodable:
            return None
        found = payload.get("type") if isinstance(payload, dict) else None
        return found if isinstance(found, str) else None

    @property
    def _target(self) -> str:
        words = self.head.split(" ")
        if self.kind not in ("open", "request") or len(words) < 2:
            return ""
        return _ORIGIN.sub("", words[1].partition("#")[0], count=1)

    def _values(self, name: str) -> list[str]:
        return _values(self.raw_headers, name)

    def __repr__(self) -> str:
        # No query: it may hold a key.
        name = f"{self.method} {self.path}" if self._target else self.head
        conn = self.conn.id if self.conn else ""
        words = [f"#{self.seq}", self.source, conn, self.direction, self.kind, name]
        return f"<{' '.join(filter(None, words))}>"


def _values(headers: Headers, name: str) -> list[str]:
    wanted = name.lower().encode()
    return [v.decode("utf-8", "replace") for k, v in headers if k.lower() == wanted]


@lru_cache(maxsize=64)
def _encodings(headers: Headers) -> str:
    """The content encodings of a body: asked for often, of the same few headers."""
    return ",".join(_values(headers, "content-encoding"))
