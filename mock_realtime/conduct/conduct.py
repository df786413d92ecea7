"""The client's conduct on one journal: its messages by session, what the rules say of them to the
findings.

Sans-IO. Where conduct may fail a test it watches the journal; else it reads it when it is asked.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

from agent_rehearsal.journal import Connection, Entry, Journal
from agent_rehearsal.wire import Findings
from agent_rehearsal.wire.findings import Breach
from mock_realtime.conduct.said import Said, said
from mock_realtime.conduct.talk import NAMES, Talk


class Conduct:
    """What reviews the realtime messages of a journal for `findings`.

    `call_of` gives the call of a connection: its session is on several, each of which is told all.
    """

    names = tuple(NAMES)

    def __init__(
        self, journal: Journal, findings: Findings, call_of: Callable[[Connection], str | None]
    ) -> None:
        self._journal = journal
        self._findings = findings
        self._call_of = call_of
        self._talks: defaultdict[str, Talk] = defaultdict(Talk)
        self._told: defaultdict[str, set[str]] = defaultdict(set)
        """The ids of the events that a call was told."""
        self._seen = 0
        findings.reviewed_by(self)
        if findings.conduct == "error":
            journal.observe(self._see)

    def review(self) -> None:
        """Look at the entries since the last review, and add what is found."""
        for entry in self._journal.select(after=self._seen):
            self._see(entry)

    def pending(self) -> Iterable[Breach]:
        """Nothing: what a client has left undone in a session is its right."""
        return ()

    def _see(self, entry: Entry) -> None:
        if entry.seq <= self._seen:
            return
        self._seen = entry.seq
        if entry.source != "realtime" or entry.kind != "frame" or entry.conn is None:
            return
        call = self._call_of(entry.conn)
        talk = self._talks[call or entry.conn.id]
        told = said(entry)
        if told is not None and not (call and self._again(call, entry, told)):
            for breach in talk.take(entry, told):
                self._findings.add_conduct(breach)
        elif (entry.head, entry.direction) == ("audio", "in"):
            talk.hear()

    def _again(self, call: str, entry: Entry, told: Said) -> bool:
        """Whether another connection of a call was told this already."""
        if entry.direction == "in" or told.event_id is None:
            return False
        known = told.event_id in self._told[call]
        self._told[call].add(told.event_id)
        return known
