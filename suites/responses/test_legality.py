"""The judge of streams: a legal one has no objections, and every rule can be broken."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_responses import message, reasoning, refusal
from mock_responses.legality import TABLE, objections
from suites.responses import official, test_builders, tool_cases
from suites.responses.composing import events

Events = list[dict[str, Any]]
UNORDERED = ("response.audio", "response.shell_call")
"""Events that belong to no item that this package makes."""


@pytest.mark.parametrize(
    "item",
    [
        case
        for table in (test_builders.ITEM_CASES, tool_cases.ITEMS)
        for name, listed in table.items()
        for case in listed
    ],
    ids=repr,
)
def test_every_item_is_streamed_legally(item: Any) -> None:
    """What a builder makes is composed in the order of the table."""
    assert objections(events(item)) == []
    assert objections(events(message("a"), item, refusal("no"))) == []


def test_the_table_knows_the_official_events() -> None:
    """Each event of the package's types has a row, but those of sound and of hosted shells."""
    unknown = {type for type in official.EVENTS if not type.startswith(UNORDERED)} - set(TABLE)
    assert unknown == set()


def renumbered(found: Events) -> Events:
    """The same events, numbered from 0."""
    return [{**event, "sequence_number": place} for place, event in enumerate(found)]


def without(*types: str) -> Callable[[Events], Events]:
    return lambda found: renumbered([e for e in found if e["type"] not in types])


def changed(place: int, **fields: Any) -> Callable[[Events], Events]:
    return lambda found: [
        {**event, **fields} if at == place else event for at, event in enumerate(found)
    ]


def moved(place: int, to: int) -> Callable[[Events], Events]:
    def move(found: Events) -> Events:
        rest = [event for at, event in enumerate(found) if at != place]
        return renumbered([*rest[:to], found[place], *rest[to:]])

    return move


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (without("response.created"), "response is in the state 'nothing'"),
        (without("response.completed"), "no event ended the response"),
        (without("response.output_item.added"), "no item 0 is open"),
        (without("response.output_item.done"), "the items [0] are not done"),
        (without("response.content_part.added"), "content 0 is in the state 'nothing'"),
        (without("response.content_part.done"), "item 0 is not whole: content 0"),
        (without("response.output_text.done"), "expected said"),
        (changed(3, sequence_number=9), "its sequence_number is 9; expected 3"),
        (changed(4, item_id="msg_other"), "its item_id is 'msg_other'"),
        (changed(4, type="response.reasoning_text.delta"), "belongs to a reasoning"),
        (changed(6, text="else"), "text is not what the deltas add up to"),
        (changed(8, item={"id": "msg_other", "type": "message"}), "item 0 was ('msg_1'"),
        (moved(2, 0), "outside of the response"),
        (moved(8, 4), "item 0 is not whole"),
        (lambda found: renumbered([*found, found[-1]]), "response is in the state 'over'"),
        (lambda found: renumbered([found[0], *found]), "expected nothing"),
    ],
)
def test_every_rule_can_be_broken(damage: Callable[[Events], Events], words: str) -> None:
    """A stream that breaks one gets an objection that names the place."""
    found = objections(damage(events(message("a", "b"))))
    assert any(words in line for line in found), found


def test_two_items_keep_their_texts_apart() -> None:
    """Parts of different items have states of their own, also with the same index."""
    first, second = events(reasoning("x"), message("a")), events(message("a"))
    assert objections(first) == []
    assert objections(second) == []
