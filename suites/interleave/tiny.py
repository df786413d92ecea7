"""A tiny world that offers choices as the simulated kernel does, for programs of a few lines: what
searches, shrinks and replays is tested over it, without an event loop.

Messages are sent over lanes, their handlers run in the loop's next turn, timers after their time.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

from agent_rehearsal.interleave.attempt import Attempt, Failure, Program
from agent_rehearsal.interleave.choice import Option, Strategy
from agent_rehearsal.interleave.keys import CPU, TIMER, Key
from agent_rehearsal.interleave.trace import Sent, Step, Trace

TURN = 1e-6
LATE = 0.1
Handler = Callable[[], object]


@dataclass
class Tiny:
    """The world of one run."""

    strategy: Strategy
    late: float = LATE
    now: float = 0.0
    turn: int = 0
    trace: Trace = field(default_factory=Trace)
    outcomes: list[Any] = field(default_factory=list)
    lanes: dict[str, deque[tuple[Option, Handler]]] = field(default_factory=dict)
    ready: list[Handler] = field(default_factory=list)
    timers: list[tuple[float, int, Handler]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    order: dict[Key, int] = field(default_factory=dict)

    def send(self, lane: str, handler: Handler, *, host: str = "h", data: bytes = b"x") -> Key:
        """Puts a message on a lane; its handler runs in the turn after its arrival."""
        key = Key(f"{lane}#{self._number(lane)}")
        option = Option(key, "wire", lane, host, self.now, self.turn, self.now + self.late)
        self.trace.sent[key] = Sent(key, "data", data, self.now, self.turn)
        self._happened("send", key)
        self._put(option, handler)
        return key

    def job(self, handler: Handler) -> Key:
        """Gives a job to an executor."""
        key = Key(f"job:{self._number('job')}")
        self._put(Option(key, "job", key, "", self.now, self.turn, self.now + self.late), handler)
        return key

    def soon(self, handler: Handler) -> None:
        """Runs it in the next turn."""
        self.ready.append(handler)

    def after(self, seconds: float, handler: Handler) -> None:
        """Sets a timer."""
        self.timers.append((self.now + seconds, self._number("timer"), handler))
        self.timers.sort(key=lambda timer: timer[:2])

    def run(self) -> None:
        """Lets everything happen until nothing can."""
        while self._step():
            pass

    def _step(self) -> bool:
        options = self._options()
        if not options:
            return False
        if len(options) == 1 and options[0].kind in ("cpu", "timer"):
            self._take(options[0], options)
            return True
        move = self.strategy.choose(options, self.now, self.turn, self.trace)
        if move.until is None:
            self._take(options[move.index], options)
        else:
            self.now = max(self.now, min(move.until, *(option.due for option in options)))
        return True

    def _options(self) -> list[Option]:
        heads = [lane[0][0] for lane in self.lanes.values() if lane]
        heads.sort(key=lambda option: self.order[option.key])
        forced = [option for option in heads if option.due <= self.now]
        if forced:
            return forced
        if self.ready or (self.timers and self.timers[0][0] <= self.now):
            return [*heads, Option(CPU, "cpu", "cpu", "", 0.0, 0, inf)]
        if self.timers:
            due = self.timers[0][0]
            heads.append(Option(TIMER, "timer", "timer", "", self.now, self.turn, due))
        return heads

    def _take(self, option: Option, options: list[Option]) -> None:
        match option.kind:
            case "cpu":
                self._turn()
            case "timer":
                self.now = max(self.now, min(one.due for one in options))
                self._happened("timer", TIMER)
            case _:
                _, handler = self.lanes[option.lane].popleft()
                self.ready.append(handler)
                self._arrived(option.key)

    def _turn(self) -> None:
        self.strategy.stall(self.turn + 1)
        self._happened("turn", CPU)
        self.turn += 1
        self.now += TURN
        ready, self.ready = self.ready, []
        while self.timers and self.timers[0][0] < self.now:
            ready.append(self.timers.pop(0)[2])
        for handler in ready:
            handler()

    def _arrived(self, key: Key) -> None:
        if key in self.trace.sent:
            sent = self.trace.sent[key]
            sent.arrived, sent.arrived_turn = self.now, self.turn
        self._happened("job" if key.startswith("job") else "arrive", key)

    def _happened(self, what: Any, key: Key) -> None:
        self.trace.steps.append(Step(what, key, self.now, self.turn))

    def _put(self, option: Option, handler: Handler) -> None:
        self.order[option.key] = len(self.order)
        self.lanes.setdefault(option.lane, deque()).append((option, handler))

    def _number(self, name: str) -> int:
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name]


Play = Callable[[Tiny], Callable[[], None] | None]
"""Sets up a program; what it returns is run at the end and may assert."""


def program(play: Play, *, late: float = LATE) -> Program:
    """The program that `play` sets up."""

    def run(strategy: Strategy) -> Attempt:
        tiny = Tiny(strategy, late)
        failure = None
        try:
            check = play(tiny)
            tiny.run()
            if check is not None:
                check()
        except AssertionError as error:
            failure = Failure(type(error).__name__, "tiny.py:1", str(error))
        return Attempt(tiny.trace, failure, tuple(tiny.outcomes))

    return run
