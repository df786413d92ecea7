"""A schedule with what is needed to run it again later, elsewhere, and to notice that the program
has become another.

Values and comparisons; how they are written down is `token`'s business.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain

from agent_rehearsal.interleave.keys import Key, Schedule
from agent_rehearsal.interleave.search.difference import named
from agent_rehearsal.interleave.trace import Trace

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The version that runs now, as far as it matters here: `3.11`."""
NOTED = 64
"""How many arrivals are noted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """A schedule of one test, and marks of the run that it made."""

    test: str
    """The test's node id."""
    schedule: Schedule
    python: str
    """`3.11`: on another version the same messages are held, the bytes and turns may differ."""
    hashseed: str = "0"
    """PYTHONHASHSEED of the run."""
    late: float = 0.1
    """The budget's: beyond it nothing is held."""
    seed: int = 0
    """The budget's: what the simulation's entropy was seeded with."""
    digest: str = ""
    """`Trace.digest` of the run."""
    course: str = ""
    """A letter for each of the first 64 arrivals."""
    marks: Mapping[Key, str] = field(default_factory=dict)
    """For each held message what kind of piece it was and a hash of its bytes: `data 1a2b`."""


def noted(
    trace: Trace,
    schedule: Schedule,
    *,
    test: str,
    python: str = PYTHON,
    hashseed: str = "0",
    late: float = 0.1,
    seed: int = 0,
) -> Replay:
    """The replay of a run that followed `schedule`."""
    return Replay(
        test=test,
        schedule=schedule,
        python=python,
        hashseed=hashseed,
        late=late,
        seed=seed,
        digest=trace.digest(),
        course=letters(trace),
        marks={key: _mark(trace, key) for key in schedule.delays},
    )


def letters(trace: Trace) -> str:
    """A letter for each of the first arrivals, from its name."""
    return "".join(ALPHABET[_hash(key.encode())[0] % 64] for key in trace.arrivals()[:NOTED])


def misfit(replay: Replay, trace: Trace) -> str | None:
    """In words, the first held message that a run of this schedule never came to, or that is of
    another kind by now: then the schedule no longer applies. None if it has them all; a mended
    program may well do all else otherwise.
    """
    return next(_misfits(replay, trace), None)


def parting(replay: Replay, trace: Trace, *, python: str = PYTHON) -> str | None:
    """In words, where a run of this schedule is by the names and kinds of its messages not the one
    that was noted. None if it is as far as they tell.

    On another version of Python no more is compared than by `misfit`.
    """
    found = misfit(replay, trace)
    if found is None and python == replay.python:
        return next(_other_arrivals(replay.course, trace), None)
    return found


def difference(replay: Replay, trace: Trace, *, python: str = PYTHON) -> str | None:
    """In words, the first thing in which a run of this schedule is not the one that was noted: what
    to say where its failure did not come back. None if it is the same.

    What `parting` finds comes first, then times, and bytes last: they may have a folder's name in
    them and yet mean the same.
    """
    found = parting(replay, trace, python=python)
    if found is None and python == replay.python:
        return next(chain(_other_times(replay, trace), _other_bytes(replay, trace)), None)
    return found


def _misfits(replay: Replay, trace: Trace) -> Iterator[str]:
    for key in replay.schedule.delays:
        noted = replay.marks.get(key, "")
        if key not in trace.sent and key not in trace.arrivals():
            yield f"the schedule holds back {key}, and this run never came to it"
        elif noted and _kind(noted) != _kind(_mark(trace, key)):
            yield _changed(key, noted, trace)


def _other_bytes(replay: Replay, trace: Trace) -> Iterator[str]:
    for key, noted in replay.marks.items():
        if noted != _mark(trace, key):
            yield _changed(key, noted, trace)


def _changed(key: Key, noted: str, trace: Trace) -> str:
    return (
        f"the schedule holds back {key}, which was {noted} when it was written down"
        f" and is now {named(trace, key)}, {_mark(trace, key)}"
    )


def _kind(mark: str) -> str:
    return mark.partition(" ")[0]


def _other_arrivals(course: str, trace: Trace) -> Iterator[str]:
    now, came = letters(trace), trace.arrivals()
    for number, (then, here) in enumerate(zip(course, now, strict=False)):
        if then != here:
            yield (
                f"arrival {number + 1} of this run is {named(trace, came[number])};"
                " another came there when the schedule was written down"
            )
    if course and len(course) != len(now):
        yield f"this run has {len(now)} arrivals, the one that was written down had {len(course)}"


def _other_times(replay: Replay, trace: Trace) -> Iterator[str]:
    if replay.digest and trace.digest() != replay.digest:
        count = len(letters(trace))
        yield (
            f"the first {count} messages came as written down, but what follows or its times differ"
        )


def _mark(trace: Trace, key: Key) -> str:
    sent = trace.sent.get(key)
    return "job" if sent is None else f"{sent.piece} {_hash(sent.data)[:2].hex()}"


def _hash(data: bytes) -> bytes:
    return blake2b(data, digest_size=8).digest()
