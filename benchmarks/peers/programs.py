"""Every program that explorers are measured on, by a name that fits a request."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from benchmarks.peers.small import SMALL
from benchmarks.peers.unfailing import UNFAILING
from suites.races.zoo.catalogue import ZOO

Main = Callable[[], Coroutine[Any, Any, Any]]


def racy(race: str) -> str:
    """The name of a race of the zoo."""
    return f"racy: {race}"


def mended(race: str) -> str:
    """The name of its mended twin."""
    return f"mended: {race}"


PROGRAMS: Mapping[str, Main] = {
    **SMALL,
    **UNFAILING,
    **{racy(race): partial(play, mended=False) for race, play in ZOO.items()},
    **{mended(race): partial(play, mended=True) for race, play in ZOO.items()},
}
