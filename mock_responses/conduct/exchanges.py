"""From entries to requests and what became of them: which entry answers which request, over both
transports.

Sans-IO. Each entry is looked at once. What is neither traffic of this API nor an agent's pause
costs one look at its kind.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping

from agent_rehearsal.journal import Entry, Predicate
from mock_responses.conduct.ask import Ask
from mock_responses.conduct.chains import Chains
from mock_responses.conduct.pauses import Pauses
from mock_responses.conduct.reply import Reply, State

ENDING = frozenset({"cut", "reset", "half_close"})
"""The faults by which the server ends a reply early."""


class Exchanges:
    """The requests under way. `is_request` says which entries are requests."""

    def __init__(self, is_request: Predicate) -> None:
        self._is_request = is_request
        self._pauses = Pauses()
        self._chains = Chains()
        self._by_seq: dict[int, Reply] = {}
        self._on: defaultdict[str, deque[Reply]] = defaultdict(deque)
        self._at_gate: defaultdict[str, list[Reply]] = defaultdict(list)
        self._readers: Mapping[str, Callable[[Entry], Iterator[Reply]]] = {
            "request": self._request,
            "frame": self._frame,
            "response": self._response,
            "chunk": self._chunk,
            "fault": self._fault,
            "gate": self._gate,
            "close": self._close,
            "event": self._event,
        }

    def take(self, entry: Entry) -> Iterator[Reply]:
        """The replies that `entry` begins (their state is `open`) or ends; none of a prewarm."""
        reader = self._readers.get(entry.kind)
        for reply in reader(entry) if reader else ():
            if not reply.ask.warms:
                yield reply

    def _request(self, entry: Entry) -> Iterator[Reply]:
        yield from self._follow(entry)
        if self._is_request(entry):
            yield self._begin(entry)

    def _frame(self, entry: Entry) -> Iterator[Reply]:
        if entry.source != "responses":
            return
        if entry.head == "close":
            yield from self._end_all(entry, "broken" if entry.direction == "out" else "left")
        elif entry.direction == "out":
            yield from self._framed(entry)
        elif self._is_request(entry):
            yield self._begin(entry)

    def _framed(self, entry: Entry) -> Iterator[Reply]:
        ended = self._chains.sent(entry)
        reply = next(iter(self._waiting(entry)), None)
        if reply is None:
            return
        if ended and ended.history:
            self._chains.keep(ended.history, reply.ask.facts)
        at = self._pauses.at(entry.at)
        if reply.sent(entry, at):
            yield self._ended(reply)
        elif ended:  # by an event that went out in parts
            yield self._ended(reply.end("whole" if ended.history else "left", entry, at))

    def _response(self, entry: Entry) -> Iterator[Reply]:
        reply = self._by_seq.get(entry.re or 0)
        if reply and reply.answered(entry, self._pauses.at(entry.at)):
            yield self._ended(reply)

    def _chunk(self, entry: Entry) -> Iterator[Reply]:
        reply = self._by_seq.get(entry.re or 0)
        if reply and reply.sent(entry, self._pauses.at(entry.at)):
            yield self._ended(reply)

    def _fault(self, entry: Entry) -> Iterator[Reply]:
        reply = self._by_seq.get(entry.re or 0)
        if reply and entry.head == "stall":
            reply.held = True
        elif reply and entry.head in ENDING:
            yield self._ended(reply.end("broken", entry, self._pauses.at(entry.at)))

    def _gate(self, entry: Entry) -> Iterator[Reply]:
        reply = self._by_seq.get(entry.re or 0)
        if reply:
            reply.held = True
            self._at_gate[entry.head].append(reply)
        elif entry.get("state") == "opened":
            for held in self._at_gate.pop(entry.head, ()):
                held.held = False
        return iter(())

    def _close(self, entry: Entry) -> Iterator[Reply]:
        reply = self._by_seq.get(entry.re or 0)
        if reply:
            yield self._ended(reply.end("left", entry, self._pauses.at(entry.at)))
        elif entry.conn and entry.conn.opened and entry.conn.opened.seq == entry.re:
            yield from self._end_all(entry, "left")

    def _event(self, entry: Entry) -> Iterator[Reply]:
        if entry.head == "sleep" and entry.source == "harness":
            self._pauses.note(entry.at, entry.get("seconds"))
        return iter(())

    def _begin(self, entry: Entry) -> Reply:
        before, facts = self._chains.asked(entry) if entry.kind == "frame" else (None, None)
        reply = Reply(Ask(entry, self._pauses.over(entry.at), before, facts))
        self._by_seq[entry.seq] = reply
        self._waiting(entry).append(reply)
        return reply

    def _follow(self, entry: Entry) -> Iterator[Reply]:
        """A request on an HTTP connection shows that the reply before it on there has ended."""
        for reply in tuple(self._waiting(entry)):
            state: State = "left" if reply.odd else "broken"
            yield self._ended(reply.end(state, entry, self._pauses.at(entry.at)))

    def _end_all(self, entry: Entry, state: State) -> Iterator[Reply]:
        for reply in tuple(self._waiting(entry)):
            yield self._ended(reply.end(state, entry, self._pauses.at(entry.at)))

    def _ended(self, reply: Reply) -> Reply:
        del self._by_seq[reply.ask.entry.seq]
        self._waiting(reply.ask.entry).remove(reply)
        return reply

    def _waiting(self, entry: Entry) -> deque[Reply]:
        return self._on[entry.conn.id if entry.conn else ""]
