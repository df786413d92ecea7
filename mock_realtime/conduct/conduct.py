"""The client's conduct on one journal: its messages by connection, what the rules say of them to
the findings.

Sans-IO. Where conduct may fail a test it watches the journal; else it reads it when it is asked.
"""

from collections import defaultdict
from collections.abc import Iterable

from agent_rehearsal.journal import Entry, Journal
from agent_rehearsal.wire import Findings
from agent_rehearsal.wire.findings import Breach
from mock_realtime.conduct.said import said
from mock_realtime.conduct.talk import NAMES, Talk


class Conduct:
    """What reviews the realtime messages of a journal for `findings`."""

    names = tuple(NAMES)

    def __init__(self, journal: Journal, findings: Findings) -> None:
        self._journal = journal
        self._findings = findings
        self._talks: defaultdict[str, Talk] = defaultdict(Talk)
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
        told = said(entry)
        if told is not None:
            for breach in self._talks[entry.conn.id].take(entry, told):
                self._findings.add_conduct(breach)
