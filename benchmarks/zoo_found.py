"""What the benchmark of the zoo found, as values that tell themselves. Runs nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import Any

DRAWN = 100
"""Schedules within which the portfolio is to find a race."""
MIDDLE = 10
"""The goal for the median."""
LATE = 3
"""Late messages that a shrunk schedule may have at most."""
SEEN = 0.9
"""The share of tries on real sockets in which a race is to come about."""

Tried = Sequence[int | None]
"""For each seed, how many schedules it took to the first failure; None where it escaped."""


@dataclass(frozen=True, kw_only=True)
class Hunt:
    """What came of the hunt for one race."""

    race: str
    swept: int | None
    tried: Tried
    late: int
    """Late messages of the schedule that shrank least."""
    same: int
    replayed: int
    elsewhere: int | None
    """How many of the schedules that were found fail the same way on another Python."""

    @property
    def met(self) -> bool:
        """Was it found, soon, by few messages, and each time again?"""
        found = self.swept is not None or None not in self.tried
        soon = median(inf if each is None else each for each in self.tried) <= MIDDLE
        again = self.same == self.replayed
        everywhere = self.elsewhere in (None, len(_caught(self.tried)))
        return found and soon and self.late <= LATE and again and everywhere

    def lines(self) -> Iterator[str]:
        """One line."""
        found = len(_caught(self.tried))
        other = "" if self.elsewhere is None else f", on the other Python {self.elsewhere}/{found}"
        yield (
            f"  {self.race:<32}sweep {self.swept or 'never':>5}   portfolio {drawn(self.tried)}"
            f"   late messages {self.late}   replays {self.same}/{self.replayed}{other}"
            f"   {_said(met=self.met)}"
        )


@dataclass(frozen=True, kw_only=True)
class PeerHunt:
    """What came of a peer's hunt for one race: an answer as of `peers.tasks.hunt`."""

    race: str
    answer: Mapping[str, Any]

    def lines(self) -> Iterator[str]:
        """One line."""
        same, replays = self.answer["same"], self.answer["replays"]
        shrunk = self.answer["shrunk"] and f"   shrunk to {self.answer['shrunk']}"
        again = f"   replays {same}/{replays}" if replays else ""
        yield f"  {self.race:<32}{drawn(self.answer['tried'])}{again}{shrunk}"


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """In how many tries on real sockets a race came about as its shrunk schedule says."""

    race: str
    same: int
    tries: int
    told: str
    """All that came of it."""

    def lines(self) -> Iterator[str]:
        """One line, and what came of it otherwise where that is too much."""
        met = self.same >= SEEN * self.tries
        yield f"  {self.race:<32}{self.same}/{self.tries}   {_said(met=met)}"
        if not met:
            yield f"    {self.told}"


@dataclass(frozen=True, kw_only=True)
class Soundness:
    """How many distinct findings were reported as possible, and how many of them were seen on real
    sockets; the others were reported as unconfirmed, as long as nobody had looked.
    """

    reported: int
    seen: int
    doubted: int
    unseen: Sequence[str]

    def lines(self) -> Iterator[str]:
        """The ratio, and what was not seen."""
        ratio = self.seen / self.reported if self.reported else 1.0
        yield (
            f"  {self.seen} of {self.reported} distinct findings with windows of 1 ms and wider:"
            f" {ratio:.2f}; goal 1.00: {_said(met=self.seen == self.reported)}"
            f"   ({self.doubted} with narrower ones are reported as unconfirmed)"
        )
        yield from (f"    not seen: {each}" for each in self.unseen)


@dataclass(frozen=True, kw_only=True)
class Peace:
    """What came of a program that must never fail."""

    race: str
    runs: int
    alarm: str | None

    def lines(self) -> Iterator[str]:
        """One line."""
        said = f"FALSE ALARM: {self.alarm}" if self.alarm else "no false alarm"
        yield f"  {self.race:<32}{self.runs:>6} schedules   {said}"


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """In how many runs of a program that cannot fail each explorer says that it does."""

    program: str
    counts: Mapping[str, tuple[int, int]]
    """Explorer to failed and run."""

    def lines(self) -> Iterator[str]:
        """One line."""
        each = (
            f"{name} {failed}/{runs} ({failed / runs:.0%})"
            for name, (failed, runs) in self.counts.items()
        )
        yield f"  {self.program:<32}{'   '.join(each)}"


def drawn(tried: Tried) -> str:
    """`20/20 (median 3, most 8)`."""
    found = _caught(tried)
    how = f"median {median(found):g}, most {max(found)}" if found else "never"
    return f"{len(found)}/{len(tried)} ({how})"


def _caught(tried: Tried) -> list[int]:
    return [each for each in tried if each is not None]


def _said(*, met: bool) -> str:
    return "met" if met else "MISSED"
