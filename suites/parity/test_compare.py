"""The comparison counts every path once, and an exception is used or an error."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suites.parity import report
from suites.parity.compare import NOTHING, compare, flatten
from suites.parity.exceptions import MOST, read_exceptions

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=15,
)
LANES = {"responses": [{"what": "POST", "body": {"model": "m", "input": []}}]}


def changed(**body: Any) -> dict[str, list[dict[str, Any]]]:
    """The same request with another body."""
    return {"responses": [{"what": "POST", "body": {"model": "m", "input": [], **body}}]}


@given(JSON, JSON)
def test_values_are_the_same_if_their_paths_are(one: Any, two: Any) -> None:
    """Flattening loses nothing."""
    same = dict(flatten(one)) == dict(flatten(two)) and repr(one) == repr(two)
    assert (repr(one) == repr(two)) is same
    assert dict(flatten([one])) == {f"/0{path}": value for path, value in flatten(one)}


@given(JSON)
def test_a_client_is_the_same_as_itself(value: Any) -> None:
    """Nothing differs, and all paths are counted."""
    lanes = {"responses": [{"body": value}]}
    verdict = compare("x", lanes, lanes, {})
    assert verdict.holds
    assert verdict.equal == verdict.paths == len(list(flatten(lanes)))


def test_each_difference_is_told() -> None:
    """A value that differs, one that is missing and one too many."""
    verdict = compare("x", LANES, changed(model="n", input=["y"], stream=True), {})
    assert [(d.path, d.reference, d.ours) for d in verdict.unexplained] == [
        ("/responses/0/body/model", "m", "n"),
        ("/responses/0/body/input", [], NOTHING),
        ("/responses/0/body/input/0", NOTHING, "y"),
        ("/responses/0/body/stream", NOTHING, True),
    ]
    assert (verdict.paths, verdict.equal, verdict.holds) == (5, 1, False)


def test_true_is_not_one() -> None:
    """Values of different types differ."""
    assert not compare("x", changed(stream=True), changed(stream=1), {}).holds


def test_an_exception_takes_its_path_out() -> None:
    """What is on purpose is told with its reason and not counted."""
    path = "/responses/0/body/model"
    verdict = compare("x", LANES, changed(model="n"), {path: "ours is better"})
    assert verdict.holds
    assert [(d.path, reason) for d, reason in verdict.explained] == [(path, "ours is better")]
    assert verdict.paths == verdict.equal == 2


def test_an_exception_without_a_difference_is_an_error() -> None:
    """An exception that is no longer true must go."""
    verdict = compare("x", LANES, LANES, {"/responses/0/body/model": "was different"})
    assert verdict.stale == ("/responses/0/body/model",)
    assert not verdict.holds
    assert "take it away" in report.table([verdict])


def test_the_table_has_a_line_a_scenario_and_the_sum() -> None:
    """Paths, equal and different ones, and each reason."""
    path = "/responses/0/body/model"
    good = compare("good", LANES, LANES, {})
    meant = compare("meant", LANES, changed(model="n"), {path: "ours is better"})
    bad = compare("bad", LANES, changed(model="n"), {})
    text = report.table([good, meant, bad])
    assert [line.split() for line in text.splitlines() if not line.startswith(" ")] == [
        ["scenario", "paths", "equal", "different"],
        ["good", "3", "3", "0"],
        ["meant", "2", "2", "1"],
        ["bad", "3", "2", "1"],
        ["3", "scenarios", "8", "7", "1"],
        ["87.50%", "equal,", "1", "different", "on", "purpose"],
    ]
    assert f"on purpose: {path}: ours is better" in text
    assert f"DIFFERENT {path}: the reference has 'm', we have 'n'" in text
    assert report.holds([good, meant])
    assert not report.holds([good, bad])


def test_exceptions_are_read_by_line() -> None:
    """A scenario, a path and a reason; comments and empty lines say nothing."""
    text = "# why\n\nplain /responses/0/body/model ours is better\n"
    assert read_exceptions(text) == {"plain": {"/responses/0/body/model": "ours is better"}}


@pytest.mark.parametrize(
    "line",
    ["plain /responses/0", "plain body/model a reason", "plain /responses/*/model a reason"],
)
def test_an_exception_that_is_none_is_refused(line: str) -> None:
    """The error names the line and what was expected."""
    with pytest.raises(ValueError, match=r"exceptions.txt:1: .*expected a scenario, a path"):
        read_exceptions(line)


def test_an_exception_is_there_once() -> None:
    """The same path twice is a mistake."""
    with pytest.raises(ValueError, match=r"exceptions.txt:2: plain /a is there twice"):
        read_exceptions("plain /a one\nplain /a two\n")


def test_exceptions_are_few() -> None:
    """There is a bound on all of them together."""
    lines = [f"plain /a/{number} a reason" for number in range(MOST + 1)]
    assert len(read_exceptions("\n".join(lines[:MOST]))["plain"]) == MOST
    with pytest.raises(ValueError, match="there may be 15"):
        read_exceptions("\n".join(lines))
