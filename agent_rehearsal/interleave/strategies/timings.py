"""Strategies that draw when each message comes: `latency` and `holds`."""

from abc import abstractmethod
from collections.abc import Sequence
from math import inf

from agent_rehearsal.interleave.choice import Move, Option
from agent_rehearsal.interleave.keys import Key
from agent_rehearsal.interleave.strategies.course import MESSAGES
from agent_rehearsal.interleave.strategies.dice import Draw, Drawing, spread
from agent_rehearsal.interleave.strategies.timed import by_time
from agent_rehearsal.interleave.trace import Trace

PROMPT = (0.2, 0.4, 0.6, 0.8)
"""Shares of messages that come at once; a run draws one of them."""
SCALES = (1e-1, 1e-2)
"""The least delays, as shares of the greatest; a run draws one of them."""


class Timed(Drawing):
    """Each message has a delay of its own, drawn when it is first seen."""

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self._delays: dict[Key, float] = {}

    def choose(self, options: Sequence[Option], now: float, turn: int, trace: Trace) -> Move:
        """Delays are drawn for a lone option too, so that it can be late."""
        return self.pick(options, now, turn)

    def pick(self, options: Sequence[Option], now: float, turn: int) -> Move:
        """What has had its delay, the earliest first."""
        return by_time(options, now, [self._release(option) for option in options])

    @abstractmethod
    def delay(self, since: float) -> float:
        """Seconds for the next message that is seen, which was sent at `since`."""

    def _release(self, option: Option) -> float:
        if option.kind not in MESSAGES:
            return inf
        if option.key not in self._delays:
            self._delays[option.key] = self.delay(option.since)
        return min(option.since + self._delays[option.key], option.due)


class Latency(Timed):
    """Every message is late by a time of its own, some not at all.

    Half of the times are spread, the others fall between two moments of the natural run: there a
    program has its own timers, and each stretch between them is as likely as the others.
    """

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self._prompt = self.dice.choice(PROMPT)
        self._shortest = self.dice.choice(SCALES)
        self._times = draw.size.times

    def delay(self, since: float) -> float:
        """Up to the budget's `late`."""
        if self.dice.random() < self._prompt:
            return 0.0
        ends = [time - since for time in self._times if 0 < time - since < self.late]
        if not ends or self.dice.random() < 0.5:
            return spread(self.dice, self.late, self._shortest)
        place = self.dice.randrange(len(ends))
        return self.dice.uniform(ends[place], [*ends, self.late][place + 1])


class Holds(Timed):
    """`count` messages of the run are late, all others are not."""

    def __init__(self, draw: Draw, count: int) -> None:
        super().__init__(draw)
        among = range(max(draw.size.messages, count))
        self._held = frozenset(self.dice.sample(among, count))

    def delay(self, since: float) -> float:
        """A time for the messages that were picked, by their place among all that are seen."""
        return spread(self.dice, self.late) if len(self._delays) in self._held else 0.0
