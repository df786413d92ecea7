"""A run as a sequence diagram in SVG: one file that needs nothing else, for light and dark screens.

No scripts and nothing to load. What is worth a row is the story's decision; what is in the names is
escaped here.
"""

from collections.abc import Callable, Iterator, Mapping
from html import escape
from itertools import count

from agent_rehearsal.interleave.keys import Key, Schedule
from agent_rehearsal.interleave.story.naming import short
from agent_rehearsal.interleave.story.story import Row, Sort, Story, story
from agent_rehearsal.interleave.story.times import moment
from agent_rehearsal.interleave.trace import Trace

MOST_ROWS = 200
"""Rows of a drawing; the middle of a longer one is left out and counted."""
_WIDTH = 1100
_TIME, _CLIENT, _SERVER, _NOTE = 90, 210, 640, 656
"""Where things are from the left: the end of the times, the sides, what was done."""
_ROW, _LEGEND_ROW, _MARGIN = 30, 20, 24
_BASE = 4
"""From the middle of a letter down to its base line."""
_MOST_TITLE, _MOST_LABEL, _MOST_NOTE, _MOST_LEGEND, _MOST_SAID = 100, 48, 54, 130, 64
"""Characters that there is room for."""
_PALETTE: Mapping[str, tuple[str, str]] = {
    "ink": ("#1f2328", "#e6edf3"),
    "paper": ("#ffffff", "#0d1117"),
    "faint": ("#6e7781", "#8b949e"),
    "late": ("#b42318", "#ff7b72"),
    "k0": ("#0550ae", "#79c0ff"),
    "k1": ("#116329", "#7ee787"),
    "k2": ("#7a3e9d", "#d2a8ff"),
    "k3": ("#8a4600", "#ffa657"),
    "k4": ("#0b6e75", "#76e3ea"),
    "k5": ("#a0266b", "#ff9bce"),
}
"""What a colour is for -> the colour on a light and on a dark screen; `k0` to `k5` are those of
connections, in rotation.
"""
_HUES = sum(name.startswith("k") for name in _PALETTE)
_SHAPES = """\
text { font-size: 13px; font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.title { font-size: 15px; font-weight: 600; }
.late { font-weight: 600; }
.side { stroke-dasharray: 2 4; }
.wire { fill-opacity: 0; stroke-width: 1.5; }
.held { stroke-width: 4; }"""


def svg(trace: Trace, schedule: Schedule, *, title: str = "", rows: int = MOST_ROWS) -> str:
    """What happened in a run of `schedule`, as the text of an SVG file."""
    return "\n".join(_Drawing(story(trace, schedule, rows=rows), title).lines()) + "\n"


