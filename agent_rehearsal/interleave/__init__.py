"""Exploration of schedules: the stock event loop on a simulated kernel, every order that a network
could have produced, and the few late messages that matter.

`run` runs a coroutine function once, `explore` looks for a schedule that breaks a program, `tell`
words what was found. Knows neither pytest nor the protocols of the mocks; `agent_rehearsal.face`
is what a test meets.
"""

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
