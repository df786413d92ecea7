"""Server-sent events, taken apart byte by byte. It knows neither sockets nor what the data means.

Follows the WHATWG event-stream grammar: line ends CR, LF or CRLF, a byte order mark at the start,
comments, several `data` lines for one event, an unfinished event at the end dropped. Only `data`
is kept: the Responses API repeats the event's name inside it. Bytes stay bytes, so a character that
is split between two chunks needs no care.
"""

__all__ = ["SseParser"]

_BOM = b"\xef\xbb\xbf"


class SseParser:
    """Feed it chunks of any size, it gives the data of each event that they complete."""

    def __init__(self) -> None:
        self._started = False
        self._after_cr = False
        self._line: list[bytes] = []
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of the events that end within `chunk`, in order."""
        if not self._started:
            chunk = self._skip_mark(chunk)
        chunk = self._unify_line_ends(chunk)
        if b"\n" not in chunk:
            if chunk:
                self._line.append(chunk)
            return []
        self._line.append(chunk)
        *lines, rest = b"".join(self._line).split(b"\n")
        self._line = [rest] if rest else []
        return [data for line in lines if (data := self._take(line)) is not None]

    def _take(self, line: bytes) -> bytes | None:
        """One whole line; gives the event's data when the line ends an event that has some."""
        if not line:
            return self._dispatch()
        if line.startswith(b"data:"):
            start = 6 if line.startswith(b"data: ") else 5
            self._data.append(line[start:])
        elif line == b"data":
            self._data.append(b"")
        return None

    def _dispatch(self) -> bytes | None:
        if not self._data:
            return None
        data = b"\n".join(self._data)
        self._data.clear()
        return data

    def _skip_mark(self, chunk: bytes) -> bytes:
        """Drops a byte order mark; holds back bytes that may still become one."""
        start = b"".join([*self._line, chunk])
        self._line = []
        if len(start) < len(_BOM) and _BOM.startswith(start):
            self._line = [start] if start else []
            return b""
        self._started = True
        return start.removeprefix(_BOM)

    def _unify_line_ends(self, chunk: bytes) -> bytes:
        """Each line end as one LF, without waiting for the LF that may follow a last CR."""
        if not chunk:
            return chunk
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._after_cr = chunk.endswith(b"\r")
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return chunk
