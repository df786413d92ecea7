"""What exploring a program came to, in the words of its protocol.

Reads attempts and verdicts; must not know how they were come by, nor pytest.
"""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.keys import Schedule
from agent_rehearsal.interleave.story.comparison import side_by_side
from agent_rehearsal.interleave.story.diagram import WIDTH, diagram
from agent_rehearsal.interleave.story.labels import Words
from agent_rehearsal.interleave.story.lateness import late, moved
from agent_rehearsal.interleave.story.soundness import Confirmed, soundness
from agent_rehearsal.interleave.story.times import between, ms
from agent_rehearsal.interleave.verdict import Found, Verdict

_MOST_LINES, _FIRST_LINES = 60, 20
"""Lines of a failure's text that are shown, and how many of them from its beginning."""


def tell(found: Found, natural: Attempt, *, replay: str, confirmed: Confirmed | None = None) -> str:
    """The report of a failure: what happened instead of what, why, how sure, and how to see it.

    `replay` is the command that brings it about again; `confirmed` says in how many of how many
    runs on real sockets it failed the same way.
    """
    sure = f"verdict: {soundness(found, confirmed)}"
    parts = [
        _failed(found.shrunk.failure or found.first.failure),
        list(_brought_about(found, natural)),
        [side_by_side(natural.trace, found.shrunk.trace, found.schedule)],
        [diagram(found.shrunk.trace, found.schedule)],
        [*_wrapped(sure, 0), f"replay: {replay}"],
    ]
    return "\n\n".join("\n".join(part) for part in parts if any(part))


def summary(verdict: Verdict) -> str:
    """What became of a program, in one line.

    `passed: sweep 312 + 60 schedules, 41 distinct orders; no single message up to 100 ms late
    breaks this`.
    """
    if verdict.unsteady:
        return f"unsteady: two natural runs differ: {verdict.unsteady.at}"
    if failure := verdict.natural.failure:
        return f"failed in the natural order: {failure.kind} at {failure.place}"
    return _broken(verdict.found) if verdict.found else _passed(verdict)


def _broken(found: Found) -> str:
    failure = found.shrunk.failure or found.first.failure
    what = f"{failure.kind} at {failure.place}" if failure else "failed"
    return f"broken: {what}; {_how_found(found)}"


def _passed(verdict: Verdict) -> str:
    if not verdict.swept and not verdict.drawn:
        return "passed in the natural order; no other was tried"
    tried = [f"sweep {verdict.swept}"] if verdict.swept else []
    tried += [_count(verdict.drawn, "schedule")] if verdict.drawn else []
    orders = _count(verdict.orders, "distinct order")
    return f"passed: {' + '.join(tried)}, {orders}{_promise(verdict)}"


def _promise(verdict: Verdict) -> str:
    if verdict.pending:
        return f"; {_count(verdict.pending, 'single delay')} of the sweep not tried"
    if not verdict.swept:
        return ""
    return f"; no single message up to {ms(verdict.late)} late breaks this"


def _failed(failure: Failure | None) -> Sequence[str]:
    if failure is None:
        return ["it failed, but its shrunk schedule does not"]
    return [f"{failure.kind} at {failure.place}", *(f"    {line}" for line in _cut(failure.text))]


def _cut(text: str) -> Sequence[str]:
    lines = text.splitlines()
    if len(lines) <= _MOST_LINES:
        return lines
    left_out = len(lines) - _MOST_LINES
    last = lines[_FIRST_LINES - _MOST_LINES :]
    return [*lines[:_FIRST_LINES], f"... {left_out} lines left out ...", *last]


def _brought_about(found: Found, natural: Attempt) -> Iterator[str]:
    """How it was found, and what it takes."""
    yield _how_found(found)
    run, words = found.shrunk.trace, Words(found.shrunk.trace)
    for key, delay in found.schedule.delays.items():
        yield from _wrapped(late(key, delay, natural.trace, run, words), 2)
        if key in found.window:
            yield f"    fails when it is {between(*found.window[key])}"
    for sentence in moved(found.schedule):
        yield from _wrapped(sentence, 2)


def _wrapped(sentence: str, indent: int) -> Sequence[str]:
    lead = " " * indent
    return wrap(sentence, WIDTH, initial_indent=lead, subsequent_indent=f"{lead}  ")


def _how_found(found: Found) -> str:
    by = f"found by {found.strategy} at schedule {found.tried}"
    return f"{by}, shrunk to {_size(found.schedule)} in {_count(found.shrinking, 'run')}"


def _size(schedule: Schedule) -> str:
    jobs = sum(key.startswith("job:") for key in schedule.delays)
    sizes = (
        (len(schedule.delays) - jobs, "late message"),
        (jobs, "late executor job"),
        (len(schedule.salts), "moved task"),
        (len(schedule.stalls), "stall"),
        (len(schedule.steps), "overtaken step"),
    )
    return " and ".join(_count(size, what) for size, what in sizes if size) or "nothing at all"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
