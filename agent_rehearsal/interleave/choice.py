"""A choice point: what may happen next, and who decides.

The simulated kernel asks a strategy each time that more than nothing could happen. A strategy holds
the only freedom of a run; it must not know sockets, tasks or the event loop.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeGuard, runtime_checkable

import msgspec

from agent_rehearsal.interleave.keys import Key
from agent_rehearsal.interleave.trace import Trace

Kind = Literal["wire", "job", "cpu", "timer"]


class Option(msgspec.Struct, frozen=True, gc=False):
    """Something that may happen next.

    `wire`: the oldest piece under way in one direction of a connection arrives. `job`: an executor
    job ends. `cpu`: the loop runs a turn with what is ready; offered when anything is. `timer`:
    time passes until the loop's next timer at `due`; offered when the loop has nothing to run.
    """

    key: Key
    kind: Kind
    lane: str
    """Options of one lane never overtake each other: `c1>s`, `c1<s`, `job:4`, `cpu`, `timer`."""
    host: str
    """Where it is felt: the address that a piece arrives at; "" for the others."""
    since: float
    """When it was sent or given out, virtual seconds."""
    since_turn: int
    due: float
    """The latest time at which it may happen; time does not pass beyond it."""


class Move(msgspec.Struct, frozen=True, gc=False):
    """What is to happen: the option of this index, or, with `until`, only time passes to there.

    Time never passes the `due` of any option; a move that asks for more gets as much as that.
    """

    index: int = -1
    until: float | None = None


class Strategy(Protocol):
    """Decides every choice of one run; made anew for each run."""

    @property
    def name(self) -> str:
        """What it is called in reports: `latency`, `pos`, `pct:2`, `natural`, `replay`."""
        ...

    def choose(self, options: Sequence[Option], now: float, turn: int, trace: Trace) -> Move:
        """What happens next; `options` is never empty and its order is that of the natural run."""
        ...

    def salt(self, task: int) -> int:
        """The place of the task of this number in sets: sets hand out the lower ones first, and the
        number itself is its natural place.
        """
        ...

    def stall(self, turn: int) -> float:
        """Seconds for which the machine is busy elsewhere before this turn; usually 0."""
        ...


@runtime_checkable
class StepStrategy(Strategy, Protocol):
    """A strategy of tier `task`: it may also hold back single steps of tasks."""

    def step(self, key: Key, turn: int) -> int:
        """For how many turns the step that is to run in this turn is held back, usually 0.

        `task:7#3` is the third step of the seventh task; it is asked for once.
        """
        ...


def holds_steps(strategy: Strategy) -> TypeGuard[StepStrategy]:
    """Is it of tier `task`? As `isinstance`, at a fraction of its cost."""
    return hasattr(strategy, "step")
