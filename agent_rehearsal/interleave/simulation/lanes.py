"""Tier `task`: steps of different tasks may overtake each other, as they would if one of them had
one more `await` in its way.

A step is only ever held back, for whole turns. So what was scheduled by `call_soon` keeps its
order, and the callbacks of a future still run before the task that it wakes. This module must not
know how it is decided what is held.
"""

from asyncio import Handle
from collections import deque
from dataclasses import dataclass, field

from agent_rehearsal.interleave.choice import StepStrategy
from agent_rehearsal.interleave.keys import Key
from agent_rehearsal.interleave.simulation.tasks import SimTask


@dataclass(slots=True)
class Lanes:
    """The steps that are held back in one loop."""

    strategy: StepStrategy
    _held: list[tuple[int, Key, Handle]] = field(default_factory=list)

    def holding(self) -> bool:
        """Is any step held back?"""
        return bool(self._held)

    def turn(self, ready: deque[Handle], turn: int) -> list[Key]:
        """Before a turn: takes what is to be held out of `ready` and puts back what has been held
        for long enough. Returns the names of the latter.
        """
        for handle in tuple(ready):
            task = getattr(handle._callback, "__self__", None)  # type: ignore[attr-defined]
            if isinstance(task, SimTask):
                self._ask(ready, handle, task, turn)
        due = [each for each in self._held if each[0] <= turn]
        self._held = [each for each in self._held if each[0] > turn]
        ready.extend(handle for _, _, handle in due)
        return [key for _, key, _ in due]

    def _ask(self, ready: deque[Handle], handle: Handle, task: SimTask, turn: int) -> None:
        task.steps += 1
        key = Key(f"task:{task.number}#{task.steps}")
        if turns := self.strategy.step(key, turn):
            ready.remove(handle)
            self._held.append((turn + turns, key, handle))