class _Drawing:
    """The elements of one drawing, from top to bottom."""

    def __init__(self, told: Story, title: str) -> None:
        self._story = told
        self._title = title or "what happened"
        self._hues = {link: f"k{at % _HUES}" for at, (link, _) in enumerate(told.legend)}
        self._top = _MARGIN * 3 + _LEGEND_ROW * len(told.legend)
        self._height = self._top + _ROW * (len(told.rows) + 1) + _MARGIN
        self._since: dict[Key, int] = {}

    def lines(self) -> Iterator[str]:
        """All of it."""
        size = f'viewBox="0 0 {_WIDTH} {self._height}" width="{_WIDTH}" height="{self._height}"'
        yield f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>'
        yield f"<title>{_escaped(self._title)}</title>"
        yield f"<style>\n{_style()}\n</style>"
        yield '<rect class="paper" width="100%" height="100%"/>'
        yield _text(_MARGIN, _MARGIN, short(self._title, _MOST_TITLE), "title")
        yield from self._legend()
        yield from self._sides()
        for row, y in zip(self._story.rows, count(self._top + _ROW, _ROW), strict=False):
            yield from self._row(row, y)
        yield "</svg>"

    def _legend(self) -> Iterator[str]:
        for at, (link, text) in enumerate(self._story.legend, start=1):
            shown = short(f"{link} = {text}", _MOST_LEGEND)
            yield _text(_MARGIN, _MARGIN + _LEGEND_ROW * at, shown, self._hues[link])

    def _sides(self) -> Iterator[str]:
        for x, name in ((_CLIENT, "client"), (_SERVER, "server")):
            yield _text(x, self._top - 8, name, "faint", anchor="middle")
            yield _line((x, self._top), (x, self._height - _MARGIN), "side")

    def _row(self, row: Row, y: int) -> Iterator[str]:
        if row.sort != "gap":
            yield _text(_TIME, y + _BASE, moment(row.at), "faint", anchor="end")
        if row.link:
            yield _text(_TIME + 16, y + _BASE, row.link, self._hues.get(row.link, ""))
        yield from _DRAWN[row.sort](self, row, y)

    def arrow(self, row: Row, y: int) -> Iterator[str]:
        """A message that arrives; after a late one's waiting."""
        start, end = (_CLIENT, _SERVER) if row.from_client else (_SERVER, _CLIENT)
        back = -7 if row.from_client else 7
        hue = self._hues.get(row.link, "faint")
        if row.key is not None and row.key in self._since:
            yield _line((start, self._since.pop(row.key)), (start, y), "held late")
        yield _line((start, y), (end, y), f"wire {hue}")
        head = f"M {end + back} {y - 4} L {end} {y} L {end + back} {y + 4}"
        yield f'<path class="wire {hue}" d="{head}"/>'
        middle = (_CLIENT + _SERVER) // 2
        yield _text(middle, y - 5, _title(row), "late" if row.note else "", anchor="middle")
        if row.note:
            yield _text(_NOTE, y + _BASE, short(f"{row.note}, released", _MOST_NOTE), "late")

    def held(self, row: Row, y: int) -> Iterator[str]:
        """A late message is sent."""
        x = _CLIENT if row.from_client else _SERVER
        if row.key is not None:
            self._since[row.key] = y
        anchor, away = ("start", 10) if row.from_client else ("end", -10)
        yield f'<circle cx="{x}" cy="{y}" r="4" class="late"/>'
        yield _text(x + away, y - 5, f"sends {_title(row)}", "late", anchor=anchor)
        yield _text(_NOTE, y + _BASE, short(row.note, _MOST_NOTE), "late")

    def note(self, row: Row, y: int) -> Iterator[str]:
        """Something that is no message, or rows left out."""
        said = short(f"{_title(row)}  {row.note}".rstrip(), _MOST_SAID)
        style = "late" if row.key is not None else "faint"
        yield _text((_CLIENT + _SERVER) // 2, y + _BASE, said, style, anchor="middle")


_DRAWN: Mapping[Sort, Callable[[_Drawing, Row, int], Iterator[str]]] = {
    "arrow": _Drawing.arrow,
    "held": _Drawing.held,
    "note": _Drawing.note,
    "gap": _Drawing.note,
}
"""How a row of each sort is drawn."""


def _style() -> str:
    light, dark = ("\n".join(_painted(theme)) for theme in (0, 1))
    return f"{_SHAPES}\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


def _painted(theme: int) -> Iterator[str]:
    colours = {name: pair[theme] for name, pair in _PALETTE.items()}
    yield f"text {{ fill: {colours['ink']}; }}"
    yield f".side {{ stroke: {colours['faint']}; }}"
    for name, colour in colours.items():
        yield f".{name} {{ fill: {colour}; }} line.{name}, path.{name} {{ stroke: {colour}; }}"


def _title(row: Row) -> str:
    times = f" x{row.times}" if row.times > 1 else ""
    return f"{short(row.text, _MOST_LABEL)}{times}"


def _line(start: tuple[int, int], end: tuple[int, int], style: str) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<line class="{style}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def _text(x: int, y: int, text: str, style: str, *, anchor: str = "start") -> str:
    return f'<text class="{style}" x="{x}" y="{y}" text-anchor="{anchor}">{_escaped(text)}</text>'


def _escaped(text: str) -> str:
    """Fit for XML, in which most control characters and lone surrogates are not allowed at all."""
    return escape(short(text, len(text) * 10))
