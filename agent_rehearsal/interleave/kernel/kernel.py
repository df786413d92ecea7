"""The simulated kernel: descriptors, ports, connections, and what is under way between them.

It lets things happen one at a time, each chosen by the strategy, until the loop is to run a turn.
It must not know sockets as Python has them, nor the event loop beyond what `Runnable` says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent_rehearsal.interleave.choice import Move, Option, Strategy
from agent_rehearsal.interleave.errors import Deadlock, StepLimit, Stuck, TimeLimit, Waiting
from agent_rehearsal.interleave.kernel.addresses import Place, Ports
from agent_rehearsal.interleave.kernel.clock import TURN, Clock
from agent_rehearsal.interleave.kernel.ends import Descriptor
from agent_rehearsal.interleave.kernel.jobs import Jobs
from agent_rehearsal.interleave.kernel.wires import Wire
from agent_rehearsal.interleave.keys import CPU, TIMER, Key
from agent_rehearsal.interleave.trace import Piece, Sent, Step, Trace, What

FIRST_FD = 1_000_000
"""Numbers of simulated descriptors begin far above those of real ones."""
NEVER = float("inf")
_CPU = Option(CPU, "cpu", "cpu", "", 0.0, 0, NEVER)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Where a run that does not end is ended."""

    steps: int = 200_000
    """Choices and turns of the loop."""
    seconds: float = 3_600.0
    """Virtual seconds."""
    grace: int = 20_000
    """Further steps after a limit was met, to clean up in."""


class Runnable(Protocol):
    """What the kernel asks of whoever waits for it."""

    def runnable(self) -> bool:
        """Has the loop something to run at once?"""
        ...

    def before_turn(self) -> None:
        """A turn of the loop begins."""
        ...

    def waiting(self) -> Sequence[Waiting]:
        """Who waits for what."""
        ...


class Director(Protocol):
    """Decides beforehand when some pieces may come: see `directions`."""

    def sent(self, sent: Sent) -> None:
        """A piece was put on its way."""
        ...

    def opens(self, sent: Sent, now: float) -> float:
        """Before when the piece may not come; NEVER while that is not known."""
        ...

    def came(self, sent: Sent, now: float) -> None:
        """A piece has come."""
        ...

    def relents(self, now: float) -> bool:
        """Nothing can happen any more: is something let go that was held?"""
        ...


