"""Labels: what stands for a value that differs from run to run, one label for one value.

Knows no rule about which values those are; `rules` does.
"""

import re
from collections.abc import Mapping

_NAME = re.compile(r"[A-Z](?:[A-Z0-9_ ]*[A-Z0-9])?")
SHORTEST = 3
"""Characters that a value given by a test must have; a shorter one would be found everywhere."""


class Labels:
    """The labels given so far, numbered by kind in the order in which values are met.

    `names` gives values their labels beforehand: `{"CWD": "/srv/project"}` makes it `<CWD>`.
    Raises ValueError for a name that is not in capitals, and for a value of fewer than three
    characters.
    """

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        self._names = dict(names or {})
        for name, value in self._names.items():
            if not _NAME.fullmatch(name):
                raise ValueError(
                    f"label {name!r}: expected capitals, digits, spaces, '_' as in CWD 2"
                )
            if len(value) < SHORTEST:
                raise ValueError(
                    f"label {name}: {value!r} is too short to be told from other text; "
                    f"expected at least {SHORTEST} characters"
                )
        self._given = {value: f"<{name}>" for name, value in self._names.items()}
        self._counts: dict[str, int] = {}

    @property
    def named(self) -> list[tuple[str, str]]:
        """The values named beforehand with their labels, longest first."""
        pairs = ((value, f"<{name}>") for name, value in self._names.items())
        return sorted(pairs, key=lambda pair: (-len(pair[0]), pair))

    def label(self, kind: str, value: str) -> str:
        """The label of `value`; a new one of `kind` if it has none."""
        if value not in self._given:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._given[value] = f"<{kind} {self._counts[kind]}>"
        return self._given[value]

    def blank(self) -> "Labels":
        """Labels with the names given beforehand and nothing else."""
        return Labels(self._names)
