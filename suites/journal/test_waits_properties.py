"""No schedule of appends, waits, cancellations and timeouts loses a wake-up."""

import asyncio
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.journal import Journal, Predicate, WaitTimeout, head
from suites.journal.virtual_loop import here, passed, run

TIMES = st.integers(0, 12)
NAMES = st.sampled_from("abc")


@dataclass(frozen=True)
class Append:
    """An entry made at a time, by a timer or by a task that slept."""

    at: int
    name: str
    by_task: bool


@dataclass(frozen=True)
class Wait:
    """A wait: when it begins (half a second later), for what, how long; when it is cancelled."""

    at: int
    name: str
    count: int
    timeout: int
    cancel_at: int | None
    unwanted: str | None


@dataclass(frozen=True)
class Outcome:
    """How a wait ended, and when."""

    how: str
    at: float
    seqs: tuple[int, ...] = ()


APPENDS = st.lists(st.builds(Append, at=TIMES, name=NAMES, by_task=st.booleans()), max_size=8)
WAITS = st.lists(
    st.builds(
        Wait,
        at=TIMES,
        name=NAMES,
        count=st.integers(1, 3),
        timeout=st.integers(0, 8),
        cancel_at=st.none() | TIMES,
        unwanted=st.none() | NAMES,
    ),
    min_size=1,
    max_size=6,
)


def _named(name: str) -> Predicate:
    return head(name)


def _record(log: Journal, name: str) -> None:
    log.append("agent", "event", head=name)


async def _append(log: Journal, plan: Append) -> None:
    await passed(plan.at)
    _record(log, plan.name)


async def _wait(log: Journal, plan: Wait) -> Outcome:
    loop = here()
    await passed(plan.at + 0.5)
    try:
        if plan.unwanted is not None:
            found = [
                await log.never(
                    _named(plan.unwanted), until=_named(plan.name), timeout=plan.timeout + 0.5
                )
            ]
        else:
            found = await log.wait_count(_named(plan.name), plan.count, timeout=plan.timeout + 0.5)
    except WaitTimeout:
        return Outcome("timeout", loop.time())
    except AssertionError:
        return Outcome("unwanted", loop.time())
    except asyncio.CancelledError:
        return Outcome("cancelled", loop.time())
    return Outcome("found", loop.time(), tuple(entry.seq for entry in found))


async def _play(appends: list[Append], waits: list[Wait]) -> tuple[Journal, list[Outcome]]:
    log, loop = Journal(), here()
    tasks = [asyncio.ensure_future(_wait(log, plan)) for plan in waits]
    sleepers = [asyncio.ensure_future(_append(log, a)) for a in appends if a.by_task]
    for plan in (a for a in appends if not a.by_task):
        loop.call_at(plan.at, _record, log, plan.name)
    for task, wait in zip(tasks, waits, strict=True):
        if wait.cancel_at is not None:
            loop.call_at(wait.at + 0.75 + wait.cancel_at, task.cancel)
    outcomes = await asyncio.gather(*tasks)
    await asyncio.gather(*sleepers)
    await passed(50)
    return log, outcomes


def _expected(log: Journal, wait: Wait) -> Outcome:
    """The outcome by a plain look at the finished list."""
    begun = wait.at + 0.5
    deadline = begun + wait.timeout + 0.5
    met = [e for e in log if e.head in (wait.name, wait.unwanted)]
    if wait.unwanted is None:
        met = [e for e in met if e.head == wait.name][: wait.count]
        ready = met[-1] if len(met) == wait.count else None
    else:
        ready = met[0] if met else None
    end = deadline if ready is None or ready.at > deadline else max(begun, ready.at)
    if wait.cancel_at is not None and wait.at + 0.75 + wait.cancel_at < end:
        return Outcome("cancelled", wait.at + 0.75 + wait.cancel_at)
    if ready is None or ready.at > deadline:
        return Outcome("timeout", deadline)
    if wait.unwanted is not None:
        how = "found" if ready.head == wait.name else "unwanted"
        return Outcome(how, end, (ready.seq,) if how == "found" else ())
    return Outcome("found", end, tuple(e.seq for e in met))


@given(APPENDS, WAITS)
def test_every_wait_ends_as_the_list_says(appends: list[Append], waits: list[Wait]) -> None:
    """A wait that can be met by its deadline is, at once; any other ends exactly at it."""
    log, outcomes = run(_play(appends, waits))
    assert outcomes == [_expected(log, wait) for wait in waits]
    assert not log._waiters


@given(st.booleans(), st.booleans())
def test_what_comes_at_the_deadline_counts(by_task: bool, wait_first: bool) -> None:  # noqa: FBT001
    """An entry of the very instant of the deadline is found, whoever records it."""

    async def body() -> float:
        log, loop = Journal(), here()

        async def record() -> None:
            await passed(2)
            _record(log, "a")

        waiting = log.wait_for(_named("a"), timeout=2)
        task = asyncio.ensure_future(waiting) if wait_first else None
        if by_task:
            recording = asyncio.ensure_future(record())
        else:
            loop.call_at(2, _record, log, "a")
        entry = await (task or waiting)
        if by_task:
            await recording
        return entry.at

    assert run(body()) == 2
