"""The sweep: each single message late, without dice.

A message has as many places later than its own as there are choices at which it could have come
instead. They are read off a run in which it is kept for as long as the network may: up to its
arrival each run that keeps it for less goes the same way, so no place is missed and none is tried
twice. This module only lists; it runs nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent_rehearsal.interleave.choice import Option
from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.strategies.course import Choice, Course
from agent_rehearsal.interleave.strategies.delays import held_until

SHARES = (0.5, 0.2, 0.05)
"""Of the greatest delay: times tried beside the places, for what the message sets going."""
AT_ONCE = 0
"""The rank of a place right after something came or a timer fired."""


@dataclass(frozen=True, slots=True)
class Single:
    """One run of the sweep: this message, that late.

    `rank` is how many turns of the loop lie between the place and what came last before it: the
    lower, the more there is between it and the place before.
    """

    key: Key
    delay: Delay
    rank: int

    @property
    def schedule(self) -> Schedule:
        """What the run follows."""
        return Schedule(delays={self.key: self.delay})


def longest(natural: Course, late: float, shard: tuple[int, int] = (0, 1)) -> tuple[Single, ...]:
    """For each message of the natural run the one in which it is as late as it may be.

    A shard has those messages whose number is congruent to its first modulo its second, and all
    places of theirs.
    """
    keys = [choice.message.key for choice in natural.choices if choice.message is not None]
    first, count = shard
    return tuple(Single(key, Delay(late), AT_ONCE) for key in keys[first::count])


def evenly(singles: Sequence[Single], most: float) -> tuple[Single, ...]:
    """All of them; where only the first `most` are run, these lie evenly over the whole run."""
    count = len(singles)
    first = set(range(count) if most >= count else (at * count // most for at in range(int(most))))
    return tuple(singles[at] for at in sorted(range(count), key=lambda at: at not in first))


def between(single: Single, held: Course) -> tuple[Single, ...]:
    """The places between a message's own and the latest; `held` is the course of the latter."""
    found = {place.delay: place for place in (*_places(single, held), *_times(single))}
    return tuple(found.values())


def in_turn(lists: Sequence[Sequence[Single]]) -> tuple[Single, ...]:
    """All of them, in the order in which they are tried: places right after an event first, of
    those the latest first.
    """
    every = (single for singles in lists for single in singles)
    return tuple(sorted(every, key=lambda single: (single.rank, -single.delay.dt)))


def _places(single: Single, held: Course) -> Iterator[Single]:
    """The choices at which it was passed over, but for its natural place."""
    rank, natural = AT_ONCE, True
    for choice, last in held.moments():
        option = _offered(single.key, choice)
        if option is not None and not natural:
            yield Single(single.key, held_until(option, choice, last), rank)
        natural = natural and (option is None or choice.options[0] is not option)
        taken = choice.taken
        rank = rank + 1 if taken is not None and taken.kind == "cpu" else AT_ONCE


def _offered(key: Key, choice: Choice) -> Option | None:
    """The message of this name, if it was passed over here."""
    return next((option for option in choice.passed_over if option.key == key), None)


def _times(single: Single) -> Iterator[Single]:
    for share in SHARES:
        yield Single(single.key, Delay(single.delay.dt * share), AT_ONCE)
