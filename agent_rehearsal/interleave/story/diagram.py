"""A run as a sequence diagram in plain text: a legend of connections, then a line an event.

Bounded in width. What is worth a line is the story's decision.
"""

from collections.abc import Callable, Iterator, Mapping

from agent_rehearsal.interleave.keys import Schedule
from agent_rehearsal.interleave.story.naming import short
from agent_rehearsal.interleave.story.story import MOST_ROWS, Row, Sort, Story, story
from agent_rehearsal.interleave.story.times import moment
from agent_rehearsal.interleave.trace import Trace

WIDTH = 100
_MOST_LINKS = 12
"""Connections that the legend names."""
_LEAST_ARROW, _MOST_ARROW = 20, 44
"""Columns between the two sides."""
_ENDS = 8
"""Columns of an arrow that are not its label."""


def diagram(trace: Trace, schedule: Schedule, *, width: int = WIDTH, rows: int = MOST_ROWS) -> str:
    """What happened in a run of `schedule`, in lines of at most `width` columns (at least 80)."""
    return "\n".join(_Page(story(trace, schedule, rows=rows), max(80, width)).lines())


class _Page:
    """The lines of one diagram."""

    def __init__(self, told: Story, width: int) -> None:
        self._story = told
        self._width = width
        texts = [_title(row) for row in told.rows if row.sort == "arrow"]
        longest = max(map(len, texts), default=0) + _ENDS
        self._arrow = min(max(longest, _LEAST_ARROW), _MOST_ARROW)
        self._link = max((len(row.link) for row in told.rows), default=0)

    def lines(self) -> Iterator[str]:
        """All of them."""
        legend = self._story.legend
        for link, text in legend[:_MOST_LINKS]:
            yield self._fit(f"  {link} = {text}")
        if len(legend) > _MOST_LINKS:
            yield f"  ... and {len(legend) - _MOST_LINKS} more connections"
        if not self._story.rows:
            yield "  nothing was sent"
        for row in self._story.rows:
            yield self._fit(f"{self._when(row)}  {_DRAWN[row.sort](row, self._arrow)}")

    def _when(self, row: Row) -> str:
        time = "..." if row.sort == "gap" else moment(row.at)
        return f"{time:>12}  {row.link:<{self._link}}"

    def _fit(self, line: str) -> str:
        return short(line.rstrip(), self._width)


def _title(row: Row) -> str:
    return f"{row.text} x{row.times}" if row.times > 1 else row.text


def _arrow(row: Row, width: int) -> str:
    text = short(_title(row), width - _ENDS)
    if row.from_client:
        line = f"── {text} ".ljust(width - 1, "─") + "▶"
    else:
        line = "◀" + f" {text} ──".rjust(width - 1, "─")
    note = f"  ({row.note})  ◀◀ released" if row.note else ""
    return f"client {line} server{note}"


def _held(row: Row, width: int) -> str:
    side = "client" if row.from_client else "server"
    return f"{side} sends {short(row.text, width - _ENDS)}  ⏸ {row.note}"


def _note(row: Row, width: int) -> str:
    note = f"  ({row.note})" if row.note else ""
    return f"· {_title(row)}{note}"


def _gap(row: Row, width: int) -> str:
    return f"· {row.text}"


_DRAWN: Mapping[Sort, Callable[[Row, int], str]] = {
    "arrow": _arrow,
    "held": _held,
    "note": _note,
    "gap": _gap,
}
"""How a row of each sort is drawn, given the columns of an arrow."""
