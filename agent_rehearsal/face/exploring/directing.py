"""The fixture `world` of one run: a `World` that knows this project's servers and agents, and what
is said where its directions were never met.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agent_rehearsal.interleave.world.directions import Side, Unmet
from agent_rehearsal.interleave.world.world import Ground, World, side_of

_GROUND = pytest.StashKey[Ground]()
"""Where an item keeps what its present run takes place on."""
_WORLD = pytest.StashKey[World]()
_NATURAL = pytest.StashKey[bool]()
SECTION = "directions that were never met"


@contextmanager
def taking_place(item: pytest.Item, ground: Ground, *, natural: bool) -> Iterator[None]:
    """A run of an item on this ground. In the natural order every direction has to be met; in
    another, what it names may have given way to something else.
    """
    item.stash[_GROUND], item.stash[_NATURAL] = ground, natural
    try:
        yield
    finally:
        del item.stash[_GROUND], item.stash[_NATURAL]
        if _WORLD in item.stash:
            del item.stash[_WORLD]


def world_of(item: pytest.Item) -> World:
    """The world of an item's present run."""
    if _GROUND not in item.stash:
        pytest.fail(
            f"{item.nodeid} runs on a stock event loop, where no message can be directed: the "
            "fixture world needs an async test that can be explored",
            pytrace=False,
        )
    made = item.stash[_WORLD] = World(item.stash[_GROUND], sides)
    return made


def sides(thing: Any) -> Side | None:
    """An agent and its builder are clients; the rest as `side_of` says."""
    from agent_rehearsal.face.agent import AgentThread, Codex

    return Side(server=False) if isinstance(thing, Codex | AgentThread) else side_of(thing)


def check(item: pytest.Item) -> None:
    """Fail a test that passed in the natural order and left directions unmet."""
    if _WORLD in item.stash and item.stash[_NATURAL]:
        try:
            item.stash[_WORLD].check()
        except Unmet as error:
            del item.stash[_WORLD]  # and it is not told twice
            raise pytest.fail.Exception(str(error), pytrace=False) from None


def unmet(item: pytest.Item) -> list[tuple[str, str]]:
    """A section for the report of a test that failed: directions unmet may be why."""
    if _WORLD not in item.stash:
        return []
    try:
        item.stash[_WORLD].check()
    except Unmet as error:
        return [(SECTION, str(error))]
    return []
