"""Assertions on the order of entries that ask for no more order than was promised.

Each entry answers for one predicate at most: two equal predicates ask for two entries.
"""

from collections.abc import Callable, Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

from agent_rehearsal.journal.entry import Entry
from agent_rehearsal.journal.predicates import Predicate, as_predicate
from agent_rehearsal.journal.report import Scene, asking
from agent_rehearsal.journal.secrets import Secrets

Test = Callable[[Entry], bool]
Options = Sequence[Sequence[int]]
"""For each predicate the positions of the entries that it means, in order."""
Edges = Sequence[tuple[int, int]]
"""Pairs of predicates, by number: the entry of the first comes before that of the second."""


def before(entries: Iterable[Entry], first: Test, second: Test) -> tuple[Entry, Entry]:
    """The first entry of each predicate, where `first`'s is the earlier one.

    Raises AssertionError if it is not, or one is missing.
    """
    scene, asked = _scene(entries), [as_predicate(first), as_predicate(second)]
    options = _options(scene, asked)
    one, two = (scene.entries[found[0]] if found else None for found in options)
    if one is not None and two is not None and one.seq < two.seq:
        return one, two
    rows = [
        f"  {scene.name(test)}: {scene.line(entry) if entry else 'no entry'}"
        for test, entry in zip(asked, (one, two), strict=True)
    ]
    expected = f"expected {scene.name(asked[0])} before {scene.name(asked[1])}:"
    raise AssertionError("\n".join([expected, *rows]))


def assert_unordered(
    entries: Iterable[Entry], predicates: Sequence[Test], *, extra: bool = False
) -> None:
    """Each predicate means an entry of its own, in any order; none is left over unless `extra`.

    Raises AssertionError with a largest possible pairing and what stays unpaired.
    """
    scene, asked = _scene(entries), [as_predicate(p) for p in predicates]
    taken = _pair_up(_options(scene, asked))
    met = set(taken.values())
    unmet = [p for k, p in enumerate(asked) if k not in met]
    spare = [] if extra else [e for i, e in enumerate(scene.entries) if i not in taken]
    if unmet or spare:
        raise AssertionError(_unordered_text(scene, asked, taken, unmet, spare))


def assert_partial_order(entries: Iterable[Entry], pairs: Sequence[tuple[Test, Test]]) -> None:
    """Entries can be chosen, one for each predicate, so that in every pair the first is earlier.

    Equal predicates are one and the same; different ones get different entries. Raises
    AssertionError that names the predicates nothing meets, or else the pairs that cannot hold.
    """
    tests = [(as_predicate(a), as_predicate(b)) for a, b in pairs]
    asked = list(dict.fromkeys(test for pair in tests for test in pair))
    edges = [(asked.index(a), asked.index(b)) for a, b in tests]
    scene = _scene(entries)
    order = _topological(scene, asked, edges)
    options = _options(scene, asked)
    if not _choosable(options, edges, order):
        raise AssertionError(_partial_text(scene, asked, options, edges))


def _scene(entries: Iterable[Entry]) -> Scene:
    return Scene(list(entries), Secrets())


def _options(scene: Scene, asked: Sequence[Predicate]) -> list[list[int]]:
    asks = {predicate: asking(predicate, scene.secrets) for predicate in asked}
    found = {p: [i for i, e in enumerate(scene.entries) if ask(e)] for p, ask in asks.items()}
    return [found[predicate] for predicate in asked]


def _pair_up(options: Options) -> dict[int, int]:
    """A maximum matching, entry -> predicate, by augmenting paths (Kuhn)."""
    taken: dict[int, int] = {}

    def place(k: int, tried: set[int]) -> bool:
        free = next((i for i in options[k] if i not in taken), None)
        if free is not None:
            taken[free] = k
            return True
        for i in options[k]:
            if i not in tried:
                tried.add(i)
                if place(taken[i], tried):
                    taken[i] = k
                    return True
        return False

    for k in range(len(options)):
        place(k, set())
    return taken


def _topological(scene: Scene, asked: Sequence[Predicate], edges: Edges) -> list[int]:
    """The predicates, each after those that it must follow."""
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(range(len(asked)), ()))
    for one, two in edges:
        sorter.add(two, one)
    try:
        return list(sorter.static_order())
    except CycleError as error:
        circle = " before ".join(scene.name(asked[k]) for k in error.args[1])
        raise AssertionError(f"the pairs contradict each other: {circle}") from None


def _choosable(options: Options, edges: Edges, order: Sequence[int]) -> bool:
    """Whether each predicate can be given an entry of its own that keeps to `edges`."""
    narrowed = _narrowed(options, edges, order)
    if len(_pair_up(narrowed)) < len(narrowed):
        return False
    undecided = [k for k, found in enumerate(narrowed) if len(found) > 1]
    if not undecided:
        return True
    k = min(undecided, key=lambda key: len(narrowed[key]))
    tries = ([*narrowed[:k], [i], *narrowed[k + 1 :]] for i in narrowed[k])
    return any(_choosable(chosen, edges, order) for chosen in tries)


def _narrowed(options: Options, edges: Edges, order: Sequence[int]) -> list[Sequence[int]]:
    """`options` without those that are too early or too late for a neighbour's every option."""
    left = list(options)
    for k in order:
        lows = [min(left[a], default=-1) for a, b in edges if b == k]
        left[k] = [i for i in left[k] if all(i > low for low in lows)]
    for k in reversed(order):
        highs = [max(left[b], default=-1) for a, b in edges if a == k]
        left[k] = [i for i in left[k] if all(i < high for high in highs)]
    return left


def _unordered_text(
    scene: Scene,
    asked: Sequence[Predicate],
    taken: dict[int, int],
    unmet: Sequence[Predicate],
    spare: Sequence[Entry],
) -> str:
    left = f", {len(spare)} of {len(scene.entries)} entries left over" if spare else ""
    rows = [f"{len(unmet)} of {len(asked)} predicates unmet{left}"]
    rows += [
        f"  met    {scene.name(asked[k])}: {scene.line(scene.entries[i])}"
        for i, k in sorted(taken.items())
    ]
    rows += [f"  unmet  {scene.name(p)}" for p in unmet]
    rows += [f"  extra  {scene.line(e)}" for e in spare]
    return "\n".join(rows)


def _partial_text(scene: Scene, asked: Sequence[Predicate], options: Options, edges: Edges) -> str:
    unmet = [p for p, found in zip(asked, options, strict=True) if not found]
    if unmet:
        return f"no entry for {', '.join(map(scene.name, unmet))}"
    wrong = [(a, b) for a, b in edges if min(options[a]) >= max(options[b])] or edges
    rows = ["no choice of entries has this order:"]
    rows += [f"  {scene.name(asked[a])} before {scene.name(asked[b])}" for a, b in wrong]
    meant = sorted({i for row in options for i in row})
    rows += ["the entries they mean:", *(f"  {scene.line(scene.entries[i])}" for i in meant)]
    return "\n".join(rows)
