"""Two runs of one program side by side, from the first arrival in which they differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile, zip_longest

from agent_rehearsal.interleave.keys import Key, Schedule
from agent_rehearsal.interleave.story.labels import Words
from agent_rehearsal.interleave.story.naming import short
from agent_rehearsal.interleave.story.times import moment
from agent_rehearsal.interleave.trace import Trace

_COLUMN = 47
"""Characters of a side; two of them and what is between make at most 100."""
_MOST = 8
"""Lines from the first difference on."""
_BEFORE = 2
"""Lines before it that both sides have."""
_LATE = "  ◀ late"
_UNSAID = frozenset({"syn", "syn-ack"})
"""Pieces that are told only where they are late."""
SAME = "the same messages arrive in the same order as usual; only the times differ"


@dataclass(frozen=True, slots=True)
class _Came:
    """An arrival. In two runs it is the same if it is called the same: messages of one connection
    and one way do not overtake each other, and a message more on the way shifts the keys.
    """

    key: Key
    text: str
    when: str
    """Its time, as it is shown."""


def side_by_side(natural: Trace, run: Trace, schedule: Schedule) -> str:
    """What usually arrives, and when, beside what arrived in a run of `schedule`."""
    beside = _Beside(natural, run, schedule)
    return "\n".join(beside.by_order() or [SAME, *beside.by_time()])


class _Beside:
    """The arrivals of two runs."""

    def __init__(self, natural: Trace, run: Trace, schedule: Schedule) -> None:
        self._usual = _arrivals(natural, schedule)
        self._seen = _arrivals(run, schedule)
        self._late = frozenset(schedule.delays)

    def by_order(self) -> Sequence[str]:
        """The lines from where other things arrive; none where the same do."""
        usual, seen = ([came.text for came in run] for run in (self._usual, self._seen))
        first = _first_difference(usual, seen)
        if first is None:
            return []
        one, other = _lengths(usual[first:], seen[first:])
        more = self._until_late(first, other)
        return list(self._lines(first, first + one + more, first + other + more))

    def by_time(self) -> Sequence[str]:
        """The lines from where the same things arrive at other times; none where they do not."""
        usual, seen = ([came.when for came in run] for run in (self._usual, self._seen))
        first = _first_difference(usual, seen)
        return [] if first is None else list(self._lines(first, first + _MOST, first + _MOST))

    def _until_late(self, first: int, length: int) -> int:
        """How many lines more it takes to show the late ones as well."""
        near = enumerate(self._seen[first : first + _MOST], start=1)
        places = (at for at, came in near if came.key in self._late)
        return max(0, max(places, default=0) - length)

    def _lines(self, first: int, usual_end: int, seen_end: int) -> Iterator[str]:
        start = max(0, first - _BEFORE)
        yield _line("what usually arrives", "what arrived here")
        yield _line("-" * 20, "-" * 20)
        for usual, seen in zip_longest(self._usual[start:usual_end], self._seen[start:seen_end]):
            yield _line(self._side(usual, here=False), self._side(seen, here=True))
        left = len(self._usual) - usual_end, len(self._seen) - seen_end
        if max(left) > 0:
            yield _line(*(f"{'...':>9}  {count} more" if count > 0 else "" for count in left))

    def _side(self, came: _Came | None, *, here: bool) -> str:
        if came is None:
            return ""
        text = f"{came.when:>9}  {came.text}"
        late = here and came.key in self._late
        return f"{short(text, _COLUMN - len(_LATE))}{_LATE}" if late else text


def _arrivals(trace: Trace, schedule: Schedule) -> Sequence[_Came]:
    words = Words(trace)
    return [
        _Came(step.key, _text(step.key, trace, words), moment(step.at))
        for step in trace.steps
        if step.what in ("arrive", "job") and _told(step.key, trace, schedule)
    ]


def _told(key: Key, trace: Trace, schedule: Schedule) -> bool:
    sent = trace.sent.get(key)
    return sent is None or sent.piece not in _UNSAID or key in schedule.delays


def _text(key: Key, trace: Trace, words: Words) -> str:
    sent = trace.sent.get(key)
    if sent is None:
        return words.label(key)
    return f"{words.name(sent.link)} {'→' if sent.from_client else '←'} {words.label(key)}"


def _first_difference(usual: Sequence[str], seen: Sequence[str]) -> int | None:
    pairs = enumerate(zip_longest(usual, seen))
    return next((at for at, (one, other) in pairs if one != other), None)


def _lengths(usual: Sequence[str], seen: Sequence[str]) -> tuple[int, int]:
    """How many lines each side takes until both go on the same way, but no more than `_MOST`."""
    for count in range(1, _MOST):
        if sorted(usual[:count]) == sorted(seen[:count]):
            return count, count
    pairs = zip(reversed(usual), reversed(seen), strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return min(_MOST, len(usual) - same), min(_MOST, len(seen) - same)


def _line(left: str, right: str) -> str:
    return f"  {short(left, _COLUMN):<{_COLUMN}} | {short(right, _COLUMN)}".rstrip()