class Kernel:
    """Everything outside of the event loop, for one run."""

    def __init__(
        self,
        strategy: Strategy,
        trace: Trace,
        clock: Clock,
        *,
        late: float,
        limits: Limits,
        split: int = 0,
    ) -> None:
        """`late`: how long a message or a job may take, seconds. `split`: bytes of the longest
        piece, 0 for any length.
        """
        self.strategy = strategy
        self.trace = trace
        self.clock = clock
        self.late = late
        self.split = split
        self.jobs = Jobs(late)
        self.ports = Ports()
        self.descriptors: dict[int, Descriptor] = {}
        self.bound: dict[Place, Descriptor] = {}
        self.turn = 0
        self.tasks = 0
        """How many tasks were made."""
        self._numbered = 0
        self.over = False
        self.director: Director | None = None
        self._limits = limits
        self._steps_left = limits.steps
        self._time_left = limits.seconds
        self._fd = FIRST_FD
        self._sent = 0
        self._busy: dict[Wire, None] = {}
        self._stale = False
        self._opens = NEVER
        """When the next piece may come that a direction holds."""
        self._loop_due = NEVER
        self._wires: list[Wire] = []
        self._options: list[Option] = []
        clock.sleep = self.pass_time

    # Descriptors.

    def new_fd(self) -> int:
        """A number that no other descriptor of this run has."""
        self._fd += 1
        return self._fd

    def number(self) -> int:
        """The next of the numbers by which sets know futures and protocols."""
        self._numbered += 1
        return self._numbered

    def end(self) -> None:
        """The run is over: what is closed from now on, as garbage, is not part of it."""
        self.over = True

    def drop(self, fd: int) -> None:
        """Closes a descriptor."""
        if self.over:
            return
        descriptor = self.descriptors.pop(fd, None)
        if descriptor is None:
            return
        if descriptor.local is not None and self.bound.get(descriptor.local) is descriptor:
            del self.bound[descriptor.local]
        descriptor.close()

    # What ends ask of their host.

    def send(self, wire: Wire, piece: Piece, data: bytes = b"") -> None:
        """Puts a piece on its way, cut where pieces are to be short."""
        if self.over:
            return
        step = self.split or len(data) or 1
        for start in range(0, len(data) or 1, step):
            self._put(wire, piece, data[start : start + step])

    def has_room(self) -> None:
        """Something was read."""
        self._stale = True

    def _put(self, wire: Wire, piece: Piece, data: bytes) -> None:
        self._sent += 1
        sent = wire.put(self._sent, piece, data, self.clock.now, self.turn)
        self.trace.sent[sent.key] = sent
        self.note("send", sent.key)
        self._busy[wire] = None
        self._stale = True
        if self.director is not None:
            self.director.sent(sent)

    def note(self, what: What, key: Key) -> None:
        """Enters into the trace what happens now."""
        self.trace.steps.append(Step(what, key, self.clock.now, self.turn))

    # What may happen.

    def until_turn(self, loop: Runnable, timeout: float | None) -> None:
        """Lets things happen until the loop is to run a turn.

        `timeout`: seconds until the loop's next timer, 0 where it has something to run, None where
        there is no timer. Raises `Deadlock`, `StepLimit` and `TimeLimit`.
        """
        due = NEVER if timeout is None else self.clock.now + timeout
        self._loop_due = due
        stall = self.strategy.stall(self.turn + 1)
        if stall:
            self.pass_time(stall)
        while True:
            self._steps_left -= 1
            if self._steps_left < 0 or self.clock.now > self._time_left:
                raise self._endless(loop)
            if timeout == 0 and not self._busy and not self.jobs.under_way:
                self.note("turn", CPU)
                break
            options = self._possible(loop, timeout, due)
            if not options and self._relented():
                continue
            move = self._choice(options, loop)
            if self._make(move, options):
                break
        self.turn += 1
        self.clock.now += TURN
        self.clock.readings = 0

    def pass_time(self, seconds: float) -> None:
        """Time passes, and what is due by then comes: the loop is kept from running."""
        end = self.clock.now + seconds
        while True:
            self._refresh()
            due = min(self._options, key=_due, default=None)
            if due is None or due.due > end:
                break
            self.clock.now = max(self.clock.now, due.due)
            self._arrive(self._wires[self._options.index(due)])
        self.clock.now = max(self.clock.now, end)

    def _possible(self, loop: Runnable, timeout: float | None, due: float) -> list[Option]:
        if self._stale or self.clock.now >= self._opens:
            self._refresh()
        due = min(due, self._opens)
        options = self._options
        if self.jobs.under_way:
            options = options + [job.option for job in self.jobs.running()]
        if options:
            now = self.clock.now
            forced = [option for option in options if option.due <= now]
            if forced:
                return forced
        if timeout == 0 or loop.runnable():
            return [*options, _CPU]
        if due < NEVER:
            now = self.clock.now
            return [*options, Option(TIMER, "timer", "timer", "", now, self.turn, max(due, now))]
        return options

    def _choice(self, options: list[Option], loop: Runnable) -> Option | float:
        """An option, or the time to which nothing but time passes."""
        if not options:
            raise Deadlock("nothing can happen any more, a deadlock:", loop.waiting())
        if len(options) == 1 and options[0].kind in ("cpu", "timer"):
            return options[0]
        move = self.strategy.choose(options, self.clock.now, self.turn, self.trace)
        return self._checked(move, options)

    def _checked(self, move: Move, options: list[Option]) -> Option | float:
        if move.until is None:
            if not 0 <= move.index < len(options):
                raise IndexError(
                    f"strategy {self.strategy.name} chose {move.index} of {len(options)} options"
                )
            return options[move.index]
        if options[-1] is _CPU:
            return _CPU
        until = min(move.until, *map(_due, options))
        return until if until > self.clock.now else min(options, key=_due)

    def _make(self, move: Option | float, options: list[Option]) -> bool:
        """Lets it happen; is the loop to run now?"""
        if isinstance(move, float):
            self.clock.now = move
            return False
        match move.kind:
            case "wire":
                self._arrive(self._wires[self._options.index(move)])
            case "job":
                self._end(move)
            case "cpu":
                self.note("turn", CPU)
                return True
            case "timer":
                return self._advance(move, options)
        return False

    def _advance(self, timer: Option, options: list[Option]) -> bool:
        first = min(options, key=_due)
        self.clock.now = max(self.clock.now, first.due)
        if first is not timer and first.due < timer.due:
            return False
        if self.clock.now < self._loop_due:  # only a held piece may come now
            return False
        self.note("timer", TIMER)
        return True

    def _arrive(self, wire: Wire) -> None:
        sent = wire.take()
        if not wire.queue:
            del self._busy[wire]
        self._stale = True
        sent.arrived, sent.arrived_turn = self.clock.now, self.turn
        self.note("arrive", sent.key)
        wire.far.take(wire, sent)
        if wire.sent_on is not None:
            wire.sent_on()
        if self.director is not None:
            self.director.came(sent, self.clock.now)

    def _end(self, option: Option) -> None:
        job = next(job for job in self.jobs.running() if job.option is option)
        self.note("job", option.key)
        now = self.clock.now
        self.clock.sleep = self.clock.advance
        self.jobs.take(job)
        tell = job.run()
        slept, self.clock.now = self.clock.now - now, now
        self.clock.sleep = self.pass_time
        if slept:
            job.later(slept, tell)
        else:
            tell()

    def _refresh(self) -> None:
        self._stale = False
        self._opens = NEVER
        if not self._busy:
            self._wires, self._options = [], []
            return
        wires: Iterable[Wire] = filter(Wire.can_arrive, self._busy)
        if self.director is not None:
            wires = filter(self._is_open, wires)
        self._wires = sorted(wires, key=Wire.order) if len(self._busy) > 1 else list(wires)
        self._options = [wire.option() for wire in self._wires]

    def _is_open(self, wire: Wire) -> bool:
        assert self.director is not None
        opens = self.director.opens(wire.oldest(), self.clock.now)
        if opens > self.clock.now:
            self._opens = min(self._opens, opens)
            return False
        wire.opened = opens
        return True

    def _relented(self) -> bool:
        self._stale = True
        return self.director is not None and self.director.relents(self.clock.now)

    # Limits.

    def _endless(self, loop: Runnable) -> Stuck:
        if self._steps_left < 0:
            self._steps_left = self._limits.grace
            return self._stuck(StepLimit, loop, f"{self._limits.steps} steps were taken")
        self._time_left = self.clock.now + self._limits.seconds
        return self._stuck(TimeLimit, loop, f"{self._limits.seconds:g} virtual seconds passed")

    def _stuck(self, kind: type[Stuck], loop: Runnable, what: str) -> Stuck:
        return kind(f"{what} and the run has not ended:", loop.waiting(), self.under_way())

    def under_way(self) -> list[str]:
        """What has been sent and has not come, in words."""
        pieces = [f"{sent.key} ({sent.piece})" for wire in self._busy for _, sent in wire.queue]
        return pieces + [job.option.key for job in self.jobs.running()]


def _due(option: Option) -> float:
    return option.due
