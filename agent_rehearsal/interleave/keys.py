"""The names of what happens in a run, and schedules as values.

A name says which thing it is, never when it came: so it is the same thing in another run, on
another Python version and on real sockets. This module must not know how a run is made.

Names, in the order of the program's own calls:

- `c1>s#3`: what the client of the first connection handed to its socket, the third piece since its
  SYN, which is `c1>s#0`; `c1<s#3`: the same from the server, whose SYN-ACK is `c1<s#0`;
- `job:4`: the fourth job given to an executor;
- `task:7`: the seventh task, of which sets may hand out in any order;
- `cpu`: the loop runs one turn; `timer`: time passes until the loop's next timer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NewType

Key = NewType("Key", str)
"""The name of something that happens."""

Tier = Literal["env", "task"]
"""What may vary: what a network and a busy machine may (`env`), or the order of steps of different
tasks within one turn as well (`task`), which stock asyncio promises.
"""

CPU = Key("cpu")
TIMER = Key("timer")


@dataclass(frozen=True, slots=True)
class Delay:
    """How late something comes: `dt` seconds and `turns` turns of the loop after it was sent, and
    not before `after` has come.
    """

    dt: float = 0.0
    turns: int = 0
    after: Key | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """What differs from the natural run; an empty one is the natural run.

    `delays` hold back messages and executor jobs, `salts` change a task's place in sets (task
    number -> salt), `steps` hold back a task's step by so many turns (tier `task` only), `stalls`
    keep the machine busy elsewhere (turn -> seconds before it).
    """

    delays: Mapping[Key, Delay] = field(default_factory=dict)
    salts: Mapping[int, int] = field(default_factory=dict)
    steps: Mapping[Key, int] = field(default_factory=dict)
    stalls: Mapping[int, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.delays or self.salts or self.steps or self.stalls)

    @property
    def tier(self) -> Tier:
        """The tier that a run of this needs."""
        return "task" if self.steps else "env"
