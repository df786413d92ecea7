"""The client's conduct on one journal: its entries through the exchanges to the rules, what they
say to the findings.

Sans-IO. Where conduct may fail a test it watches the journal, so that a breach fails the waits at
once; else it reads the journal when it is asked, which costs a server at work nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from agent_rehearsal.journal import Entry, Journal, Predicate
from agent_rehearsal.wire import Findings
from agent_rehearsal.wire.findings import Breach
from mock_responses.conduct.exchanges import Exchanges
from mock_responses.conduct.reply import Reply
from mock_responses.conduct.rule import Rule
from mock_responses.conduct.rules import NAMES, RULES


class Verdicts:
    """Entries in, breaches out. `is_request` says which entries are requests."""

    def __init__(self, is_request: Predicate, rules: Sequence[Callable[[], Rule]] = RULES) -> None:
        self._exchanges = Exchanges(is_request)
        self._rules = [make() for make in rules]

    def take(self, entry: Entry) -> Iterator[Breach]:
        """What the client broke with this entry; entries come in order, each once."""
        for reply in self._exchanges.take(entry):
            for rule in self._rules:
                yield from self._asked_of(rule, reply)

    def at_end(self) -> Iterator[Breach]:
        """What it would have broken if nothing came any more."""
        for rule in self._rules:
            yield from rule.at_end()

    def _asked_of(self, rule: Rule, reply: Reply) -> Iterable[Breach]:
        return rule.asked(reply.ask, reply) if reply.state == "open" else rule.answered(reply)


class Conduct:
    """What reviews a journal for `findings`."""

    names = tuple(NAMES)

    def __init__(self, journal: Journal, findings: Findings, is_request: Predicate) -> None:
        self._journal = journal
        self._findings = findings
        self._verdicts = Verdicts(is_request)
        self._seen = 0
        findings.reviewed_by(self)
        if findings.conduct == "error":
            journal.observe(self._see)

    def review(self) -> None:
        """Look at the entries since the last review, and add what is found."""
        for entry in self._journal.select(after=self._seen):
            self._see(entry)

    def pending(self) -> Iterator[Breach]:
        """What would be found if the test were over."""
        return self._verdicts.at_end()

    def _see(self, entry: Entry) -> None:
        if entry.seq > self._seen:
            self._seen = entry.seq
            for breach in self._verdicts.take(entry):
                self._findings.add_conduct(breach)
