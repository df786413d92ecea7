"""Findings: rules that a client, or the test itself, broke.

Kept in the journal and in a list that fails the test.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from agent_rehearsal.journal import Entry, Journal

Level = Literal["violation", "advice", "waived"]
"""What a finding does: fails the test, is told, or stands in the journal only."""
Strictness = Literal["error", "warn", "off"]


class Violation(AssertionError):
    """A finding that fails the test. The text has the findings and what to do about each."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule."""

    name: str
    """The rule's name, by which it can be waived: `unmatched`, `unused`, `unknown-path`, ..."""
    level: Level
    text: str

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


class Findings:
    """The findings of one stage; a violation fails all waits at once."""

    def __init__(self, journal: Journal, strict: Strictness = "error") -> None:
        if strict not in get_args(Strictness):
            raise ValueError(
                f"strict={strict!r}: expected one of {', '.join(get_args(Strictness))}"
            )
        self._journal = journal
        self._strict: Strictness = strict
        self._waived: set[str] = set()
        self._found: list[Finding] = []

    def waive(self, *names: str) -> None:
        """Let findings of these names be recorded without failing the test."""
        self._waived.update(names)

    def add(
        self, name: str, text: str, *, about: Entry | None = None, level: Level = "violation"
    ) -> Finding:
        """Record a finding: waived where the test said so, advice where nothing is to fail."""
        if name in self._waived:
            level = "waived"
        elif self._strict != "error":
            level = "advice"
        finding = Finding(name, level, text)
        self._found.append(finding)
        conn, re = (about.conn, about.seq) if about else (None, None)
        self._journal.note("finding", name, {"level": level, "text": text}, conn=conn, re=re)
        if level == "violation":
            self._journal.alarm(Violation(str(finding)))
        return finding

    def of_level(self, level: Level) -> list[Finding]:
        """The findings of one level, in order; none at all where strictness is `off`."""
        return [f for f in self._found if f.level == level and self._strict != "off"]

    def check(self) -> None:
        """Raise Violation that lists every violation, if there is one."""
        raise_for(self.of_level("violation"))


def raise_for(findings: Iterable[Finding]) -> None:
    """Raise Violation that lists `findings`, unless there are none."""
    texts = [str(finding) for finding in findings]
    if texts:
        raise Violation("\n".join(texts))
