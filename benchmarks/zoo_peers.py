"""The peers on the zoo: asked everything at once and told at the end, with others at work
meanwhile, to whom they leave the processors: nothing is timed.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.peers.crew import (
    PEERS,
    PEERS_PYTHON,
    Contestant,
    contestant,
    peers_missing,
)
from benchmarks.peers.engine import LATE
from benchmarks.peers.programs import mended, racy
from benchmarks.peers.unfailing import UNFAILING
from benchmarks.report import Finding, Remark
from benchmarks.zoo_found import DRAWN, Alarms, PeerHunt
from suites.races.zoo.catalogue import ZOO

APART = 1000
"""Between the seeds at which hunts begin."""
REPLAYS = 5
"""Of what each race's hunt caught first."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """How much the peers are given to do: hunts for each race, schedules of each program."""

    seeds: int
    unfailing: int
    mended: int
    shrink: bool


@contextmanager
def peers(share: Share) -> Iterator[list[Contestant]]:
    """Those that are there, with all questions asked; none where they are not installed."""
    with ExitStack() as stack:
        names = () if peers_missing() else PEERS
        playing = [
            stack.enter_context(contestant(name, PEERS_PYTHON, "--gently")) for name in names
        ]
        for player in playing:
            _ask(player, share)
        yield playing


def _ask(player: Contestant, share: Share) -> None:
    player.send("version")
    for program in UNFAILING:
        player.send("alarms", program=program, schedules=share.unfailing)
    starts = [seed * APART for seed in range(share.seeds)]
    rules = {"starts": starts, "most": DRAWN, "replays": REPLAYS, "shrink": share.shrink}
    for race in ZOO:
        player.send("hunt", program=racy(race), **rules)
    for race in ZOO:
        player.send("alarms", program=mended(race), schedules=share.mended)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a peer found, by program or race."""

    version: str
    unfailing: Mapping[str, Mapping[str, Any]]
    hunts: Mapping[str, Mapping[str, Any]]
    mended: Mapping[str, Mapping[str, Any]]

    def told(self) -> Iterator[Finding]:
        """The hunts, and the mended programs together."""
        yield Remark(f"{self.version} on the same races, messages up to {LATE:g} s late")
        for race, answer in self.hunts.items():
            yield PeerHunt(race=race, answer=answer)
        failed, runs = (
            sum(answer[what] for answer in self.mended.values()) for what in ("failed", "schedules")
        )
        yield Alarms(program="all mended", counts={self.version: (failed, runs)})


def answers(player: Contestant) -> Answers:
    """All that a peer was asked, in the order of the questions; waits for it.

    Raises Unmeasured for one that cannot answer.
    """
    return Answers(
        version=player.answer()["version"],
        unfailing={program: player.answer() for program in UNFAILING},
        hunts={race: player.answer() for race in ZOO},
        mended={race: player.answer() for race in ZOO},
    )
