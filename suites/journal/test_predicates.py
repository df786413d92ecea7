"""Predicates are values with an algebra, and explain what they answer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import agent_rehearsal.journal as api
from agent_rehearsal.journal import (
    Entry,
    Predicate,
    as_predicate,
    carries,
    direction,
    head,
    header,
    kind,
    like,
    of_type,
    on,
    path,
    source,
)
from suites.journal.made import frame, frames, journal, request

KEYS = st.sampled_from("ab")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=6,
)
PATTERNS = st.dictionaries(KEYS | st.just("type"), JSON | st.just(...), max_size=2)
READY = st.one_of(
    st.lists(KEYS | st.just("*") | st.just("0"), min_size=1, max_size=3).map(".".join).map(carries),
    KEYS.map(lambda key: carries(("a", key), nonempty=True)),
    PATTERNS.map(like),
    st.sampled_from(["a", "x"]).map(of_type),
    st.sampled_from(["c1", "c2"]).map(on),
    st.sampled_from([kind("frame"), kind("request")]),
    st.sampled_from([source("realtime"), source("agent")]),
    st.sampled_from([direction("in"), direction("out"), direction("")]),
    st.sampled_from(["/v1/x", "/"]).map(path),
    st.just("text").map(head),
    st.sampled_from([("x-a",), ("X-A", "1"), ("x-a", "2")]).map(lambda a: header(*a)),
)
PREDICATES = st.recursive(
    READY,
    lambda inner: (
        st.tuples(inner, inner).map(lambda two: two[0] & two[1])
        | st.tuples(inner, inner).map(lambda two: two[0] | two[1])
        | inner.map(lambda one: ~one)
    ),
    max_leaves=6,
)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """A frame with any JSON, or a request with or without a header, on a connection or none."""
    log = journal()
    if draw(st.booleans()):
        return request(log, b"no JSON", ((b"X-a", b"1"),) if draw(st.booleans()) else ())
    payload = draw(JSON | st.fixed_dictionaries({"type": st.sampled_from(["a", "x"])}))
    return frame(log, payload, log.connection() if draw(st.booleans()) else None)


@given(PREDICATES, PREDICATES, entries())
def test_the_algebra_is_that_of_truth(one: Predicate, two: Predicate, entry: Entry) -> None:
    """`&`, `|` and `~` answer as and, or and not."""
    assert (one & two)(entry) == (one(entry) and two(entry))
    assert (one | two)(entry) == (one(entry) or two(entry))
    assert (~one)(entry) == (not one(entry))


@given(PREDICATES, entries())
def test_an_explanation_agrees_with_the_answer(asked: Predicate, entry: Entry) -> None:
    """All clauses are met if and only if the answer is yes; a clause that is not says why."""
    clauses = asked.explain(entry)
    assert all(c.met for c in clauses) == asked(entry)
    assert all(bool(c.detail) != c.met and 0 <= c.closeness <= 1 for c in clauses)
    assert all(c.met == (c.closeness == 1) for c in clauses)


@given(PREDICATES)
def test_a_predicate_prints_as_what_makes_it(asked: Predicate) -> None:
    """Its repr evaluates to an equal predicate with an equal hash."""
    again = eval(repr(asked), vars(api))
    assert again == asked
    assert hash(again) == hash(asked)
    assert repr(again) == repr(asked)


def test_equal_patterns_have_equal_hashes() -> None:
    """The order of a pattern's keys is no difference."""
    assert hash(like({"a": 1, "b": [2]})) == hash(like({"b": [2], "a": 1}))


