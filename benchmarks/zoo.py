"""The zoo of `suites/races` under exploration: how many schedules until a race is found, how little
it takes to bring it about, whether it comes about again, also on real sockets, and whether what
cannot fail ever does. The peers hunt the same races.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.search.replay import noted
from agent_rehearsal.interleave.search.token import encode
from agent_rehearsal.interleave.simulation.collector import collector_off
from agent_rehearsal.interleave.stock.confirm import TRIES
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.verdict import Budget, Found, Verdict
from benchmarks.child import Unmeasured
from benchmarks.peers.crew import PEERS, PEERS_PYTHON, Contestant, contestant, peers_missing
from benchmarks.peers.engine import LATE
from benchmarks.peers.ours import ended, explored
from benchmarks.peers.programs import PROGRAMS, mended, racy
from benchmarks.peers.unfailing import UNFAILING
from benchmarks.report import Finding, Remark
from benchmarks.zoo_found import DRAWN, Alarms, Hunt, Peace
from benchmarks.zoo_peers import Answers, Share, answers, peers
from benchmarks.zoo_real import Caught, on_real_sockets
from suites.races.zoo.catalogue import ZOO

REPLAYS = 100
"""For each race, over all its seeds."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is done."""

    seeds: int
    tries: int
    """On real sockets, of each race."""
    mended: int
    """Schedules of mended programs, the sweeps beside."""
    unfailing: int
    """Of each program that cannot fail."""
    peers: Share


FULL = Scale(
    seeds=20,
    tries=TRIES,
    mended=24_000,
    unfailing=1000,
    peers=Share(seeds=20, unfailing=200, mended=100, shrink=True),
)
QUICK = Scale(
    seeds=5,
    tries=4,
    mended=600,
    unfailing=50,
    peers=Share(seeds=2, unfailing=25, mended=2, shrink=False),
)


def run(*, quick: bool) -> Iterator[Finding]:
    """The races, on real sockets too; then what must not fail, while the peers do their part."""
    scale = QUICK if quick else FULL
    with collector_off():
        yield from _races(scale)
        with peers(scale.peers) as players:
            yield Remark("mended: the sweep and the portfolio (goal: no false alarm)")
            for race in ZOO:
                yield replace(_peace(mended(race), scale.mended // len(ZOO)), race=race)
            yield from _beside(players, scale)


def _races(scale: Scale) -> Iterator[Finding]:
    caught = [Caught(race) for race in ZOO]
    yield Remark(
        f"schedules to the first failure, {scale.seeds} seeds (goal: by the sweep or within {DRAWN}"
        " of every seed, few late messages, all replays identical)"
    )
    with _other_python() as other:
        for each in caught:
            yield _hunt(each, scale.seeds, other)
    yield Remark(f"the first of these on stock asyncio and real sockets, {scale.tries} tries")
    yield from on_real_sockets(caught, scale.tries)


@contextmanager
def _other_python() -> Iterator[Contestant | None]:
    """Ours on the Python of the peers, if there is one."""
    if peers_missing():
        yield None
    else:
        with contestant("ours", PEERS_PYTHON) as player:
            yield player


def _hunt(caught: Caught, seeds: int, other: Contestant | None) -> Hunt:
    program = explored(PROGRAMS[racy(caught.race)])
    swept = explore(program, Budget(schedules=0, late=LATE)).found
    budgets = (Budget(schedules=DRAWN, sweep=False, seed=seed, late=LATE) for seed in range(seeds))
    drawn: list[Found | None] = [explore(program, budget).found for budget in budgets]
    for each in (swept, *drawn):
        caught.add(each)
    found = [each for each in drawn if each is not None]
    replays = max(1, REPLAYS // seeds)
    same = [_same(program(Delays(each.schedule)), each) for each in found for _ in range(replays)]
    return Hunt(
        race=caught.race,
        swept=_tried(swept),
        tried=[_tried(each) for each in drawn],
        late=max((len(each.schedule.delays) for each in caught.findings.values()), default=0),
        same=sum(same),
        replayed=len(same),
        elsewhere=None if other is None else _elsewhere(caught.race, found, other),
    )


def _elsewhere(race: str, found: Sequence[Found], other: Contestant) -> int:
    """How many of them come about again there, from their tokens."""
    runs = [noted(each.shrunk.trace, each.schedule, test=race, late=LATE) for each in found]
    answer = other.ask("replay", program=racy(race), tokens=[encode(run) for run in runs])
    there = zip(answer["ended"], found, strict=True)
    return sum(end == ended(each.shrunk) for end, each in there)


def _tried(found: Found | None) -> int | None:
    return None if found is None else found.tried


def _same(again: Attempt, found: Found) -> bool:
    shrunk = found.shrunk
    return again.failure == shrunk.failure and again.trace.digest() == shrunk.trace.digest()


def _peace(program: str, schedules: int) -> Peace:
    budget = Budget(schedules=schedules, unchanged=schedules, late=LATE)
    verdict = explore(explored(PROGRAMS[program]), budget)
    return Peace(race=program, runs=verdict.swept + verdict.drawn, alarm=_alarm(verdict))


def _alarm(verdict: Verdict) -> str | None:
    if verdict.unsteady is not None:
        return verdict.unsteady.at
    failure = verdict.natural.failure or (verdict.found and verdict.found.first.failure)
    return f"{failure.kind} at {failure.place}" if failure else None


def _beside(players: Sequence[Contestant], scale: Scale) -> Iterator[Finding]:
    """What stock asyncio cannot fail, for all; then each peer's hunts."""
    found: list[Answers] = []
    for player in players:
        try:
            found.append(answers(player))
        except Unmeasured as error:
            yield Remark(f"not run: {error}")
    if not players:
        yield Remark(f"{', '.join(PEERS)}: not run: {peers_missing()}")
    yield from _unfailing(found, scale.unfailing)
    for each in found:
        yield from each.told()


def _unfailing(found: Sequence[Answers], schedules: int) -> Iterator[Finding]:
    yield Remark("programs that stock asyncio cannot fail: runs reported as failures (goal: none)")
    for program in UNFAILING:
        counts = {"stock": _stock(program, schedules), "ours": _ours(program, schedules)}
        for each in found:
            answer = each.unfailing[program]
            counts[each.version] = answer["failed"], answer["schedules"]
        yield Alarms(program=program, counts=counts)


def _stock(program: str, runs: int) -> tuple[int, int]:
    failed = 0
    for _ in range(runs):
        try:
            asyncio.run(PROGRAMS[program]())
        except AssertionError:
            failed += 1
    return failed, runs


def _ours(program: str, schedules: int) -> tuple[int, int]:
    peace = _peace(program, schedules)
    return int(peace.alarm is not None), peace.runs
