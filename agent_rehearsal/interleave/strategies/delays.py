"""Schedules and runs, both ways: the strategy that follows a schedule, and the schedule that
repeats a run.

A message of the schedule is held back

- until `dt` seconds of virtual time have passed since it was sent or the job was given out;
- then until the loop has run `turns` turns since, for as long as the loop has anything to run: an
  idle loop runs none, so there this holds nothing;
- and until `after` has come;

and in no case beyond its `due`, the time at which the network must have delivered it. Everything
else is natural: what may come comes at once, in the order of sending. A message that is behind a
held one in its lane waits for it.
"""

from collections.abc import Iterator, Sequence
from math import inf
from typing import Literal

from agent_rehearsal.interleave.choice import Move, Option
from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.strategies.course import MESSAGES, Choice, Course
from agent_rehearsal.interleave.strategies.timed import TICK, by_time
from agent_rehearsal.interleave.trace import Trace

Ties = Literal["time", "turns", "order"]
"""How finely a schedule tells moments apart: by time, by the turn of the loop as well, and by what
else came in that turn.
"""


class Delays:
    """Follows a schedule; `met` are the keys of it that came up in the run so far.

    One with steps has a `step` of its own, and so is a `StepStrategy`.
    """

    def __init__(self, schedule: Schedule, name: str = "replay") -> None:
        self.met: set[Key] = set()
        self._name = name
        self._schedule = schedule
        self._came: set[Key] = set()
        if schedule.steps:
            self.step = self._step

    @property
    def name(self) -> str:
        """`replay`, or what it was called by who made it."""
        return self._name

    def choose(self, options: Sequence[Option], now: float, turn: int, trace: Trace) -> Move:
        """The first message that nothing holds; else a turn; else time passes."""
        busy = any(option.kind == "cpu" for option in options)
        held = [self._release(option, now, turn, trace, busy=busy) for option in options]
        move = by_time(options, now, held)
        if move.until is None:
            self._came.add(options[move.index].key)
        return move

    def salt(self, task: int) -> int:
        """That of the schedule, else the natural one."""
        return self._schedule.salts.get(task, task)

    def stall(self, turn: int) -> float:
        """That of the schedule, else none."""
        return self._schedule.stalls.get(turn, 0.0)

    def _step(self, key: Key, turn: int) -> int:
        return self._schedule.steps.get(key, 0)

    def _has_come(self, key: Key, trace: Trace) -> bool:
        """Has it, chosen here or in a stall, in which nobody is asked?"""
        return key in self._came or (key in trace.sent and trace.sent[key].arrived is not None)

    def _release(self, option: Option, now: float, turn: int, trace: Trace, *, busy: bool) -> float:
        """When the option may come, as far as is known now."""
        if option.kind not in MESSAGES:
            return inf
        delay = self._schedule.delays.get(option.key)
        if delay is None:
            return -inf
        self.met.add(option.key)
        if option.due <= now + TICK:
            return -inf
        if delay.after is not None and not self._has_come(delay.after, trace):
            return option.due
        if option.since + delay.dt > now + TICK:
            return min(option.since + delay.dt, option.due)
        return option.due if busy and turn - option.since_turn < delay.turns else -inf


def held_until(option: Option, choice: Choice, after: Key | None = None) -> Delay:
    """The delay with which a message comes at this choice, after what came in the same turn."""
    return Delay(choice.now - option.since, choice.turn - option.since_turn, after)


def schedule_of(course: Course, ties: Ties = "order") -> Schedule:
    """The schedule that repeats a run: a delay for each message that was passed over in it, and
    all salts and stalls that are not the natural ones.

    It takes the course, as salts and choices are in no trace. With the finest ties the run is
    repeated exactly, with coarser ones mostly; those shrink better.
    """
    exact = dict(_held(course))
    if ties == "time":
        exact = {key: Delay(delay.dt) for key, delay in exact.items()}
    elif ties == "turns":
        exact = {key: Delay(delay.dt, delay.turns) for key, delay in exact.items()}
    salts = {task: salt for task, salt in course.salts.items() if salt != task}
    steps = {step: turns for step, turns in course.steps.items() if turns}
    return Schedule(delays=exact, salts=salts, steps=steps, stalls=dict(course.stalls))


def _held(course: Course) -> Iterator[tuple[Key, Delay]]:
    late = {option.key: option for choice in course.choices for option in choice.passed_over}
    for choice, last in course.moments():
        came = choice.message
        if came is not None and late.pop(came.key, None) is not None:
            yield came.key, held_until(came, choice, last)
    for key, option in late.items():
        yield key, Delay(option.due - option.since)
