"""Faults about single events, and faults that a seed places: the agent recovers, or reports.

Whatever comes, the turn ends, no call is left without its output, and the next turn works.
"""

from typing import Any

import pytest

from agent_rehearsal import (
    ALWAYS,
    Journal,
    at_random,
    cut,
    duplicate,
    garbage,
    half_close,
    kind,
    reorder,
    reset,
    split_utf8,
    within,
)
from agent_rehearsal.face.agent import Codex
from agent_rehearsal.wire.garbage import KINDS, Garbage
from mock_responses import MockResponses, asks, message
from suites.faults.slept import slept
from suites.turns.balance import assert_balanced
from suites.turns.points import COMMANDS, EVENTS, POINTS, kept, read_up_to, split

ENDS = {"cut": cut(), "reset": reset(), "half_close": half_close()}
SEEDS = range(200)
PLACES = {"after_one_byte": 1, "before_the_last_byte": -1}


def garbage_of(what: str) -> Garbage:
    """Garbage of one kind: the first seed that draws it."""
    made = (garbage(seed=seed) for seed in SEEDS)
    return next(each for each in made if each.what == what)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ENDS)
async def test_a_stream_that_ends_inside_an_event_is_asked_for_again(
    responses: MockResponses, codex: Codex, journal: Journal, name: str, place: str, point: str
) -> None:
    """Half an event is none: one pause, and a request that goes on from what was done."""
    at, gate = POINTS[point], responses.gate(point)
    responses.reply(split(at, gate, within(ENDS[name], at=PLACES[place])))
    responses.reply(message("recovered"))
    thread = await codex(commands=COMMANDS).start()
    turn = await thread.submit("go")
    await read_up_to(turn, gate, at)
    gate.open()
    assert await turn.completed() == "recovered"
    first, second = responses.requests
    assert [item["type"] for item in second.input[len(first.input) :]] == kept(at)
    assert_balanced(second.input)
    assert slept(journal) == pytest.approx([0.2])


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("what", KINDS)
async def test_garbage_is_passed_over(
    responses: MockResponses, codex: Codex, journal: Journal, what: str, point: str
) -> None:
    """The rest of the stream counts; nothing is repeated."""
    responses.reply(split(POINTS[point], garbage_of(what)))
    responses.reply(message("done"))
    thread = await codex(commands=COMMANDS).start()
    assert await thread.run("go") == "done"
    first, second = responses.requests
    assert [item["type"] for item in second.input[len(first.input) :]] == kept(len(EVENTS))
    assert slept(journal) == []


async def test_divided_characters_make_no_difference(
    responses: MockResponses, codex: Codex
) -> None:
    """A text of long characters arrives whole."""
    responses.reply(split_utf8(), message("漢", "字\U0001f3ad"))
    thread = await codex(commands=COMMANDS).start()
    assert await thread.run("go") == "漢字\U0001f3ad"


@pytest.mark.parametrize("mark", [duplicate(), reorder()], ids=repr)
@pytest.mark.parametrize("point", list(POINTS)[:-1])
async def test_events_out_of_order_end_the_turn_soundly(
    responses: MockResponses, codex: Codex, mark: Any, point: str
) -> None:
    """Whatever the agent makes of them, its history is balanced and the next turn works."""
    responses.reply(split(POINTS[point], mark))
    responses.reply(message("done"), times=ALWAYS)
    thread = await codex(commands=COMMANDS).start()
    turn = await thread.submit("go")
    assert (await turn.ended()).type == "task_complete"
    responses.reply(message("fine now"), when=asks("again"))
    assert await thread.run("again") == "fine now"
    for request in responses.requests:
        assert_balanced(request.input)


@pytest.mark.parametrize("seed", range(40))
async def test_a_fault_anywhere_is_recovered_from(
    responses: MockResponses, codex: Codex, journal: Journal, seed: int
) -> None:
    """One fault at a place that the seed draws: the turn ends, and the next one works."""
    responses.reply(split(0, at_random(seed)))
    responses.reply(message("done"), times=ALWAYS)
    thread = await codex(commands=COMMANDS).start()
    turn = await thread.submit("go")
    assert (await turn.ended()).type == "task_complete"
    assert journal.select(kind("fault"))[0].get("seed") == seed
    responses.reply(message("fine now"), when=asks("again"))
    assert await thread.run("again") == "fine now"
    for request in responses.requests:
        assert_balanced(request.input)
