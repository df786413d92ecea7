"""The bytes of one direction of a connection, told in the protocol's words.

HTTP/1.1 first, WebSocket after an upgrade; for anything else the number of bytes, or the text where
that is one short line. Sans-IO, piece by piece, and without an opinion: no bytes make it raise.
"""

from agent_rehearsal.interleave.story import http, websocket
from agent_rehearsal.interleave.story.naming import short, short_text, size
from agent_rehearsal.interleave.story.octets import Garbled, Octets, Reading
from agent_rehearsal.interleave.story.progress import Progress, Request

_LONGEST = 72
"""Characters of a label."""


class Reader:
    """Reads one direction: that of the side which opened the connection, or the other's.

    Both readers of a connection share `requests`, so that the answer to a HEAD is known to have no
    body; the client's pieces should be read before the server's answer to them.
    """

    def __init__(self, *, client: bool, requests: list[Request] | None = None) -> None:
        self.requests = [] if requests is None else requests
        """Every request of the client so far."""
        self._octets = Octets()
        self._progress = Progress(requests=self.requests)
        reading = _client if client else _server
        self._reading: Reading[None] | None = reading(self._octets, self._progress)

    def label(self, piece: bytes) -> str:
        """What this piece completes, else what it is part of: `POST /v1/responses`,
        `response.created`, `part of 200 OK`, `120 B`.
        """
        self._read(piece)
        told = self._progress.taken()
        if told:
            return short(told, _LONGEST)
        if self._reading is None or not piece:
            label = short_text(piece) or size(len(piece))
            self._progress.names = (label,)
            return label
        return f"part of {self._progress.doing}"

    @property
    def names(self) -> tuple[str, ...]:
        """What the last piece completed, each by its full name."""
        return self._progress.names

    def _read(self, piece: bytes) -> None:
        if self._reading is None:
            return
        self._octets.feed(piece)
        try:
            next(self._reading)
        except (Garbled, StopIteration):
            self._reading = None


def _client(octets: Octets, progress: Progress) -> Reading[None]:
    """Whether an upgrade was granted is seen by what the client sends next."""
    while True:
        yield from http.requests(octets, progress)
        progress.doing = "a frame"
        if not (yield from http.looks_like(octets, http.METHODS)):
            yield from websocket.frames(octets, progress)


def _server(octets: Octets, progress: Progress) -> Reading[None]:
    yield from http.responses(octets, progress)
    yield from websocket.frames(octets, progress)
