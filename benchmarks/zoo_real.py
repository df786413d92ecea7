"""What exploration found in the zoo, looked for on stock asyncio and real sockets.

Some processes at once, since a race that ends in a hang mostly waits; nothing else runs meanwhile,
since a busy machine is late by itself.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from agent_rehearsal.interleave.stock.confirm import Confirmation, confirm, run_on
from agent_rehearsal.interleave.story.soundness import NARROW
from agent_rehearsal.interleave.verdict import Found
from benchmarks.peers.engine import LATE
from benchmarks.peers.programs import PROGRAMS, racy
from benchmarks.report import Finding
from benchmarks.zoo_found import Confirmed, Soundness

WORKERS = 3


@dataclass
class Caught:
    """The distinct findings for one race: by the messages that are late and where it fails."""

    race: str
    findings: dict[object, Found] = field(default_factory=dict)

    def add(self, found: Found | None) -> None:
        """Keep it if it is the first of its kind."""
        if found is not None and found.shrunk.failure is not None:
            late = frozenset(found.schedule.delays)
            kind = (late, bool(found.schedule.salts), found.shrunk.failure.place)
            self.findings.setdefault(kind, found)


@dataclass(frozen=True, kw_only=True)
class Look:
    """A finding, and what the processes say who look for it."""

    race: str
    found: Found
    looking: Sequence[Future[Confirmation]]

    @property
    def confirmation(self) -> Confirmation:
        """All that they say, as one."""
        parts = [each.result() for each in self.looking]
        return Confirmation(
            same=sum(part.same for part in parts),
            tries=sum(part.tries for part in parts),
            passed=sum(part.passed for part in parts),
            hung=sum(part.hung for part in parts),
            others=sum((Counter(part.others) for part in parts), Counter()),
            notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        )

    @property
    def sure(self) -> bool:
        """Is it reported as possible before it is seen: is every window known, and wide?"""
        windows = [self.found.window.get(key) for key in self.found.schedule.delays]
        return all(each and (each[1] is None or each[1] - each[0] >= NARROW) for each in windows)

    def __str__(self) -> str:
        late = ", ".join(self.found.schedule.delays) or "nothing"
        return f"{self.race}, {late} late: {self.confirmation}"


def on_real_sockets(caught: Sequence[Caught], tries: int) -> Iterator[Finding]:
    """Each race's first finding so many times; each other until it is seen, at most as often."""
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        looks = [look for each in caught for look in _looks(pool, each, tries)]
        for look in looks:
            came = look.confirmation
            if len(look.looking) > 1:
                told = str(came)
                yield Confirmed(race=look.race, same=came.same, tries=came.tries, told=told)
    yield _soundness(looks)


def _looks(pool: ProcessPoolExecutor, caught: Caught, tries: int) -> Iterator[Look]:
    race = caught.race
    for number, found in enumerate(caught.findings.values()):
        if number:
            looking = [pool.submit(until_seen, race, found, tries)]
        else:
            looking = [pool.submit(tried, race, found, share) for share in _shares(tries)]
        yield Look(race=race, found=found, looking=looking)


def _shares(tries: int) -> list[int]:
    """So many tries, divided among the workers."""
    return [len(range(first, tries, WORKERS)) for first in range(WORKERS)]


def tried(race: str, found: Found, tries: int) -> Confirmation:
    """What comes of so many tries, in this process."""
    main = PROGRAMS[racy(race)]
    return confirm(lambda stock: run_on(stock, main), found, tries=tries, late=LATE)


def until_seen(race: str, found: Found, tries: int) -> Confirmation:
    """What comes of the last try: the first in which it is seen, if there is one."""
    came = tried(race, found, 1)
    while not came.same and (tries := tries - 1) > 0:
        came = tried(race, found, 1)
    return came


def _soundness(looks: Sequence[Look]) -> Soundness:
    sure = [look for look in looks if look.sure]
    unseen = [look for look in sure if not look.confirmation.same]
    return Soundness(
        reported=len(sure),
        seen=len(sure) - len(unseen),
        doubted=len(looks) - len(sure),
        unseen=[str(look) for look in unseen],
    )
