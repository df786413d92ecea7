"""Two clients compared: their requests as paths and values, what differs, and what may differ.

Pure. A path is a JSON pointer below the lanes: `/responses/0/body/model`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from suites.parity.normalise import Lanes

NOTHING = "nothing"
"""Stands for a value that one side does not have."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One path at which two clients differ."""

    path: str
    reference: Any
    ours: Any

    def __str__(self) -> str:
        return f"{self.path}: the reference has {self.reference!r}, we have {self.ours!r}"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the comparison of one scenario came to."""

    scenario: str
    paths: int
    """That were compared, those of exceptions aside."""
    unexplained: tuple[Difference, ...]
    explained: tuple[tuple[Difference, str], ...]
    """Differences that are on purpose, each with its reason."""
    stale: tuple[str, ...]
    """Exceptions at whose path nothing differs."""

    @property
    def equal(self) -> int:
        """Paths with the same value on both sides."""
        return self.paths - len(self.unexplained)

    @property
    def holds(self) -> bool:
        """Whether nothing differs but on purpose, and every purpose has its difference."""
        return not self.unexplained and not self.stale


def flatten(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each path and its value; an empty container is a value."""
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from flatten(each, f"{path}/{_escaped(key)}")
    elif isinstance(value, list) and value:
        for place, each in enumerate(value):
            yield from flatten(each, f"{path}/{place}")
    else:
        yield path, value


def compare(scenario: str, reference: Lanes, ours: Lanes, exceptions: Mapping[str, str]) -> Verdict:
    """Compare two clients' requests; `exceptions` has a reason for each path that may differ."""
    theirs, own = dict(flatten(reference)), dict(flatten(ours))
    paths = [*theirs, *(path for path in own if path not in theirs)]
    found = {each.path: each for each in _differences(paths, theirs, own)}
    return Verdict(
        scenario=scenario,
        paths=sum(path not in exceptions for path in paths),
        unexplained=tuple(found[path] for path in found if path not in exceptions),
        explained=tuple((found[path], exceptions[path]) for path in found if path in exceptions),
        stale=tuple(path for path in exceptions if path not in found),
    )


def _differences(
    paths: Iterable[str], theirs: Mapping[str, Any], own: Mapping[str, Any]
) -> Iterator[Difference]:
    for path in paths:
        reference, ours = theirs.get(path, NOTHING), own.get(path, NOTHING)
        if type(reference) is not type(ours) or reference != ours:
            yield Difference(path=path, reference=reference, ours=ours)


def _escaped(key: str) -> str:
    """A key as a part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
