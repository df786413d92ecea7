"""How many schedules a second exploration runs, beside the same program on real sockets and under
the peers.

Each contestant is a process, and everyone on one Python is measured in the same rounds: on that of
this environment ours and real sockets, on the peers' those and the peers.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks.child import Unmeasured
from benchmarks.peers.crew import (
    OURS_PYTHON,
    PEERS,
    PEERS_PYTHON,
    Contestant,
    contestant,
    peers_missing,
)
from benchmarks.peers.small import SMALL
from benchmarks.report import Finding, Remark, row
from benchmarks.timing import Contestant as Round
from benchmarks.timing import Samples, interleaved

REAL, OURS = "real", "ours"
AGAINST_PEERS = 5.0
"""The least that our schedules a second are to be of a peer's."""
TURN = "a whole agent turn"
AGAINST_REAL = {TURN: 1.0}
"""The same, of real sockets."""
FEW = {"a WebSocket test with 2 x 50 ms of waiting": 10}
"""Schedules in a round, where real sockets take long."""
MANY = 50
"""In all others."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """What a schedule of one program took each contestant on one Python, in seconds.

    `samples` has them by what each is called; `ours` and `real` are two of these.
    """

    program: str
    python: str
    samples: Mapping[str, Samples]
    ours: str
    real: str

    def lines(self) -> Iterator[str]:
        """A line a contestant, and one for what ours comes to of each other's rate."""
        yield f"{self.program}, Python {self.python}"
        for name, taken in self.samples.items():
            yield row(name, _rate(1 / taken.best), _rate(1 / taken.median), "")
        for name in self.samples:
            if name != self.ours:
                yield self._ratio(name)

    def _ratio(self, name: str) -> str:
        mine, theirs = self.samples[self.ours], self.samples[name]
        ratios = theirs.over(mine)
        goal = AGAINST_REAL.get(self.program) if name == self.real else AGAINST_PEERS
        best, middle = f"{theirs.best / mine.best:.2f}", f"{ratios.median:.2f}"
        return row(f"ratio to {name}", best, middle, _judged(ratios, goal))


def run(*, quick: bool) -> Iterator[Finding]:
    """Each program on this Python, then on that of the peers."""
    rounds = 3 if quick else 11
    yield from _on(OURS_PYTHON, (), rounds)
    missing = peers_missing()
    if missing:
        yield Remark(f"{', '.join(PEERS)}: not run: {missing}")
    else:
        yield from _on(PEERS_PYTHON, PEERS, rounds)


def _on(python: Path, peers: tuple[str, ...], rounds: int) -> Iterator[Finding]:
    with ExitStack() as stack:
        playing = [stack.enter_context(contestant(name, python)) for name in (OURS, REAL)]
        for name in peers:
            player = stack.enter_context(contestant(name, python))
            try:
                player.ask("pace", program=next(iter(SMALL)), first=0, schedules=1)
            except Unmeasured as error:
                yield Remark(f"not run: {error}")
            else:
                playing.append(player)
        for program in SMALL:
            yield _pace(program, playing, rounds)


def _pace(program: str, playing: Sequence[Contestant], rounds: int) -> Pace:
    known = [player.ask("version") for player in playing]
    names: list[str] = [each["version"] for each in known]
    rounds_of = {name: _round(player, program) for name, player in zip(names, playing, strict=True)}
    return Pace(
        program=program,
        python=known[0]["python"],
        samples=interleaved(rounds_of, rounds),
        ours=names[0],
        real=names[1],
    )


def _round(player: Contestant, program: str) -> Round:
    """Goes on where the last round ended: no schedule is run twice."""
    many, rounds = FEW.get(program, MANY), count()

    def once() -> float:
        first = next(rounds) * many
        answer = player.ask("pace", program=program, first=first, schedules=many)
        seconds: float = answer["seconds"]
        return seconds

    return once


def _rate(schedules: float) -> str:
    return f"{schedules:.0f}/s"


def _judged(ratios: Samples, goal: float | None) -> str:
    """The middle half of the rounds and, where there is a goal, on which side of it they lie."""
    low, high = ratios.quartiles
    spread = f"quartiles {low:.2f} to {high:.2f}"
    if goal is None:
        return spread
    said = "met" if low >= goal else "MISSED" if high < goal else "too noisy to tell"
    return f"{spread}; goal at least {goal:.2f}: {said}"
