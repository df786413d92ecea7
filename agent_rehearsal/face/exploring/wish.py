"""What a test asks of its exploration by the marker `explore`, and the budget that comes of it.

Values only: it must not know how a test is run.
"""

import inspect
from dataclasses import KW_ONLY, dataclass, replace
from math import inf
from typing import Any

import pytest

from agent_rehearsal.face.exploring.options import (
    DRAWN,
    MARKER,
    SIGNATURE,
    Amount,
    Options,
    check_amount,
)
from agent_rehearsal.interleave.keys import Tier
from agent_rehearsal.interleave.verdict import Budget

WORTH_DIVIDING = 30
"""Schedules of a share from which on the workers of pytest-xdist divide it."""
TIERS: tuple[Tier, ...] = ("env", "task")


@dataclass(frozen=True)
class Wish:
    """The marker's arguments. Raises ValueError for what cannot be one."""

    n: Amount | None = None
    _: KW_ONLY
    late: float = 0.1
    stall: float = 0.0
    tier: Tier = "env"
    sweep: bool = True

    def __post_init__(self) -> None:
        if self.n is not None:
            _checked("n", self.n, check_amount)
        _checked("late", self.late, _seconds_above_0)
        _checked("stall", self.stall, _seconds)
        _checked("tier", self.tier, _tier)
        _checked("sweep", self.sweep, _flag)


def wish_of(node: pytest.Item) -> Wish:
    """The wish of a test, by its nearest mark; the usual one where it has none.

    Raises ValueError with words for the person who wrote the mark.
    """
    mark = node.get_closest_marker(MARKER)
    if mark is None:
        return Wish()
    try:
        inspect.signature(Wish).bind(*mark.args, **mark.kwargs)
        return Wish(*mark.args, **mark.kwargs)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"mark {MARKER} of {node.nodeid}: {error}; it is written {SIGNATURE}"
        ) from None


def budget_of(wish: Wish, options: Options, shard: tuple[int, int] = (0, 1)) -> Budget:
    """How far to look. `--explore 0` and `--explore sweep` bound every test; else a number in the
    test's mark stands.
    """
    drawn = options.share // DRAWN
    amount = _amount(wish.n, options.amount, drawn)
    by_share = _by_share(wish, options)
    natural_alone = options.share == 0 if by_share else amount == 0
    return Budget(
        schedules=amount if isinstance(amount, int) else 0,
        sweep=wish.sweep and not natural_alone,
        singles=options.share - drawn if by_share else None,
        seconds=options.seconds,
        late=wish.late,
        stall=wish.stall,
        tier=wish.tier,
        shard=shard,
    )


def is_long(wish: Wish, options: Options) -> bool:
    """Is it worth being divided? Each worker begins with the natural order, twice."""
    if _by_share(wish, options):
        return options.share >= WORTH_DIVIDING
    return wish.n != 0


def of_an_example(wish: Wish) -> Wish:
    """What a property asks of each of its examples: the sweep alone, unless its mark says more."""
    return wish if wish.n is not None else replace(wish, n="sweep")


def _by_share(wish: Wish, options: Options) -> bool:
    return options.amount is None and wish.n in (None, "sweep")


def _amount(marked: Amount | None, given: Amount | None, usual: int) -> Amount:
    if given in (0, "sweep") and marked != 0:
        return given
    if marked is not None:
        return marked
    return usual if given is None else given


def _checked(name: str, value: Any, check: Any) -> None:
    try:
        check(value)
    except ValueError as error:
        raise ValueError(f"{name}={value!r}: {error}") from None


def _seconds_above_0(value: Any) -> None:
    if type(value) not in (int, float) or not 0 < value < inf:
        raise ValueError("expected a number of seconds greater than 0")


def _seconds(value: Any) -> None:
    if type(value) not in (int, float) or not 0 <= value < inf:
        raise ValueError("expected a number of seconds from 0")


def _tier(value: Any) -> None:
    if value not in TIERS:
        raise ValueError(f"expected one of {', '.join(map(repr, TIERS))}")


def _flag(value: Any) -> None:
    if type(value) is not bool:
        raise ValueError("expected True or False")
