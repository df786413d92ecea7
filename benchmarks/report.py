"""What a benchmark found, as text: a subject, a line a contestant, the ratio, and its goal.

Knows no benchmark.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from benchmarks.timing import Samples


class Finding(Protocol):
    """One thing that a benchmark found."""

    def lines(self) -> Iterator[str]:
        """It in words and numbers."""


@dataclass(frozen=True)
class Remark:
    """Something that there is no number for, or a heading."""

    text: str

    def lines(self) -> Iterator[str]:
        """It."""
        yield self.text


@dataclass(frozen=True, kw_only=True)
class Unit:
    """How seconds are shown: `name` with `per_second` of them in a second."""

    name: str
    per_second: float

    def show(self, seconds: float) -> str:
        """Seconds in this unit."""
        return f"{seconds * self.per_second:.2f} {self.name}"


SECONDS = Unit(name="s", per_second=1)
MILLISECONDS = Unit(name="ms", per_second=1e3)
MICROSECONDS = Unit(name="us", per_second=1e6)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Ours against a baseline of the same run. `goal` is the most that the ratio is to be."""

    subject: str
    baseline: str
    ours: str
    samples: dict[str, Samples]
    unit: Unit
    goal: float | None = None

    def lines(self) -> Iterator[str]:
        """Both contestants, then the ratio of their best rounds and the median of paired ones."""
        bare, ours = self.samples[self.baseline], self.samples[self.ours]
        ratios = ours.over(bare)
        yield self.subject
        yield self._row(self.baseline)
        yield self._row(self.ours)
        best, remark = _ratio(ours.best / bare.best), verdict(ratios, self.goal, _ratio)
        yield row("ratio", best, _ratio(ratios.median), remark)

    def _row(self, name: str) -> str:
        found = self.samples[name]
        return row(name, self.unit.show(found.best), self.unit.show(found.median), "")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a comparison comes to in seconds, round by round. `goal` is the most, in seconds."""

    comparison: Comparison
    goal: float

    def lines(self) -> Iterator[str]:
        """As the comparison, and the median difference of paired rounds."""
        yield from self.comparison.lines()
        its = self.comparison
        more = its.samples[its.ours].beyond(its.samples[its.baseline])
        show = its.unit.show
        yield row("difference", "", show(more.median), verdict(more, self.goal, show))


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Something counted, not timed: a baseline's count, and ours in each case. `goal` is the most
    of ours that is allowed.
    """

    subject: str
    baseline: tuple[str, int]
    ours: dict[str, int]
    goal: int

    def lines(self) -> Iterator[str]:
        """The baseline, each case, and the worst of them against both."""
        yield self.subject
        for name, count in (self.baseline, *self.ours.items()):
            yield _counted(name, count, "")
        worst = max(self.ours.values())
        met = "met" if worst <= self.goal else "MISSED"
        yield _counted("worst", worst, f"goal at most {self.goal}: {met}")
        yield _counted("ratio", _ratio(worst / self.baseline[1]), "")


def row(name: str, best: str, middle: str, remark: str) -> str:
    """One line of the table that all timed benchmarks print."""
    return f"  {name:<30}{best and 'best ' + best:>18}{'median ' + middle:>20}   {remark}".rstrip()


def verdict(found: Samples, goal: float | None, show: Callable[[float], str]) -> str:
    """The middle half of the rounds and, where there is a goal, on which side of it they lie."""
    low, high = found.quartiles
    spread = f"quartiles {show(low)} to {show(high)}"
    if goal is None:
        return spread
    said = "met" if high <= goal else "MISSED" if low > goal else "too noisy to tell"
    return f"{spread}; goal at most {show(goal)}: {said}"


def _counted(name: str, count: int | str, remark: str) -> str:
    return f"  {name:<46}{count:>6}   {remark}".rstrip()


def _ratio(value: float) -> str:
    return f"{value:.2f}"
