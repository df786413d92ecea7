"""What a failed wait or assertion prints: the clauses that were missed, and the end of the journal.

Nothing is said twice: an entry that a report has shown is only counted when it comes up again.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from agent_rehearsal.journal.entry import Entry
from agent_rehearsal.journal.predicates import Clause, Predicate, PredicateError
from agent_rehearsal.journal.secrets import Secrets
from agent_rehearsal.journal.summary import brief, line

MISSES = 3
"""Near misses that a report shows."""
TAIL = 15
"""Last entries that a report shows."""
_LOOKED_AT = 2000
"""Newest entries that are searched for near misses."""
_DETAIL = 160
"""Characters that a report shows of why a clause failed."""
_QUESTION = 400
"""Characters that a report shows of a predicate."""


class WaitTimeout(AssertionError):
    """A wait reached its deadline. The text has the nearest misses and the tail of the journal."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a report is about. `secrets` learns from the entries when it is made."""

    entries: Sequence[Entry]
    secrets: Secrets
    start: float | None = None
    """Loop time of the journal's first entry; None shows no times."""
    dropped: int = 0
    """How many entries the cap has dropped."""

    def __post_init__(self) -> None:
        for entry in self.entries:
            self.secrets.learn(entry)

    def line(self, entry: Entry) -> str:
        """`entry` in one line."""
        return line(entry, self.secrets, start=self.start)

    def name(self, predicate: Predicate) -> str:
        """`predicate` as it may be shown."""
        return brief(repr(predicate), self.secrets, _QUESTION)


def waited(
    scene: Scene,
    wanted: Predicate,
    *,
    found: Sequence[Entry],
    count: int,
    timeout: float,
    after: int,
) -> str:
    """A wait for `count` entries got `found`: the nearest misses later than `after`, the tail."""
    since = f" after #{after}" if after else ""
    got = "no entry" if count == 1 else f"{len(found)} of {count} entries"
    numbers = f" ({', '.join(f'#{entry.seq}' for entry in found)})" if found else ""
    rows = [f"waited {timeout:g} s for {scene.name(wanted)}{since}: {got}{numbers}"]
    near = _nearest(wanted, [entry for entry in scene.entries if entry.seq > after])
    if near:
        rows += ["nearest misses:", *(_miss(scene, entry, failed) for entry, failed in near)]
    elif scene.entries:
        rows.append("no entry came near")
    return "\n".join([*rows, tail(scene, shown={entry.seq for entry, _ in near})])


def came(scene: Scene, unwanted: Predicate, end: Predicate, entry: Entry) -> str:
    """An entry came that was to stay away."""
    return (
        f"{scene.name(unwanted)} was to stay away until {scene.name(end)}, but came:\n"
        f"  {scene.line(entry)}\n{tail(scene, shown={entry.seq})}"
    )


def tail(scene: Scene, *, shown: Collection[int] = ()) -> str:
    """The last entries, and how many are not shown or were dropped by the cap."""
    entries = scene.entries
    if not entries:
        return "the journal is empty: nothing reached the servers and no event was recorded"
    head = f"the last {TAIL} of {len(entries)} entries:" if len(entries) > TAIL else "the journal:"
    notes = [f"  (the journal's cap dropped {scene.dropped} before)"] if scene.dropped else []
    rows = [
        f"  #{e.seq:<4} (above)" if e.seq in shown else f"  {scene.line(e)}"
        for e in entries[-TAIL:]
    ]
    return "\n".join([head, *notes, *rows])


def asking(predicate: Predicate, secrets: Secrets) -> Callable[[Entry], bool]:
    """`predicate`, whose exceptions become PredicateErrors that name it and the entry."""

    def ask(entry: Entry) -> bool:
        try:
            return bool(predicate(entry))
        except Exception as error:
            scene = Scene([entry], secrets)
            why = brief(repr(error), secrets, _DETAIL)
            raise PredicateError(
                f"{scene.name(predicate)} raised {why} on\n  {scene.line(entry)}\n"
                "a predicate is asked about every entry: use entry.get('a.b') or carries('a.b'), "
                "which do not raise where a path is missing"
            ) from error

    return ask


def _nearest(
    predicate: Predicate, entries: Sequence[Entry]
) -> list[tuple[Entry, Sequence[Clause]]]:
    """The entries that came nearest, with the clauses that failed; of equals the earlier."""
    explained = [(entry, predicate.explain(entry)) for entry in entries[-_LOOKED_AT:]]
    missed = [(e, clauses) for e, clauses in explained if not all(c.met for c in clauses)]
    near = [row for row in missed if _rank(row[1]) > 0]
    near.sort(key=lambda row: -_rank(row[1]))
    return [(entry, [c for c in clauses if not c.met]) for entry, clauses in near[:MISSES]]


def _rank(clauses: Iterable[Clause]) -> float:
    return sum(clause.closeness for clause in clauses)


def _miss(scene: Scene, entry: Entry, failed: Iterable[Clause]) -> str:
    secrets = scene.secrets
    whys = [
        f"      {brief(c.text, secrets, _QUESTION)}: {brief(c.detail, secrets, _DETAIL)}"
        for c in failed
    ]
    return "\n".join([f"  {scene.line(entry)}", *whys])
