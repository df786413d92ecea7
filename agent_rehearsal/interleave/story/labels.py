"""Names for what happened in a run, in the protocol's words: every message, every connection.

Reads a trace only; must not know how it is shown.
"""

import re
from collections import Counter
from collections.abc import Mapping

from agent_rehearsal.interleave.keys import CPU, TIMER, Key
from agent_rehearsal.interleave.story.frames import Reader
from agent_rehearsal.interleave.story.naming import short
from agent_rehearsal.interleave.story.progress import Request
from agent_rehearsal.interleave.trace import Piece, Sent, Trace

_LONGEST_NAME = 24
_VERSION = re.compile(r"v\d+(?:beta)?")
PIECES: Mapping[Piece, str] = {
    "syn": "connect",
    "syn-ack": "accept",
    "fin": "end of data",
    "rst": "reset",
}
"""Pieces without bytes -> what they are called."""
_NUMBERED: Mapping[str, str] = {"job": "executor job", "task": "task"}
"""Kinds of keys that carry a number -> what they are called."""
_ALONE: Mapping[Key, str] = {CPU: "a turn of the loop", TIMER: "a timer"}
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}
_TEENS = range(11, 14)


def label(trace: Trace) -> Mapping[Key, str]:
    """What each message and each executor job of a run is called: `session.update`."""
    return Words(trace).labels


class Words:
    """What to call the things of one run."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.labels: Mapping[Key, str]
        """Each message and executor job -> what it is called."""
        self.names: Mapping[str, str]
        """Each connection -> its name: the path of its first request, or as the trace has it."""
        self.requests: Mapping[str, Request]
        """Each connection that speaks HTTP -> its first request."""
        readers = _readers(trace)
        self.labels = _labels(trace, readers)
        asked = {link: reader.requests for (link, client), reader in readers.items() if client}
        self.requests = {link: requests[0] for link, requests in asked.items() if requests}
        self.names = _names(trace, self.requests)
        self._counts = Counter(self._kin(sent) for sent in trace.sent.values())
        self._ordinals = self._numbered()

    def label(self, key: Key) -> str:
        """What is called `session.update`; a name of keys.py where the run had no such thing."""
        return self.labels.get(key) or spoken(key)

    def name(self, link: str) -> str:
        """What a connection is called: `realtime`."""
        return self.names.get(link, link)

    def message(self, key: Key) -> str:
        """A message where it is clear that it is one: `session.update on realtime`.

        With its number where its connection has several of that name: `ping (2nd of 3) on rt`.
        """
        sent = self._trace.sent.get(key)
        if sent is None:
            return self.label(key)
        count = self._counts[self._kin(sent)]
        which = f" ({ordinal(self._ordinals[key])} of {count})" if count > 1 else ""
        return f"{self.label(key)}{which} on {self.name(sent.link)}"

    def phrase(self, key: Key) -> str:
        """A message, and which way it went: `session.update on realtime (c2 client → server)`."""
        sent = self._trace.sent.get(key)
        if sent is None:
            return self.label(key)
        way = "client → server" if sent.from_client else "server → client"
        link = "" if self.name(sent.link).endswith(sent.link) else f"{sent.link} "
        return f"{self.message(key)} ({link}{way})"

    def _kin(self, sent: Sent) -> tuple[str, bool, str]:
        return sent.link, sent.from_client, self.labels[sent.key]

    def _numbered(self) -> Mapping[Key, int]:
        seen: Counter[tuple[str, bool, str]] = Counter()
        numbers = {}
        for sent in self._trace.sent.values():
            seen[self._kin(sent)] += 1
            numbers[sent.key] = seen[self._kin(sent)]
        return numbers


def spoken(key: Key) -> str:
    """A name of keys.py that needs no run to be understood: `executor job 4`, `task 7`."""
    kind, _, number = key.partition(":")
    if kind in _NUMBERED:
        return f"{_NUMBERED[kind]} {number}"
    return _ALONE.get(key, str(key))


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`."""
    ending = "th" if number % 100 in _TEENS else _ORDINALS.get(number % 10, "th")
    return f"{number}{ending}"


def _readers(trace: Trace) -> Mapping[tuple[str, bool], Reader]:
    """A reader for each direction: connection, does its client send?"""
    readers: dict[tuple[str, bool], Reader] = {}
    for link in [*trace.links, *(sent.link for sent in trace.sent.values())]:
        if (link, True) not in readers:
            client = readers[link, True] = Reader(client=True)
            readers[link, False] = Reader(client=False, requests=client.requests)
    return readers


def _labels(trace: Trace, readers: Mapping[tuple[str, bool], Reader]) -> Mapping[Key, str]:
    labels: dict[Key, str] = {}
    for sent in trace.sent.values():
        reader = readers[sent.link, sent.from_client]
        labels[sent.key] = PIECES.get(sent.piece) or reader.label(sent.data)
    jobs = (step.key for step in trace.steps if step.what == "job")
    return labels | {key: spoken(key) for key in jobs}


def _names(trace: Trace, requests: Mapping[str, Request]) -> Mapping[str, str]:
    paths = {link: _path_name(request.path) for link, request in requests.items()}
    shared = Counter(paths.values())
    links = [*trace.links, *(link for link in requests if link not in trace.links)]
    return {link: _link_name(link, paths.get(link, ""), shared) for link in links}


def _link_name(link: str, path: str, shared: Counter[str]) -> str:
    if not path:
        return link
    return path if shared[path] == 1 else f"{path} {link}"


def _path_name(path: str) -> str:
    """A path without its version: `/v1/realtime` is `realtime`."""
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1 and _VERSION.fullmatch(parts[0]):
        parts = parts[1:]
    return short("/".join(parts), _LONGEST_NAME)
