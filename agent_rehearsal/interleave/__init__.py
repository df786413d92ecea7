"""Exploration of schedules: the stock event loop on a simulated kernel, every order that a network
could have produced, and the few late messages that matter.

`run` runs a coroutine function once, `explore` looks for a schedule that breaks a program, `tell`
words what was found. Knows neither pytest nor the protocols of the mocks; `agent_rehearsal.face`
is what a test meets.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent_rehearsal.interleave.attempt import Attempt, Failure, Program
    from agent_rehearsal.interleave.choice import Strategy
    from agent_rehearsal.interleave.errors import Deadlock, LeavesSimulation, StepLimit, TimeLimit
    from agent_rehearsal.interleave.keys import Delay, Key, Schedule
    from agent_rehearsal.interleave.search.explore import explore
    from agent_rehearsal.interleave.simulation.run import run
    from agent_rehearsal.interleave.simulation.simulation import Simulation
    from agent_rehearsal.interleave.story.diagram import diagram
    from agent_rehearsal.interleave.story.report import summary, tell
    from agent_rehearsal.interleave.story.svg import svg
    from agent_rehearsal.interleave.strategies.delays import Delays
    from agent_rehearsal.interleave.strategies.strategies import Natural
    from agent_rehearsal.interleave.trace import Trace
    from agent_rehearsal.interleave.verdict import Budget, Found, Verdict

__all__ = [
    "Attempt",
    "Budget",
    "Deadlock",
    "Delay",
    "Delays",
    "Failure",
    "Found",
    "Key",
    "LeavesSimulation",
    "Natural",
    "Program",
    "Schedule",
    "Simulation",
    "StepLimit",
    "Strategy",
    "TimeLimit",
    "Trace",
    "Verdict",
    "diagram",
    "explore",
    "run",
    "summary",
    "svg",
    "tell",
]

_HOMES = {
    "Attempt": "agent_rehearsal.interleave.attempt",
    "Budget": "agent_rehearsal.interleave.verdict",
    "Deadlock": "agent_rehearsal.interleave.errors",
    "Delay": "agent_rehearsal.interleave.keys",
    "Delays": "agent_rehearsal.interleave.strategies.delays",
    "Failure": "agent_rehearsal.interleave.attempt",
    "Found": "agent_rehearsal.interleave.verdict",
    "Key": "agent_rehearsal.interleave.keys",
    "LeavesSimulation": "agent_rehearsal.interleave.errors",
    "Natural": "agent_rehearsal.interleave.strategies.strategies",
    "Program": "agent_rehearsal.interleave.attempt",
    "Schedule": "agent_rehearsal.interleave.keys",
    "Simulation": "agent_rehearsal.interleave.simulation.simulation",
    "StepLimit": "agent_rehearsal.interleave.errors",
    "Strategy": "agent_rehearsal.interleave.choice",
    "TimeLimit": "agent_rehearsal.interleave.errors",
    "Trace": "agent_rehearsal.interleave.trace",
    "Verdict": "agent_rehearsal.interleave.verdict",
    "diagram": "agent_rehearsal.interleave.story.diagram",
    "explore": "agent_rehearsal.interleave.search.explore",
    "run": "agent_rehearsal.interleave.simulation.run",
    "summary": "agent_rehearsal.interleave.story.report",
    "svg": "agent_rehearsal.interleave.story.svg",
    "tell": "agent_rehearsal.interleave.story.report",
}
"""Name -> the module that has it, imported when the name is asked for: whoever
needs a schedule need not load the kernel.
"""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'agent_rehearsal.interleave' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
