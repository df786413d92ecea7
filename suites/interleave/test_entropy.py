"""Chance in a simulation comes from its seed, whatever way a program draws it."""

import os
import random
import secrets
import uuid
from collections.abc import Callable
from os import urandom
from random import randrange

from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.simulation.run import run
from agent_rehearsal.interleave.verdict import Budget
from suites.interleave.worlds import Dice, simulated

OWNED = random.Random()
"""A generator such as libraries make when they are imported."""
SEEDED = random.Random(42)
LATER: list[random.Random] = []

SOURCES: dict[str, Callable[[], object]] = {
    "random": lambda: random.random(),  # noqa: PLW0108  (looked up when it is called)
    "randrange": lambda: randrange(10**9),
    "shuffle": lambda: random.sample(range(100), 100),
    "seed": lambda: (random.seed(), random.random()),
    "uuid4": lambda: uuid.uuid4(),  # noqa: PLW0108
    "os.urandom": lambda: os.urandom(8),
    "urandom": lambda: urandom(8),
    "token_hex": lambda: secrets.token_hex(8),
    "choice": lambda: secrets.choice(range(10**9)),
    "SystemRandom": lambda: random.SystemRandom().random(),
    "Random": lambda: random.Random().random(),
    "owned": OWNED.random,
    "seeded": SEEDED.random,
    "later": lambda: later().random(),
}


def later() -> random.Random:
    """A generator that is made when it is first asked for, and kept."""
    if not LATER:
        LATER.append(random.Random())
    return LATER[0]


async def drawn() -> list[object]:
    """Draws from all sources, twice."""
    return [draw() for _ in range(2) for draw in SOURCES.values()]


def test_every_source_repeats_itself() -> None:
    """Two runs with one seed draw the same, from every source, with another seed another."""
    simulated(drawn)
    one, two, other = simulated(drawn), simulated(drawn), simulated(drawn, seed=1)
    assert one == two
    assert not [name for name, a, b in zip(SOURCES, one, other, strict=False) if a == b]


def test_what_is_drawn_differs_within_a_run() -> None:
    """A source does not draw the same again."""
    drew = simulated(drawn)
    first, second = drew[: len(SOURCES)], drew[len(SOURCES) :]
    assert not [name for name, a, b in zip(SOURCES, first, second, strict=True) if a == b]


def test_after_a_run_chance_is_as_it_was() -> None:
    """The global generator goes on where it was, and the system's entropy is its own again."""
    random.seed(5)
    expected = random.Random(5).random()
    simulated(drawn)
    assert random.random() == expected
    assert os.urandom is urandom
    assert "interleave" not in os.urandom.__module__
    assert urandom(16) != urandom(16)


def test_after_an_exploration_chance_is_as_it_was() -> None:
    """The global generator goes on where it was, however many runs there were."""
    random.seed(5)
    expected = random.Random(5).random()
    explore(lambda strategy: run(drawn, strategy), Budget(sweep=False, schedules=3))
    assert random.random() == expected


def test_getrandom_too() -> None:
    """Where the system has getrandom, it is answered as urandom is."""
    getrandom = getattr(os, "getrandom", os.urandom)

    async def program() -> bytes:
        return bytes(getattr(os, "getrandom", os.urandom)(8))

    assert simulated(program) == simulated(program)
    assert getattr(os, "getrandom", os.urandom) is getrandom


def test_a_strategy_keeps_its_own_chance() -> None:
    """A generator held by a strategy is not taken for a library's."""
    dice = Dice(1)
    simulated(drawn, dice)
    assert dice.drawn() != Dice(1).drawn()
    assert dice.drawn() != random.Random(0).random()
