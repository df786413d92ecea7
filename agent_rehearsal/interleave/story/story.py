"""The rows of a sequence diagram: what of a run is worth drawing, in order.

Arrivals, and for what was held back the moment it was sent as well; long stretches that nothing was
done to are folded into a count. Must not know how a row is drawn.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.story.labels import Words, spoken
from agent_rehearsal.interleave.story.times import ms
from agent_rehearsal.interleave.trace import Sent, Step, Trace

MOST_ROWS = 60
"""Rows of a diagram; the middle of a longer one is left out and counted."""
_AROUND = 3
"""Rows that are kept before and after a late message."""
_ENDS = 2
"""Rows that are kept at both ends."""
_FEW = 3
"""A stretch of so many rows is drawn rather than counted."""

Sort = Literal["arrow", "held", "note", "gap"]
"""`arrow`: a message arrives; `held`: a late one is sent; `note`: a timer, a job or a task;
`gap`: rows left out.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of a diagram."""

    sort: Sort
    text: str
    at: float = 0.0
    """Virtual seconds since the run began."""
    link: str = ""
    """The connection: `c1`; "" for what belongs to none."""
    from_client: bool = True
    key: Key | None = None
    """The late message, in its two rows."""
    note: str = ""
    """What was done to it: `HELD 30 ms`, and when it is released `+30 ms`."""
    times: int = 1
    """How many arrivals of that name it stands for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """A run, as far as it is worth drawing."""

    legend: tuple[tuple[str, str], ...]
    """Each connection that is drawn -> what it is: `c1`, `rt: GET /rt at 127.0.0.1:8080`."""
    rows: tuple[Row, ...]


def story(trace: Trace, schedule: Schedule, *, rows: int = MOST_ROWS) -> Story:
    """What to draw of a run of `schedule`, in about `rows` rows."""
    words = Words(trace)
    folded = list(_folded(_rows(trace, schedule, words)))
    kept = tuple(_relevant(folded, rows))
    drawn = {row.link for row in kept if row.link}
    legend = tuple((link, _described(link, trace, words)) for link in _links(trace, drawn))
    return Story(legend=legend, rows=kept)


def held(delay: Delay, words: Words) -> str:
    """How something is held back: `30 ms and 4 turns of the loop`."""
    turns = f"{delay.turns} turn{'s' if delay.turns > 1 else ''} of the loop"
    parts = [ms(delay.dt)] if delay.dt else []
    parts += [turns] if delay.turns else []
    parts += [f"until {words.message(delay.after)}"] if delay.after else []
    return " and ".join(parts) or "0 ms"


def _links(trace: Trace, drawn: set[str]) -> Iterator[str]:
    yield from (link for link in trace.links if link in drawn)
    yield from sorted(drawn - trace.links.keys())


def _described(link: str, trace: Trace, words: Words) -> str:
    request, known = words.requests.get(link), trace.links.get(link)
    asked = f"{request.method} {request.path}" if request else ""
    where = f"to {known.server}" if known else ""
    name = "" if words.name(link) == link else f"{words.name(link)}: "
    return f"{name}{' '.join(filter(None, [asked, where]))}"


def _rows(trace: Trace, schedule: Schedule, words: Words) -> Iterator[Row]:
    """Every row, none left out."""
    waiting: dict[Key, Sent] = {}
    for step in trace.steps:
        sent = trace.sent.get(step.key)
        if step.what == "send" and sent and step.key in schedule.delays:
            waiting[step.key] = sent
            yield _held_row(sent, step, schedule.delays[step.key], words)
        elif step.what == "arrive" and sent:
            waiting.pop(step.key, None)
            if sent.piece not in ("syn", "syn-ack") or step.key in schedule.delays:
                yield _arrow(sent, step, schedule.delays, words)
        elif step.what == "timer" and waiting:
            yield Row(sort="note", text="a timer fires", at=step.at)
        elif step.what in ("job", "task"):
            yield _noted(step, schedule, words)
    end = trace.steps[-1].at if trace.steps else 0.0
    for sent in waiting.values():
        row = _place(sent, end, words)
        yield replace(row, sort="note", key=sent.key, note="still under way at the end")


def _place(sent: Sent, at: float, words: Words) -> Row:
    text = words.label(sent.key)
    return Row(sort="arrow", text=text, at=at, link=sent.link, from_client=sent.from_client)


def _held_row(sent: Sent, step: Step, delay: Delay, words: Words) -> Row:
    note = f"HELD {held(delay, words)}"
    return replace(_place(sent, step.at, words), sort="held", key=sent.key, note=note)


def _arrow(sent: Sent, step: Step, delays: Mapping[Key, Delay], words: Words) -> Row:
    row = _place(sent, step.at, words)
    if sent.key not in delays:
        return row
    return replace(row, key=sent.key, note=f"+{ms(step.at - sent.at)}")


def _noted(step: Step, schedule: Schedule, words: Words) -> Row:
    if step.what == "task":
        text = f"{spoken(step.key)} is overtaken by another task"
        return Row(sort="note", text=text, at=step.at, key=step.key)
    delay = schedule.delays.get(step.key)
    text, key = f"{words.label(step.key)} ends", step.key if delay else None
    note = f"HELD {held(delay, words)}" if delay else ""
    return Row(sort="note", text=text, at=step.at, key=key, note=note)


def _folded(rows: Iterator[Row]) -> Iterator[Row]:
    """Neighbours that say the same are one row."""
    last: Row | None = None
    for row in rows:
        if last is not None and _same(last, row):
            last = replace(last, times=last.times + 1)
            continue
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last


def _same(one: Row, other: Row) -> bool:
    plain = one.key is None and other.key is None
    return plain and replace(other, at=one.at, times=one.times) == one


def _relevant(rows: Sequence[Row], most: int) -> Iterator[Row]:
    """The rows around what was done, the first and the last; without any such, both halves."""
    marked = [at for at, row in enumerate(rows) if row.key is not None]
    keep = {near for at in marked for near in range(at - _AROUND, at + _AROUND + 1)}
    ends = _ENDS if marked else len(rows)
    keep |= {*range(ends), *range(len(rows) - ends, len(rows))}
    inside = [at for at in range(len(rows)) if at in keep]
    if len(inside) > most:
        half = max(1, most // 2)
        inside = [*inside[:half], *inside[-half:]]
    yield from _with_gaps(rows, inside)


def _with_gaps(rows: Sequence[Row], kept: Sequence[int]) -> Iterator[Row]:
    done = 0
    for at in kept:
        yield from _gap(rows[done:at])
        yield rows[at]
        done = at + 1


def _gap(left_out: Sequence[Row]) -> Iterator[Row]:
    if len(left_out) <= _FEW:
        yield from left_out
        return
    count = sum(row.times for row in left_out)
    yield Row(sort="gap", text=f"{count} more", at=left_out[0].at)
