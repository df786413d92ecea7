"""Assertions on order ask for what was promised, and a brute force agrees with them."""

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.journal import (
    Entry,
    Predicate,
    PredicateError,
    assert_partial_order,
    assert_unordered,
    before,
    like,
    of_type,
)
from suites.journal.made import frames, journal, request

ENTRIES = st.lists(st.sets(st.sampled_from("abc")), max_size=5)
NAMES = st.sampled_from("abc")


def having(name: str) -> Predicate:
    return like({"names": lambda names: name in names})


def made(entries: list[set[str]]) -> list[Entry]:
    return list(frames(*({"names": sorted(names)} for names in entries)))


def holds(check: object) -> bool:
    try:
        check()  # type: ignore[operator]
    except AssertionError:
        return False
    return True


@given(ENTRIES, st.lists(NAMES, max_size=5), st.booleans())
def test_unordered_agrees_with_all_pairings(
    entries: list[set[str]],
    names: list[str],
    extra: bool,  # noqa: FBT001
) -> None:
    """It holds if some choice of different entries meets all predicates and leaves none over."""
    choices = permutations(entries, len(names))
    met = any(all(n in e for n, e in zip(names, choice, strict=True)) for choice in choices)
    expected = met and (extra or len(entries) == len(names))
    asked = [having(name) for name in names]
    assert holds(lambda: assert_unordered(made(entries), asked, extra=extra)) == expected


@given(ENTRIES, st.lists(st.tuples(NAMES, NAMES), max_size=4))
def test_partial_order_agrees_with_all_choices(
    entries: list[set[str]], pairs: list[tuple[str, str]]
) -> None:
    """It holds if some choice of different entries, one a predicate, has every pair in order."""
    names = sorted({name for pair in pairs for name in pair})
    choices = product(range(len(entries)), repeat=len(names))
    expected = any(
        len(set(choice)) == len(names)
        and all(n in entries[i] for n, i in zip(names, choice, strict=True))
        and all(choice[names.index(a)] < choice[names.index(b)] for a, b in pairs)
        for choice in choices
    )
    asked = {name: having(name) for name in names}
    tests = [(asked[a], asked[b]) for a, b in pairs]
    assert holds(lambda: assert_partial_order(made(entries), tests)) == expected


def test_before_gives_both_entries() -> None:
    """The first entry of each predicate, if they are in this order."""
    log = frames({"type": "a"}, {"type": "b"}, {"type": "a"})
    assert before(log, of_type("a"), of_type("b")) == (log[0], log[1])


def test_before_shows_what_it_found() -> None:
    """A wrong order is shown with both entries, a missing one as missing."""
    log = frames({"type": "b"}, {"type": "a"})
    with pytest.raises(AssertionError) as wrong:
        before(log, of_type("a"), of_type("b"))
    assert str(wrong.value) == (
        "expected of_type('a') before of_type('b'):\n"
        "  of_type('a'): #2     realtime -> frame a\n"
        "  of_type('b'): #1     realtime -> frame b"
    )
    with pytest.raises(AssertionError, match=r"of_type\('c'\): no entry"):
        before(log, of_type("a"), of_type("c"))


def test_an_unmet_predicate_and_an_extra_entry_are_named() -> None:
    """The report has what was paired, what was not, and what is left over."""
    log = frames({"type": "a"}, {"type": "b"})
    with pytest.raises(AssertionError) as failed:
        assert_unordered(log, [of_type("c"), of_type("a")])
    assert str(failed.value) == (
        "1 of 2 predicates unmet, 1 of 2 entries left over\n"
        "  met    of_type('a'): #1     realtime -> frame a\n"
        "  unmet  of_type('c')\n"
        "  extra  #2     realtime -> frame b"
    )


def test_many_equal_predicates_are_paired() -> None:
    """Two thousand alike neither recurse nor take long."""
    log = frames(*[{"type": "a"}] * 2000)
    assert_unordered(log, [of_type("a")] * 2000)


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        (["ac"], "no entry for of_type('c')"),
        (["ab", "ba"], "the pairs contradict each other: "),
        (["ba"], "no choice of entries has this order:\n  of_type('b') before of_type('a')\n"),
    ],
)
def test_a_partial_order_that_fails_says_why(pairs: list[str], text: str) -> None:
    """A missing entry, pairs that contradict each other, pairs that do not hold."""
    log = frames({"type": "a"}, {"type": "b"})
    with pytest.raises(AssertionError) as failed:
        assert_partial_order(log, [(of_type(a), of_type(b)) for a, b in map(tuple, pairs)])
    assert str(failed.value).startswith(text)


def test_a_long_impossible_order_is_refused_quickly() -> None:
    """Nine predicates that all want the same eight of many entries need no search."""
    log = frames(*[{"n": n} for n in range(200)])
    small = [like({"n": lambda n, k=k: n < 8 and k >= 0}) for k in range(9)]
    with pytest.raises(AssertionError, match="no choice of entries"):
        assert_partial_order(log, [(small[0], other) for other in small[1:]])


def test_a_predicate_that_raises_is_named() -> None:
    """Its error says which predicate, and on which entry."""
    with pytest.raises(PredicateError, match=r"like\(.*raised TypeError"):
        assert_unordered(frames({"n": "x"}), [like({"n": lambda n: n > 1})])


def test_reports_hide_secrets() -> None:
    """What one entry gives away is hidden in the line of another."""
    log = journal()
    request(log, headers=((b"authorization", b"Bearer swordfish-9"),))
    log.append("agent", "event", raw=b'{"say": "swordfish-9"}')
    with pytest.raises(AssertionError) as failed:
        before(log, like({"say": "swordfish-9"}), of_type("b"))
    assert "swordfish" not in str(failed.value)
    assert "<secret " in str(failed.value)
