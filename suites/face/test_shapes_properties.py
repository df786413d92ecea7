"""The laws of request shapes, on generated histories: what never shows, and what always does."""

import copy
import uuid
from collections.abc import Iterator
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from agent_rehearsal.face.shapes import Labels, normalise, shape
from agent_rehearsal.face.shapes.rules import ID_FIELDS, TIME_FIELD
from suites.face.bodies import (
    IDS,
    TIMES,
    filled,
    histories,
    histories_or_frames,
    leaves,
    lengthy,
    plain,
    wide,
)

NAMES = {"CWD": "/srv/project", "HOME": "/srv"}
fragments = st.one_of(
    plain,
    st.uuids().map(str),
    st.sampled_from(
        [
            "/srv/project",
            "/srv/project/a.txt",
            "/srv/projects",
            "Wall time: 0.0123 seconds",
            "aborted by user after 1.2s",
            "Chunk ID: 1a2b3c",
            "http://127.0.0.1:43567/v1",
            "Process running with session ID 4711",
            '{"session_id": 4711}',
            "call_0123456789abcdef",
            "sk-abcdefghijklmnop",
            "2026-06-22T10:11:12.123Z",
            "<current_date>2026-06-22</current_date>",
            "<shell>zsh</shell>",
            "/private/tmp/pytest-of-me/pytest-3/test_a0/x",
        ]
    ),
)
mixed = st.lists(st.tuples(fragments, st.sampled_from([" ", "", "\n", "/", ":", "-"]))).map(
    lambda pairs: "".join(each for pair in pairs for each in pair)
)
uuids = st.lists(st.uuids(), min_size=3, max_size=3, unique=True)
calls = st.lists(st.integers(0, 16**24 - 1), min_size=IDS - 3, max_size=IDS - 3, unique=True)
times = st.lists(st.integers(0, 99_999).map(lambda ms: ms / 1000), min_size=TIMES, max_size=TIMES)


def names(threads: list[uuid.UUID], numbers: list[int]) -> list[str]:
    """Ids as they look on the wire."""
    return [*map(str, threads), *(f"call_{number:024x}7" for number in numbers)]


some_ids = st.builds(names, uuids, calls)


@given(mixed)
def test_normalising_again_changes_nothing(text: str) -> None:
    """A normalised text has nothing left to normalise, with the same labels or with new ones."""
    labels = Labels(NAMES)
    once = normalise(text, labels)
    assert normalise(once, labels) == once
    assert normalise(once, Labels(NAMES)) == once


@given(histories_or_frames, some_ids, some_ids, times, times)
def test_other_ids_and_times_give_the_same_text(
    history: list[Any], ids: list[str], others: list[str], at: list[float], later: list[float]
) -> None:
    """A one-to-one change of ids, and any change of times and durations, leaves the text alone."""
    assert shape(filled(history, ids, at)) == shape(filled(history, others, later))


@given(histories(), some_ids, times)
def test_two_ids_are_told_apart(history: list[Any], ids: list[str], at: list[float]) -> None:
    """The text changes if two ids that differed become one: labels keep identity."""
    told = copy.deepcopy(history)
    told[0]["client_metadata"] = {"thread_id": ids[0], "turn_id": ids[1]}
    merged = copy.deepcopy(told)
    merged[0]["client_metadata"]["turn_id"] = ids[0]
    assert shape(filled(told, ids, at)) != shape(filled(merged, ids, at))


@given(histories_or_frames, some_ids, times, st.data())
def test_a_changed_value_always_shows(
    history: list[Any], ids: list[str], at: list[float], data: st.DataObject
) -> None:
    """Any other value at any place but an id's or a time's changes the text."""
    before = filled(history, ids, at)
    places = list(leaf_places(before))
    assume(places)
    place = data.draw(st.sampled_from(places))
    old = value_at(before, place)
    new = data.draw(st.one_of(leaves, edits(old)))
    assume(differ(old, new))
    after = copy.deepcopy(before)
    value_at(after, place[:-1])[place[-1]] = new
    assert shape(before) != shape(after)


@given(st.one_of(lengthy, wide), st.data())
def test_a_change_in_what_is_left_out_shows(text: str, data: st.DataObject) -> None:
    """One other character anywhere in a long text changes the text, if only in a hash."""
    at = data.draw(st.integers(0, len(text) - 1))
    other = f"{text[:at]}{data.draw(st.characters())}{text[at + 1 :]}"
    assume(differ(text, other))
    assert shape(holding(text)) != shape(holding(other))


def holding(text: str) -> dict[str, Any]:
    """A request that has `text` among its settings and in its input."""
    return {"model": "m", "instructions": text, "input": [{"role": "user", "content": text}]}


def edits(value: Any) -> st.SearchStrategy[Any]:
    """Values that are nearly `value`: for a number, also those that Python holds to be equal."""
    if isinstance(value, bool | int | float):
        return st.sampled_from([bool(value), int(value), float(value), str(value), [value]])
    if not isinstance(value, str):
        return st.sampled_from([str(value), [value], {"a": value}])
    middle = len(value) // 2
    return st.sampled_from(
        [
            f"{value} ",
            f"{value}\n",
            f" {value}",
            value[:-1],
            f"{value[:middle]}~{value[middle:]}",
            f"{value[:middle]}~{value[middle + 1 :]}",
            value.replace("\n", "\r\n"),
            value.replace("\n", "\\n"),
            [value],
        ]
    )


def differ(old: Any, new: Any) -> bool:
    """Whether the two are different JSON values once ids and times are out of them."""
    if isinstance(old, str) and isinstance(new, str):
        return normalise(old, Labels()) != normalise(new, Labels())
    return type(old) is not type(new) or old != new


def leaf_places(
    value: Any, place: tuple[Any, ...] = (), key: str = ""
) -> Iterator[tuple[Any, ...]]:
    """The places of all values that are neither ids nor times, nor turn metadata."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaf_places(each, (*place, name), name)
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from leaf_places(each, (*place, at))
    elif key not in ID_FIELDS and not TIME_FIELD.search(key) and key != "x-codex-turn-metadata":
        yield place


def value_at(value: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        value = value[key]
    return value
