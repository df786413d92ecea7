"""Findings: rules that a client, or the test itself, broke.

Kept in the journal and in a list that fails the test. Which rules there are is for others to know:
a mock adds what it meets, a reviewer what it reads out of the journal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args

from agent_rehearsal.journal import Entry, Journal

Level = Literal["violation", "advice", "waived"]
"""What a finding does: fails the test, is told, or stands in the journal only."""
Strictness = Literal["error", "warn", "off"]

NAMES = (
    "ambiguous",
    "bad-handshake",
    "damaged-body",
    "damaged-frame",
    "damaged-head",
    "overlapping-request",
    "predicate-raised",
    "refused-frame",
    "reply-raised",
    "undecodable",
    "unknown-path",
    "unknown-previous-response",
    "unmatched",
    "unscripted-command",
    "unused",
)
"""The findings that no reviewer makes."""


class Violation(AssertionError):
    """A finding that fails the test. The text has the findings and what to do about each."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule."""

    name: str
    """The rule's name, by which it can be waived: `unmatched`, `unused`, `unknown-path`, ..."""
    level: Level
    text: str
    about: tuple[int, ...] = ()
    """The sequence numbers of the entries that it is about."""

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """What a reviewer found: one rule of conduct that the client broke."""

    name: str
    text: str
    about: tuple[Entry, ...]
    """The entries, in order; the last is the one that shows it."""
    grave: bool = True
    """Whether it may fail a test; else it is told at most."""


class Reviewer(Protocol):
    """What reads the client's conduct out of the journal."""

    @property
    def names(self) -> tuple[str, ...]:
        """The findings that it may make."""

    def review(self) -> None:
        """Add what is found in the entries since the last review."""

    def pending(self) -> Iterable[Breach]:
        """What would be found if the test were over."""


class Findings:
    """The findings of one stage; a violation fails all waits at once.

    `strict` is for what the servers meet, `conduct` for what reviewers find; with `off` they do not
    even look, unless the test asks.
    """

    def __init__(
        self, journal: Journal, strict: Strictness = "error", conduct: Strictness = "warn"
    ) -> None:
        self.conduct: Strictness = _checked("conduct", conduct)
        """What the client's conduct does to the test."""
        self._strict: Strictness = _checked("strict", strict)
        self._journal = journal
        self._waived: set[str] = set()
        self._found: list[Finding] = []
        self._told: list[Finding] = []
        self._reviewers: list[Reviewer] = []

    def waive(self, *names: str) -> None:
        """Let findings of these names be recorded without failing the test."""
        self._waived.update(names)

    def reviewed_by(self, reviewer: Reviewer) -> None:
        """Ask `reviewer` as well, from now on."""
        self._reviewers.append(reviewer)

    def add(
        self,
        name: str,
        text: str,
        *,
        about: Entry | tuple[Entry, ...] | None = None,
        level: Level = "violation",
    ) -> Finding:
        """Record a finding: waived where the test said so, advice where nothing is to fail.

        Of several entries the last is the one that shows it.
        """
        entries = about if isinstance(about, tuple) else (about,) if about else ()
        return self._add(name, text, entries, level, self._strict)

    def add_conduct(self, breach: Breach) -> Finding:
        """Record what a reviewer found, as severe as `conduct` says."""
        level: Level = "violation" if breach.grave else "advice"
        return self._add(breach.name, breach.text, breach.about, level, self.conduct)

    def of_level(self, level: Level) -> list[Finding]:
        """The findings of one level, in order; none at all where strictness is `off`."""
        if self.conduct != "off":
            self._review()
        return [finding for finding in self._told if finding.level == level]

    def check(self) -> None:
        """Raise Violation that lists every violation, if there is one.

        The test is over: what the client has left undone counts as well.
        """
        if self.conduct != "off":
            self._review()
            for breach in self._pending():
                self.add_conduct(breach)
        raise_for(self.of_level("violation"))

    def assert_none(self, *names: str) -> None:
        """Raise Violation for any finding so far, or any of these names, advice included.

        Waived ones do not count; what the client has left undone until now does. Raises ValueError
        for a name that no finding has.
        """
        self._check_names(names)
        self._review()
        counted = [finding for finding in self._found if finding.level != "waived"]
        counted += [
            Finding(breach.name, "advice", breach.text)
            for breach in self._pending()
            if breach.name not in self._waived
        ]
        raise_for(each for each in counted if not names or each.name in names)

    def _add(
        self,
        name: str,
        text: str,
        about: tuple[Entry, ...],
        level: Level,
        strictness: Strictness,
    ) -> Finding:
        if name in self._waived:
            level = "waived"
        elif strictness != "error":
            level = "advice"
        finding = Finding(name, level, text, tuple(entry.seq for entry in about))
        self._found.append(finding)
        if strictness != "off":
            self._told.append(finding)
        self._note(finding, about[-1] if about else None)
        if level == "violation":
            self._journal.alarm(Violation(str(finding)))
        return finding

    def _note(self, finding: Finding, shown_by: Entry | None) -> None:
        conn, re = (shown_by.conn, shown_by.seq) if shown_by else (None, None)
        detail: dict[str, Any] = {"level": finding.level, "text": finding.text}
        if finding.about:
            detail["about"] = finding.about
        self._journal.note("finding", finding.name, detail, conn=conn, re=re)

    def _review(self) -> None:
        for reviewer in self._reviewers:
            reviewer.review()

    def _pending(self) -> list[Breach]:
        """What only the end can show and was not recorded at an earlier one."""
        known = {(finding.name, finding.about) for finding in self._found}
        return [
            breach
            for reviewer in self._reviewers
            for breach in reviewer.pending()
            if (breach.name, tuple(entry.seq for entry in breach.about)) not in known
        ]

    def _check_names(self, names: Iterable[str]) -> None:
        known = [*NAMES, *(name for reviewer in self._reviewers for name in reviewer.names)]
        for name in names:
            if name not in known:
                raise ValueError(f"no finding is named {name!r}; there are {', '.join(known)}")


def raise_for(findings: Iterable[Finding]) -> None:
    """Raise Violation that lists `findings`, unless there are none."""
    texts = [str(finding) for finding in findings]
    if texts:
        raise Violation("\n".join(texts))


def _checked(name: str, value: Strictness) -> Strictness:
    if value not in get_args(Strictness):
        raise ValueError(f"{name}={value!r}: expected one of {', '.join(get_args(Strictness))}")
    return value
