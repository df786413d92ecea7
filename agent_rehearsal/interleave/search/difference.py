"""Where two runs part: their first difference, in words.

Compares what happened and when; not the bytes, in which a counter that outlives a run may show.
"""

from itertools import zip_longest

from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.keys import Key
from agent_rehearsal.interleave.trace import Step, Trace, What

WORDS: dict[What, str] = {
    "send": "{key} was sent",
    "arrive": "{key} arrived",
    "timer": "time passed to a timer",
    "job": "{key} ended",
    "turn": "the loop ran a turn",
    "task": "{key} ran out of its turn",
}
CLOSE = 1e-9
"""Seconds: what sums of floats may differ by."""


def same_failure(one: Failure | None, other: Failure | None) -> bool:
    """Is it the same one? No failure is the same as none."""
    if one is None or other is None:
        return one is other
    return (one.kind, one.place) == (other.kind, other.place)


def differ(one: Attempt, other: Attempt) -> str | None:
    """In words, how two runs ended differently, or else where they part; None if they do not."""
    if not same_failure(one.failure, other.failure):
        return f"one run {_ended(one)}, the other {_ended(other)}"
    return first_difference(one.trace, other.trace)


def _ended(attempt: Attempt) -> str:
    failure = attempt.failure
    return "passed" if failure is None else f"failed with {failure.kind} at {failure.place}"


def first_difference(one: Trace, other: Trace) -> str | None:
    """The first step at which two runs differ; None if there is none."""
    pairs = enumerate(zip_longest(one.steps, other.steps), 1)
    for number, (here, there) in pairs:
        if not _same(here, there):
            parts = _words(one, here), _words(other, there)
            return "at step {} {} in one run, {} in the other".format(number, *parts)
    return None


def _same(here: Step | None, there: Step | None) -> bool:
    if here is None or there is None:
        return here is there
    named = (here.what, here.key, here.turn) == (there.what, there.key, there.turn)
    return named and abs(here.at - there.at) < CLOSE


def _words(trace: Trace, step: Step | None) -> str:
    if step is None:
        return "nothing more happened"
    what = WORDS[step.what].format(key=named(trace, step.key))
    return f"{what} (at {step.at * 1e3:.3f} ms, turn {step.turn})"


def named(trace: Trace, key: Key) -> str:
    """A message by its name and how it begins: `c1>s#3 (data, 120 B: b'POST /v1/resp')`."""
    sent = trace.sent.get(key)
    if sent is None:
        return str(key)
    content = f", {len(sent.data)} B: {sent.data[:16]!r}" if sent.data else ""
    return f"{key} ({sent.piece}{content})"
