"""What differs on purpose: `exceptions.txt`, one exact path and its reason a line."""

from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("exceptions.txt")
MOST = 15
"""Exceptions that there may be in all."""

Exceptions = Mapping[str, Mapping[str, str]]
"""Scenario -> path -> reason."""


def read_exceptions(text: str) -> Exceptions:
    """The exceptions in a text; empty lines and lines that begin with `#` say nothing.

    Raises ValueError for a line that is none, that is there twice, or is one too many.
    """
    found: dict[str, dict[str, str]] = {}
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            scenario, path, reason = _parsed(line, number)
            if found.setdefault(scenario, {}).setdefault(path, reason) is not reason:
                raise ValueError(f"exceptions.txt:{number}: {scenario} {path} is there twice")
    count = sum(map(len, found.values()))
    if count > MOST:
        raise ValueError(f"exceptions.txt: {count} exceptions; there may be {MOST}")
    return found


def _parsed(line: str, number: int) -> tuple[str, str, str]:
    words = line.split(maxsplit=2)
    if len(words) < 3 or not words[1].startswith("/") or "*" in words[1]:
        raise ValueError(
            f"exceptions.txt:{number}: {line!r}; expected a scenario, a path such as "
            "/responses/0/body/model without a wildcard, and the reason"
        )
    return words[0], words[1], words[2]
