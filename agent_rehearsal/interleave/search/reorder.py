"""What the sweep tries besides late messages: sets of tasks the other way round, and in tier `task`
each step held back. Only lists; runs nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent_rehearsal.interleave.keys import Schedule
from agent_rehearsal.interleave.strategies.course import Course
from agent_rehearsal.interleave.strategies.dice import HELD_TURNS

BASE = 1 << 16
"""Salts begin here: beyond the numbers of tasks, and nought modulo any small set."""
SPAN = 256
TURNED = (0, 4)
"""Where the two orders begin. Sets are turned around modulo 8, their smallest size; neighbours that
are on both sides of a multiple in the one order are not in the other.
"""


def sets_turned(
    natural: Course, main: Sequence[Schedule], latest: Sequence[Schedule]
) -> Iterator[Schedule]:
    """Schedules with all sets of tasks handed out the other way round: tasks that were made later
    come first. The main schedules in one such order, those with the latest messages in another.
    """
    for begin, schedules in zip(TURNED, (main, latest), strict=True):
        salts = {task: BASE + (begin - task) % SPAN for task in natural.salts}
        yield from (replace(schedule, salts=salts) for schedule in schedules)


def steps_held(natural: Course) -> Iterator[Schedule]:
    """Each step of the natural run held back for one turn, then for more; none in tier `env`."""
    for turns in range(1, HELD_TURNS + 1):
        yield from (Schedule(steps={step: turns}) for step in natural.steps)
