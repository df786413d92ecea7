"""The journal and its waits, one rule a test; time is virtual."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from agent_rehearsal.journal import (
    Entry,
    Journal,
    PredicateError,
    WaitTimeout,
    carries,
    head,
    kind,
    like,
    of_type,
)
from suites.journal.made import frame, frames, journal, request
from suites.journal.virtual_loop import here, passed, run


def failure(error: type[Exception], body: Coroutine[Any, Any, Any]) -> str:
    with pytest.raises(error) as failed:
        run(body)
    return str(failed.value)


def test_entries_are_numbered_and_found() -> None:
    """By number, index, slice and iteration; an unknown number says what there is."""
    log = frames(1, 2, 3)
    assert [e.seq for e in log] == [1, 2, 3]
    assert (log[0], log[-1], log[1:]) == (log.entry(1), log.entry(3), [log[1], log[2]])
    with pytest.raises(LookupError, match="no entry #4: the journal holds #1 to #3"):
        log.entry(4)
    with pytest.raises(LookupError, match="the journal holds none"):
        journal().entry(1)


def test_select_filters_and_starts_after_an_entry() -> None:
    """All entries, those that a predicate means, and those later than an entry or number."""
    log = frames({"type": "a"}, {"type": "b"}, {"type": "a"})
    assert log.select() == list(log)
    assert log.select(of_type("a"), after=log[0]) == log.select(of_type("a"), after=1) == [log[2]]


def test_repeated_bytes_are_kept_once() -> None:
    """Equal long bodies, and equal headers, are one object."""
    log = journal()
    one, two = (request(log, bytes([65] * 600), ((bytes([97]), b"b"),)) for _ in range(2))
    assert one.raw is two.raw
    assert one.raw_headers[0] is two.raw_headers[0]


def test_a_connection_knows_what_opened_it() -> None:
    """The first request or upgrade on it; ids count up."""
    log = journal()
    first, second = log.connection(), log.connection()
    opened = log.append("realtime", "open", conn=first, head="GET /v1/realtime?model=x HTTP/1.1")
    frame(log, {}, first)
    assert (first.id, second.id, first.opened, second.opened) == ("c1", "c2", opened, None)
    assert repr(first) == "<c1 GET /v1/realtime>"


def test_a_cap_is_announced_once() -> None:
    """By a finding at the first drop, by `dropped`, and in every report."""
    log = journal(cap=3)
    for n in range(10):
        frame(log, n)
    assert len(log) == 3
    assert log.dropped == 8
    assert [e.seq for e in log] == [9, 10, 11]
    assert "(the journal's cap dropped 8 before)" in log.tail()
    with pytest.raises(ValueError, match="cap=0: expected at least 1 entry"):
        journal(cap=0)


def test_the_finding_of_the_cap_says_the_cap() -> None:
    """It comes right after the entry that was one too many, and only then."""
    log = journal(cap=3)
    seen: list[str] = []
    log.observe(lambda entry: seen.append(entry.head))
    for n in range(8):
        frame(log, n)
    assert seen == ["text"] * 4 + ["journal-cap"] + ["text"] * 4


def test_observers_see_entries_in_order() -> None:
    """Also those that an observer appends; a waiter gets each once, after all observers."""

    async def body() -> list[int]:
        log, seen = journal(), list[int]()

        def answer(entry: Entry) -> None:
            if entry.seq == 1:
                log.note("gate", "g", {})

        stop = log.observe(answer)
        log.observe(lambda e: seen.append(e.seq))
        waiting = asyncio.ensure_future(log.wait_count(lambda _: True, 3))
        await asyncio.sleep(0)
        frame(log, 1)
        stop()
        frame(log, 2)
        assert [e.seq for e in await waiting] == [1, 2, 3]
        return seen

    assert run(body()) == [1, 2, 3]


def test_an_observer_that_raises_loses_no_wake_up() -> None:
    """Its error comes out of `append`; the entry is kept and the waiter has it."""

    async def body() -> None:
        log = journal()

        def fail(_: Entry) -> None:
            raise OSError("disk full")

        log.observe(fail)
        waiting = asyncio.ensure_future(log.wait_for(kind("frame")))
        await asyncio.sleep(0)
        with pytest.raises(OSError, match="disk full"):
            frame(log, 1)
        assert await waiting is log[0]

    run(body())


def test_a_wait_finds_the_past_at_once() -> None:
    """Without a turn of the loop, and with no time left; `after` makes a later one the first."""

    async def body() -> None:
        log = frames({"type": "a"}, {"type": "a"})
        assert await log.wait_for(of_type("a"), timeout=0) is log[0]
        assert await log.wait_for(of_type("a"), timeout=0, after=log[0]) is log[1]
        assert await log.wait_count(of_type("a"), 2) == log[:]
        assert here().iterations == 1

    run(body())


def test_a_past_that_suffices_is_not_looked_beyond() -> None:
    """A predicate that would raise on a later entry is not asked about it."""
    log = frames({"a": 1}, {})
    assert run(log.wait_for(lambda e: e.json["a"] == 1)) is log[0]


def test_no_time_asks_the_past_only() -> None:
    """`timeout=0` fails without waiting."""
    log = journal()
    assert failure(WaitTimeout, log.wait_for(kind("frame"), timeout=0)).startswith(
        "waited 0 s for kind('frame'): no entry\nthe journal is empty"
    )


def test_after_holds_for_the_future() -> None:
    """A number that is not reached yet leaves out the entries up to it."""

    async def body() -> Entry:
        log = frames(1)
        waiting = asyncio.ensure_future(log.wait_for(kind("frame"), after=3))
        await asyncio.sleep(0)
        for n in range(2, 6):
            frame(log, n)
        return await waiting

    assert run(body()).seq == 4


def test_a_wait_that_ended_leaves_no_timer() -> None:
    """Met or cancelled, its deadline is off the loop."""

    async def body() -> None:
        log = journal()
        tasks = [asyncio.ensure_future(log.wait_for(kind(k))) for k in ("frame", "close")]
        await asyncio.sleep(0)
        frame(log, 1)
        tasks[1].cancel()
        await asyncio.wait(tasks)
        assert here().timers == 0

    run(body())


def test_an_unlimited_wait_lasts() -> None:
    """`timeout=inf` sets no timer."""

    async def body() -> float:
        log = Journal()
        here().call_later(1e6, frame, log, 1)
        return (await log.wait_for(kind("frame"), timeout=float("inf"))).at

    assert run(body()) == 1e6


def test_a_waiter_runs_soon() -> None:
    """Within two iterations of the loop after the append, with hundreds of others waiting."""

    async def body() -> None:
        log = journal()
        ends: list[int] = []

        async def wait(n: int) -> None:
            await log.wait_for(like({"n": n % 2}))
            ends.append(here().iterations)

        tasks = [asyncio.ensure_future(wait(n)) for n in range(600)]
        await passed(1)
        began = here().iterations
        frame(log, {"n": 0})
        await passed(1)
        assert len(ends) == 300
        assert max(ends) - began <= 2
        frame(log, {"n": 1})
        await asyncio.gather(*tasks)
        assert not log._waiters

    run(body())


def test_an_alarm_ends_every_wait() -> None:
    """Those under way and later ones fail with it; what the past satisfies still succeeds."""

    async def body() -> None:
        log = frames({"type": "a"})
        first, second = AssertionError("no reply was given"), AssertionError("later")
        tasks = [asyncio.ensure_future(log.wait_for(of_type("b"))) for _ in range(3)]
        await asyncio.sleep(0)
        log.alarm(first)
        log.alarm(second)
        assert await asyncio.gather(*tasks, return_exceptions=True) == [first] * 3
        assert await log.wait_for(of_type("a")) is log[0]
        with pytest.raises(AssertionError, match="no reply was given"):
            await log.wait_for(of_type("b"))
        log.clear_alarm()
        with pytest.raises(WaitTimeout):
            await log.wait_for(of_type("b"))

    run(body())


def test_a_wait_that_was_met_survives_an_alarm() -> None:
    """An alarm after the entry, before the waiter ran, changes nothing."""

    async def body() -> None:
        log = journal()
        waiting = asyncio.ensure_future(log.wait_for(kind("frame")))
        await asyncio.sleep(0)
        frame(log, 1)
        log.alarm(AssertionError("late"))
        assert await waiting is log[0]

    run(body())


def test_a_predicate_that_raises_fails_its_wait() -> None:
    """On a past or a future entry, with both named and the remedy; other waits go on."""

    async def body() -> None:
        log = journal()
        bad = asyncio.ensure_future(log.wait_for(lambda e: e.json["k"] == 1))
        good = asyncio.ensure_future(log.wait_for(kind("frame")))
        await asyncio.sleep(0)
        frame(log, {"type": "x"})
        assert await good is log[0]
        with pytest.raises(PredicateError) as error:
            await bad
        assert 'e.json["k"] == 1 at test_journal.py:' in str(error.value)
        assert "raised KeyError('k') on\n  #1 " in str(error.value)
        assert "use entry.get('a.b')" in str(error.value)
        with pytest.raises(PredicateError):
            await log.wait_for(lambda e: e.json["k"] == 1, timeout=0)

    run(body())


def test_never_ends_with_its_end() -> None:
    """It gives the entry that ended it; one that is both unwanted and the end is the end."""

    async def body() -> None:
        log = frames({"type": "a"}, {"type": "b", "x": 1}, {"type": "x"})
        assert await log.never(of_type("x"), until=of_type("b")) is log[1]
        assert await log.never(carries("x"), until=of_type("b")) is log[1]

    run(body())


def test_never_shows_what_came() -> None:
    """At once, with the entry in its place."""
    log = frames({"type": "a"}, {"type": "x"})
    assert failure(AssertionError, log.never(of_type("x"), until=of_type("b"))) == (
        "of_type('x') was to stay away until of_type('b'), but came:\n"
        "  #2        0.000  realtime -> frame x\n"
        "the journal:\n"
        "  #1        0.000  realtime -> frame a\n"
        "  #2    (above)"
    )
    text = failure(WaitTimeout, log.never(of_type("y"), until=of_type("b"), timeout=2))
    assert text.startswith("waited 2 s for of_type('b'): no entry\n")


def test_a_count_below_one_is_refused() -> None:
    """That nothing comes is said with `never`."""
    assert "never()" in failure(ValueError, journal().wait_count(kind("frame"), 0))


def test_quiet_waits_for_silence() -> None:
    """Until nothing was recorded for as long, counted from the last entry."""

    async def body() -> float:
        log = Journal()
        for at in (1, 2.5, 9):
            here().call_at(at, frame, log, at)
        await log.quiet(for_=2)
        return here().time()

    assert run(body()) == 4.5


async def test_quiet_needs_virtual_time() -> None:
    """On a loop whose time is real it raises and names `never`."""
    with pytest.raises(RuntimeError, match=r"virtual time.*journal\.never"):
        await journal().quiet(for_=1)


def test_quiet_heeds_the_alarm() -> None:
    """Silence after an alarm is no success."""
    log = journal()
    log.alarm(AssertionError("no reply was given"))
    assert failure(AssertionError, log.quiet(for_=1)) == "no reply was given"


def test_a_failed_wait_shows_the_nearest_misses() -> None:
    """With the clauses that failed, then the rest of the journal; times from its first entry."""

    async def body() -> None:
        log = Journal()
        await passed(1000)
        request(log, b"{}")
        await passed(0.25)
        frame(log, {"type": "session.update", "session": {"voice": "ash"}}, log.connection())
        await log.wait_for(of_type("session.update") & carries("session.instructions"), timeout=5)

    assert failure(WaitTimeout, body()) == (
        "waited 5 s for of_type('session.update') & carries('session.instructions'): no entry\n"
        "nearest misses:\n"
        "  #2        0.250        c2 -> frame session.update  {session: {voice}}\n"
        "      carries('session.instructions'): no 'instructions' in session (keys: voice)\n"
        "the journal:\n"
        "  #1        0.000        c1 -> request POST /v1/x HTTP/1.1\n"
        "  #2    (above)"
    )


def test_a_failed_count_names_what_came() -> None:
    """Entries that met the predicate are counted, and are no misses."""
    log = frames({"type": "a"}, {"type": "b"}, {"type": "a"})
    text = failure(WaitTimeout, log.wait_count(of_type("a"), 3, timeout=1, after=1))
    assert text.startswith(
        "waited 1 s for of_type('a') after #1: 1 of 3 entries (#3)\nno entry came near\n"
    )


def test_a_report_is_short() -> None:
    """The tail is the last entries, values are cut, and everything is one printable line."""
    log = journal()
    for _ in range(20):
        frame(log, {"say": "a\x1b[2J\n" * 1000})
    rows = failure(WaitTimeout, log.wait_for(like({"say": "b"}) & head("text"))).split("\n")
    assert "the last 15 of 20 entries:" in rows
    assert all(row.isprintable() and len(row) < 260 for row in rows)
    assert len(rows) == 1 + 1 + 2 * 3 + 1 + 15


def test_the_end_of_a_websocket_is_told_by_its_code() -> None:
    """The two bytes of the code are a number to a reader, whatever follows them."""
    log = journal()
    for raw in (b"\x03\xe8", b"\x03\xf0bye", b"\x03"):
        log.append("realtime", "frame", direction="in", head="close", raw=raw)
    shown = [row.rpartition("close")[2].strip() for row in log.tail().split("\n")]
    assert shown[-3:] == ["1000", "1008 bye", "\\x03"]
