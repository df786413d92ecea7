"""The table of a comparison as text, and whether it holds: no difference but those on purpose."""

from collections.abc import Iterator, Sequence

from suites.parity.compare import Verdict

HEAD = ("scenario", "paths", "equal", "different")
LEAST = 0.98
"""The share of paths, exceptions aside, that must be equal."""
SHOWN = 20
"""Differences that are shown of one scenario."""


def holds(verdicts: Sequence[Verdict]) -> bool:
    """Whether every scenario holds, and enough is equal."""
    return all(verdict.holds for verdict in verdicts) and share(verdicts) >= LEAST


def share(verdicts: Sequence[Verdict]) -> float:
    """The share of equal paths in all that were compared, exceptions aside."""
    paths = sum(verdict.paths for verdict in verdicts)
    return sum(verdict.equal for verdict in verdicts) / paths if paths else 1.0


def table(verdicts: Sequence[Verdict]) -> str:
    """A line a scenario, its differences below it with the reason of each, and the sum."""
    width = max([len(HEAD[0]), *(len(verdict.scenario) for verdict in verdicts)])
    lines = [_line(width, *HEAD)]
    for verdict in verdicts:
        different = len(verdict.unexplained) + len(verdict.explained)
        lines.append(_line(width, verdict.scenario, verdict.paths, verdict.equal, different))
        lines += notes(verdict)
    paths, equal = (sum(getattr(v, name) for v in verdicts) for name in ("paths", "equal"))
    on_purpose = sum(len(verdict.explained) for verdict in verdicts)
    lines.append(_line(width, f"{len(verdicts)} scenarios", paths, equal, paths - equal))
    lines.append(f"{share(verdicts):.2%} equal, {on_purpose} different on purpose")
    return "\n".join(lines)


def notes(verdict: Verdict) -> Iterator[str]:
    """What is to be said of one scenario."""
    for difference, reason in verdict.explained:
        yield f"    on purpose: {difference.path}: {reason}"
    for difference in verdict.unexplained[:SHOWN]:
        yield f"    DIFFERENT {difference}"
    if len(verdict.unexplained) > SHOWN:
        yield f"    and {len(verdict.unexplained) - SHOWN} more"
    for path in verdict.stale:
        yield f"    exceptions.txt names {path}, where nothing differs any more: take it away"


def _line(width: int, scenario: str, *cells: object) -> str:
    return "  ".join([f"{scenario:{width}}", *(f"{cell!s:>9}" for cell in cells)])
