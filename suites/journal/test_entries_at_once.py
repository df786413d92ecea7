"""`Journal.extend`: entries that are recorded together differ in nothing from any others."""

import asyncio
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.journal import (
    FRAMES_IN,
    FRAMES_OUT,
    HEAD,
    Ahead,
    Entry,
    Joined,
    Journal,
    carries,
    kind,
)
from suites.journal.made import frame, journal, request

HEADERS = ((b"a", b"1"),)
RUNS = st.lists(
    st.tuples(st.booleans(), st.lists(st.binary(max_size=600), max_size=6))
    | st.binary(max_size=600)
)
"""What is recorded: pieces together, after the head of an answer or not, or one thing alone."""
ASKED = request(journal())
"""What the streams answer."""


def together(log: Journal, *raws: bytes, headed: bool = False) -> None:
    """Record these as chunks of one stream."""
    ahead = Ahead(HEAD, "200 OK", headers=HEADERS) if headed else None
    log.extend(ASKED, Joined(raws), ahead=ahead)


def alone(log: Journal, raw: bytes) -> Entry:
    """Record one chunk."""
    return log.append("responses", "chunk", conn=ASKED.conn, direction="out", re=1, raw=raw)


def each(log: Journal, *raws: bytes, headed: bool) -> None:
    """Record one by one what `together` does."""
    if headed:
        fields: dict[str, Any] = {"head": "200 OK", "raw_headers": HEADERS, "re": 1}
        log.append("responses", "response", conn=ASKED.conn, direction="out", **fields)
    for raw in raws:
        alone(log, raw)


def facts(entry: Entry) -> tuple[Any, ...]:
    """All that an entry says."""
    values = (entry.seq, entry.at, entry.source, entry.kind, entry.conn, entry.direction)
    return (*values, entry.head, entry.raw_headers, entry.raw, entry.re)


@given(RUNS)
def test_a_journal_does_not_tell_how_it_was_recorded(
    runs: list[tuple[bool, list[bytes]] | bytes],
) -> None:
    """Pieces recorded together make the entries that they make one by one."""
    batched, plain = journal(), journal()
    for run in runs:
        if isinstance(run, tuple):
            together(batched, *run[1], headed=run[0])
            each(plain, *run[1], headed=run[0])
        else:
            alone(batched, run)
            alone(plain, run)
    assert [facts(e) for e in batched] == [facts(e) for e in plain]
    assert [facts(batched.entry(e.seq)) for e in plain] == [facts(e) for e in plain]


def test_what_is_answered_comes_ahead_of_its_answer() -> None:
    """A message in, as it came, before the messages out; a long one is kept once."""
    log, raw = journal(), b"x" * 600
    ahead = Ahead(FRAMES_IN, "text", raw)
    for again in (ahead, ahead._replace(raw=bytes(bytearray(raw)))):
        log.extend(ASKED, Joined([b"1", b"2"]), way=FRAMES_OUT, ahead=again)
    told = [(entry.kind, entry.direction, entry.head, entry.raw, entry.re) for entry in log]
    out = [("frame", "out", "text", answer, 1) for answer in (b"1", b"2")]
    assert told == [("frame", "in", "text", raw, 1), *out] * 2
    assert log[3].raw is raw


@given(st.lists(st.integers(1, 12), min_size=1), st.integers(1, 8))
def test_a_cap_keeps_the_newest_of_them(sizes: list[int], cap: int) -> None:
    """Of pieces recorded together the cap drops as many as are too many, and announces it once."""
    log = journal(cap=cap)
    for size in sizes:
        together(log, *[b"%d" % number for number in range(size)])
    assert len(log) == min(cap, sum(sizes) + (sum(sizes) > cap))
    assert log[-1].seq == log.dropped + len(log)
    assert log.dropped == log[0].seq - 1
    announced = log.select(kind("finding"))
    assert len(announced) <= 1


def test_everybody_gets_the_same_object() -> None:
    """While somebody holds an entry, every way to it leads to that object."""
    log = journal()
    request(log)
    together(log, b"data: {}\n\n", b"data: []\n\n")
    held = log[2]
    assert [e for e in log if e is held] == [held]
    assert log.entry(3) is held
    assert log.select(kind("chunk"))[1] is held
    assert log[1:][1] is held


def test_what_a_question_parsed_stays_parsed() -> None:
    """A question that parses entries parses each of them once, whoever holds them."""
    log = journal()
    together(log, b'data: {"a": 1}\n\n', b'data: {"b": 1}\n\n')
    assert [entry.seq for entry in log.select(carries("a"))] == [1]
    assert [entry.parsed for entry in log] == [True, True]


async def test_a_wait_sees_each_of_them_in_order() -> None:
    """Who waits for several entries gets them all from one recording, the first one first."""
    log = journal()
    waiting = asyncio.create_task(log.wait_count(kind("chunk"), 3))
    await asyncio.sleep(0)
    together(log, b"a", b"b", b"c")
    assert [entry.raw for entry in await waiting] == [b"a", b"b", b"c"]


def test_an_observer_sees_each_of_them_in_the_journal() -> None:
    """Whoever is called with a piece finds it recorded, and is called once for each."""
    log, seen = journal(), []
    log.observe(lambda entry: seen.append((entry.raw, log[-1] is entry)))
    together(log, b"a", b"b")
    assert seen == [(b"a", True), (b"b", True)]


def test_payloads_can_be_let_go_of() -> None:
    """An entry that forgot its payload parses it again, to the same value."""
    log = journal()
    entry = frame(log, {"type": "x"})
    assert entry.json == {"type": "x"}
    entry.forget()
    assert not entry.parsed
    assert entry.type == "x"
