"""What strategies that draw an order do about time, of which they know nothing.

Timers divide a run into stretches, and within a stretch a program only reacts. So of all moments at
which a message may come between two timers two are tried: at once, and right before the second one,
when what it sets going is still under way while that fires. A timer that lies beyond what the
network may take cannot come before a message, and is nothing to choose. This module must not know
how an order is drawn.
"""

from abc import abstractmethod
from collections.abc import Sequence

from agent_rehearsal.interleave.choice import Move, Option
from agent_rehearsal.interleave.keys import Key
from agent_rehearsal.interleave.strategies.course import MESSAGES
from agent_rehearsal.interleave.strategies.dice import BURST, Draw, Drawing
from agent_rehearsal.interleave.strategies.timed import TICK

SLOW = 2 / 3
"""The share of runs in which the network is slower than the program."""
PUT_OFF = 0.5
"""Of the messages that come before a timer, the share that comes right before it."""
LEFT = 0.5
"""In a run with a slow network, of the messages that a timer was before, the share that comes when
all else has come.
"""
TOGETHER = 0.5
"""In such a run, how likely it is that one more message comes along with the last one."""
OLDEST = 100
"""Turns after which a message is no longer passed over: a loop that never rests would keep it for
ever.
"""


class Patient(Drawing):
    """Asks for an order only where there is one to draw.

    In most runs the network is slow: messages come when the loop has nothing to run, one of them or
    some at once, so that what a message has set going is not torn apart at every turn.
    """

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self._slow = self.dice.random() < SLOW
        self._quiet = -1
        """The turn before which the loop had nothing to run."""
        self._seen: dict[Key, int] = {}
        self._put_off: Key | None = None
        self._left: set[Key] = set()

    def pick(self, options: Sequence[Option], now: float, turn: int) -> Move:
        """The message that is too old or was put off to now, else what comes first of the rest."""
        place = self._oldest(options, turn)
        if place is None and self._put_off is not None:
            place = self._place_of(self._put_off, options)
        self._put_off = None
        if place is not None:
            self.happens(place, options)
            return Move(place)
        if options[-1].kind != "cpu":
            self._quiet = turn
        elif self._slow:
            if turn != self._quiet or self.dice.random() >= TOGETHER:
                return Move(len(options) - 1)
            options = options[:-1]
        return self._picked(options, now)

    @abstractmethod
    def first(self, options: Sequence[Option]) -> int:
        """The place of what happens first."""

    @abstractmethod
    def happens(self, place: int, options: Sequence[Option]) -> None:
        """Told what is to happen."""

    def _picked(self, options: Sequence[Option], now: float) -> Move:
        timer = _near(options)
        awake = self._awake([option for option in options if option.kind != "timer"], timer)
        place = self.first(awake) if len(awake) > 1 else 0
        self.happens(place, awake)
        if timer is not None:
            if awake[place] is timer:
                self._leave(awake)
            elif self._puts_off(timer, now):
                self._put_off = awake[place].key
                return Move(until=timer.due - BURST)
        return Move(options.index(awake[place]))

    def _oldest(self, options: Sequence[Option], turn: int) -> int | None:
        """The place of the first message that has been there for too many turns."""
        for place, option in enumerate(options):
            if option.kind in MESSAGES:
                since = self._seen.setdefault(option.key, turn)
                if turn - since >= OLDEST:
                    return place
        return None

    def _place_of(self, key: Key, options: Sequence[Option]) -> int | None:
        found = (place for place, option in enumerate(options) if option.key == key)
        return next(found, None)

    def _awake(self, messages: list[Option], timer: Option | None) -> list[Option]:
        """All but those that were left for last, as long as there are others."""
        awake = [option for option in messages if option.key not in self._left]
        if not awake:
            self._left.clear()
            awake = messages
        return awake if timer is None else [*awake, timer]

    def _leave(self, awake: Sequence[Option]) -> None:
        if self._slow:
            waiting = (option.key for option in awake if option.kind in MESSAGES)
            self._left.update(key for key in waiting if self.dice.random() < LEFT)

    def _puts_off(self, timer: Option, now: float) -> bool:
        return timer.due - BURST > now + TICK and self.dice.random() < PUT_OFF


def _near(options: Sequence[Option]) -> Option | None:
    """The timer, unless a message is due before it."""
    timer = options[-1]
    near = timer.kind == "timer" and all(option.due >= timer.due for option in options)
    return timer if near else None
