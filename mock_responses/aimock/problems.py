"""What is wrong with a fixture, or has no place here, and what to do about it. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing in a file that is not converted."""

    file: str
    index: int | None
    """Which of the file's fixtures, from 0; None for the file as a whole."""
    field: str
    """The field within the fixture, such as `response.toolCalls[0].arguments`; may be empty."""
    what: str
    remedy: str

    def __str__(self) -> str:
        fixture = "" if self.index is None else f"fixtures[{self.index}]"
        place = ".".join(part for part in (fixture, self.field) if part)
        return f"{self.file}: {place and f'{place}: '}{self.what}; {self.remedy}"


class FixtureError(ValueError):
    """Files that cannot be converted. `problems` has each reason, the text all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)