@pytest.mark.parametrize(
    ("pattern", "value", "detail"),
    [
        ({"a": 1}, {"a": True}, "a is True, not 1"),
        ({"a": {"b": 1}}, {"a": {"c": 1}}, "no 'b' in a (keys: c)"),
        ({"a": {"b": 1}}, {"a": None}, "a is null, not an object"),
        ({"a": [1, ...]}, {"a": [1]}, "a is a list of 1, not a list of 2"),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "a.0.b is 2, not 1"),
        ({"a": [1]}, {"a": "x"}, "a is a string, not a list of 1"),
        ({"": 1}, {}, "no '' in the payload (keys: none)"),
        ({"a": str.isdigit}, {"a": "x"}, "a is 'x': str.isdigit says no"),
        ({"a": str.isdigit}, {"a": 1}, "it raised TypeError"),
        ({"a": 1}, [], "the payload is a list of 0, not an object"),
    ],
)
def test_like_says_where_it_departs(pattern: dict[str, Any], value: Any, detail: str) -> None:
    """The first difference, with its place and both values."""
    (clause,) = like(pattern).explain(frames(value)[0])
    assert not clause.met
    assert clause.detail.startswith(detail)


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_carries_takes_what_is_empty(value: Any) -> None:
    """A key is there even with an empty value, unless a value is asked for."""
    entry = frames({"a": {"b": value}})[0]
    assert carries("a.b")(entry)
    assert not carries("a.b", nonempty=True)(entry)
    assert "it is there, but empty" in carries("a.b", nonempty=True).explain(entry)[0].detail


@pytest.mark.parametrize("value", [0, False, "x", [None]])
def test_zero_and_false_are_values(value: Any) -> None:
    """`nonempty` asks for content, not for truth."""
    assert carries("a", nonempty=True)(frames({"a": value})[0])


@pytest.mark.parametrize(
    ("make", "argument", "error", "text"),
    [
        (carries, "", ValueError, "'' is no path"),
        (carries, "a..b", ValueError, "'a..b' is no path"),
        (carries, 7, TypeError, "7 is no path"),
        (kind, "frames", ValueError, r"kind\('frames'\): expected one of open, request"),
        (source, "server", ValueError, "expected one of responses, realtime"),
        (direction, "up", ValueError, "expected 'in', 'out'"),
        (on, 3, TypeError, "expected a Connection, its id, or an entry"),
        (on, frames({})[0], TypeError, "or an entry on one"),
        (like, [1], TypeError, "expected a mapping"),
        (as_predicate, "x", TypeError, "expected one such as carries"),
        (kind("frame").__and__, "x", TypeError, "expected one such as carries"),
    ],
)
def test_a_wrong_argument_is_refused(
    make: Any, argument: Any, error: type[Exception], text: str
) -> None:
    """When the predicate is made, with what would have been right."""
    with pytest.raises(error, match=text):
        make(argument)


def test_a_coroutine_function_is_refused() -> None:
    """It would be true of every entry."""

    async def ask(_: Entry) -> bool:
        return False

    wrong: Any = ask
    with pytest.raises(TypeError, match="ask is no predicate: a coroutine function"):
        as_predicate(wrong)


def test_a_callable_is_one_clause() -> None:
    """It composes from either side, is named, and shows the code of a lambda."""
    entry = frames({"a": 1})[0]

    def first(it: Entry) -> bool:
        return it.seq == 1

    both = first & kind("frame")
    assert both(entry)
    assert both.specificity == 2
    assert (first | kind("frame")).specificity == 1
    assert repr(both) == "first & kind('frame')"
    shown = repr(as_predicate(lambda e: e.seq == 2))
    assert shown.startswith("(lambda e: e.seq == 2 at test_predicates.py:")


def test_a_clause_that_raises_is_explained() -> None:
    """An explanation goes on where an answer would not."""
    clauses = (kind("request") & (lambda e: e.json["b"])).explain(frames({"a": 1})[0])
    assert [c.met for c in clauses] == [False, False]
    assert clauses[1].detail == "it raised KeyError('b')"


def test_on_takes_what_leads_to_a_connection() -> None:
    """A connection, its id, an entry, and a view with an entry mean the same."""
    entry = request(journal())

    class View:
        def __init__(self) -> None:
            self.entry = entry

    assert {on(it) for it in (entry.conn, "c1", entry, View())} == {on("c1")}
