"""One append to a journal that holds few entries and to one that holds many, against a list of
tuples: what a hand-written recorder keeps.
"""

import asyncio
from collections.abc import Callable, Iterator
from time import monotonic, perf_counter

from agent_rehearsal import Journal
from agent_rehearsal.journal import Joined
from benchmarks.report import MICROSECONDS, Comparison, Finding
from benchmarks.timing import Contestant, interleaved

SIZES = (1_000, 100_000, 1_000_000)
APPENDS = 250
"""Appends in a round, which begins with a journal of the given size."""
RAW = b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta"}\n\n'
BARE = "list.append of a tuple"
RUN = 100
"""Entries that are recorded at once while a journal is filled."""
Append = Callable[[], object]


def run(*, quick: bool) -> Iterator[Finding]:
    """The cost of one append at each size, then that of the largest against the smallest."""
    rounds = 5 if quick else 25
    contestants = {f"at {size:,} entries": _at(size, _journal) for size in SIZES}
    samples = interleaved({BARE: _at(SIZES[0], _list), **contestants}, rounds)
    few, *_, many = contestants
    for name in contestants:
        yield Comparison(
            subject=f"one append {name}",
            baseline=BARE,
            ours=name,
            samples=samples,
            unit=MICROSECONDS,
        )
    yield Comparison(
        subject="one append to a long journal against a short one",
        baseline=few,
        ours=many,
        samples=samples,
        unit=MICROSECONDS,
    )


def _list(size: int) -> Append:
    kept: list[object] = []

    def append() -> None:
        kept.append((len(kept) + 1, monotonic(), "responses", "chunk", "c1", "out", RAW))

    for _ in range(size):
        append()
    return append


def _journal(size: int) -> Append:
    """A journal that holds `size` entries already, recorded by runs as a stream is."""
    journal = Journal()
    conn = journal.connection()
    asked = journal.append("responses", "request", conn=conn, direction="in")
    for _ in range(size // RUN):
        journal.extend(asked, Joined([RAW] * RUN))

    def append() -> None:
        journal.append("responses", "chunk", conn=conn, direction="out", raw=RAW, re=1)

    return append


def _at(size: int, recorder: Callable[[int], Append]) -> Contestant:
    """Appends beyond the first `size`, on a running loop, whose clock the journal reads."""

    async def appended() -> float:
        append = recorder(size)
        begin = perf_counter()
        for _ in range(APPENDS):
            append()
        return (perf_counter() - begin) / APPENDS

    return lambda: asyncio.run(appended())
