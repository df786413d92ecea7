"""What a schedule does to a run, in sentences: what came late, by how much, and after what."""

from collections.abc import Iterator, Mapping

from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.story.labels import Words, spoken
from agent_rehearsal.interleave.story.times import ms
from agent_rehearsal.interleave.trace import Sent, Trace

_LEAST = 1e-5
"""Seconds that are worth being called a time; below, only turns of the loop count."""


def late(key: Key, delay: Delay, natural: Trace, run: Trace, words: Words) -> str:
    """`session.update on realtime arrived 30 ms late, after response.create on responses`.

    `words` are those of `run`.
    """
    name, sent = words.message(key), run.sent.get(key)
    if sent is None:
        return _job_late(key, delay, natural, run, words)
    if sent.arrived is None:
        waited = ms(run.steps[-1].at - sent.at) if run.steps else "0 ms"
        return f"{name} was still under way at the end, {waited} after it was sent"
    span = sent.arrived - sent.at - _usual(natural.sent.get(key))
    return f"{name} arrived {_span(span, delay)}{_after(key, delay, natural, run, words)}"


def overtaken(key: Key, natural: Trace, run: Trace) -> tuple[Key, ...]:
    """What usually comes after `key` and came before it, in the order of its coming."""
    usual, seen = natural.arrivals(), run.arrivals()
    if key not in usual or key not in seen:
        return ()
    later = set(usual[usual.index(key) + 1 :])
    return tuple(each for each in seen[: seen.index(key)] if each in later)


def moved(schedule: Schedule) -> Iterator[str]:
    """A sentence for each task that sets hand out elsewhere, each stall, each step held back."""
    for task, salt in schedule.salts.items():
        if salt != task:
            yield f"a set of tasks handed out task {task} {_place(task, salt, schedule.salts)}"
    for turn, span in schedule.stalls.items():
        yield f"the machine was busy elsewhere for {ms(span)} before turn {turn} of the loop"
    for key, turns in schedule.steps.items():
        yield f"{spoken(key)} ran {turns} turn{_plural(turns)} of the loop later than it was ready"


def _usual(sent: Sent | None) -> float:
    """The latency of a message in the natural run."""
    return sent.arrived - sent.at if sent and sent.arrived is not None else 0.0


def _job_late(key: Key, delay: Delay, natural: Trace, run: Trace, words: Words) -> str:
    ends = [_end(key, trace) for trace in (natural, run)]
    if ends[1] is None:
        return f"{words.message(key)} does not come in this run"
    span = ends[1] - ends[0] if ends[0] is not None else delay.dt
    after = _after(key, delay, natural, run, words)
    return f"{words.message(key)} ended {_span(span, delay)}{after}"


def _end(key: Key, trace: Trace) -> float | None:
    return next((step.at for step in trace.steps if step.key == key and step.what == "job"), None)


def _span(span: float, delay: Delay) -> str:
    if span >= _LEAST:
        return f"{ms(span)} late"
    return f"{delay.turns} turn{_plural(delay.turns)} of the loop late" if delay.turns else "late"


def _after(key: Key, delay: Delay, natural: Trace, run: Trace, words: Words) -> str:
    passed = overtaken(key, natural, run)
    if delay.after in passed:
        return f", after {words.message(delay.after)}"
    told = [each for each in passed if _carries(each, run)] or passed
    if told:
        return f", after {words.message(told[-1])}"
    return ", after a timer had fired" if _timers(key, run) > _timers(key, natural) else ""


def _carries(key: Key, run: Trace) -> bool:
    sent = run.sent.get(key)
    return sent is not None and sent.piece == "data"


def _timers(key: Key, run: Trace) -> int:
    """How many timers fired while a message was under way."""
    count, under_way = 0, False
    for step in run.steps:
        if step.key == key:
            under_way = step.what == "send"
        count += under_way and step.what == "timer"
    return count


def _place(task: int, salt: int, salts: Mapping[int, int]) -> str:
    """Where a task came: sets hand out lower salts first, and a task's number is its own salt."""
    if salt > task:
        return "later than usual"
    before = (salts.get(other, other) for other in range(1, task))
    return "first" if all(salt < other for other in before) else "earlier than usual"


def _plural(number: int) -> str:
    return "" if number == 1 else "s"
