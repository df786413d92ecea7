"""A view: one inbound entry in the words of an API. Subclasses add the API's own fields."""

from typing import Any

from agent_rehearsal.journal import Connection, Entry, Undecodable


def object_of(entry: Entry) -> dict[str, Any]:
    """The payload as a JSON object. Raises Undecodable that names the entry."""
    found = entry.json
    if not isinstance(found, dict):
        raise Undecodable(f"{entry!r}: a JSON {type(found).__name__}, expected an object")
    return found


class View:
    """What a client sent; `entry` leads back to the journal."""

    __slots__ = ("entry",)

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    @property
    def json(self) -> Any:
        """The parsed payload. Raises Undecodable."""
        return self.entry.json

    @property
    def type(self) -> str | None:
        """The payload's `type`."""
        return self.entry.type

    @property
    def conn(self) -> Connection | None:
        """The connection it came on."""
        return self.entry.conn

    @property
    def headers(self) -> dict[str, str]:
        """The headers by lower-case name, the first value of each; a frame has its upgrade's."""
        entry = self.entry
        opened = entry.conn.opened if entry.kind == "frame" and entry.conn else entry
        pairs = opened.raw_headers if opened else ()
        return {k.decode().lower(): v.decode("utf-8", "replace") for k, v in reversed(pairs)}

    def get(self, path: str | tuple[str | int, ...], default: Any = None) -> Any:
        """The first value at `path` of the payload, or `default`."""
        return self.entry.get(path, default)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.entry!r}>"


class FrameView(View):
    """One WebSocket message."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """The message as text."""
        return self.entry.raw.decode("utf-8", "replace")
