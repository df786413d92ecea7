"""Who waits for what: the tasks of a loop and the calls in which they wait, as values.

This module must not know why anybody asks.
"""

import ast
import asyncio
import functools
import linecache
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from agent_rehearsal.interleave.errors import Waiting

_LIBRARIES = ("stdlib", "platstdlib", "purelib", "platlib")
_FOREIGN = (
    *dict.fromkeys(sysconfig.get_path(name) for name in _LIBRARIES),
    str(Path(__file__).parents[1]),
)
"""Where code lies that is not the program's own."""

Spot = tuple[str, int, str]
"""File, line and function."""


def is_own(file: str) -> bool:
    """Is this a file of the program, not of Python, of a library or of this package?"""
    return not file.startswith((*_FOREIGN, "<"))


def shown(file: str) -> str:
    """A file's path as reports show it: relative to where the run began, or to its library."""
    path = Path(file)
    for root in (Path.cwd(), *map(Path, _FOREIGN)):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name


def place_of(spots: Iterable[Spot]) -> str:
    """`file:line` of the deepest spot in the program's own code, else of the deepest.

    The line is the first of its statement: which line of a long one is at fault differs between
    versions of Python.
    """
    every = list(spots)
    own = [spot for spot in every if is_own(spot[0])] or every
    if not own:
        return "nowhere"
    file, line, _ = own[-1]
    return f"{shown(file)}:{_statements(file).get(line, line)}"


@functools.cache
def _statements(file: str) -> dict[int, int]:
    """For each line of a file, the first line of the innermost statement that it belongs to."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return {}
    first: dict[int, int] = {}
    for node in ast.walk(tree):  # outer statements come before those in them
        if isinstance(node, ast.stmt):
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            first.update(dict.fromkeys(lines, node.lineno))
    return first


def waiting(tasks: Iterable["asyncio.Task[Any]"]) -> list[Waiting]:
    """What each of the tasks that have not ended waits for."""
    return [_waiting(task) for task in tasks if not task.done()]


def _waiting(task: "asyncio.Task[Any]") -> Waiting:
    coroutine = task.get_coro()
    spots = list(_spots(coroutine))
    file, line, function = spots[-1] if spots else ("nowhere", 0, "nothing")
    return Waiting(
        task=task.get_name(),
        coroutine=str(getattr(coroutine, "__qualname__", coroutine)),
        place=place_of(spots),
        inner=f"{function} ({shown(file)}:{line})",
    )


def _spots(coroutine: Any) -> Iterator[Spot]:
    """The calls from a task's coroutine down to the innermost, by what each awaits."""
    while coroutine is not None:
        for prefix in ("cr", "gi", "ag"):
            frame: FrameType | None = getattr(coroutine, f"{prefix}_frame", None)
            if frame is not None:
                code = frame.f_code
                yield code.co_filename, frame.f_lineno, _qualified(code)
                coroutine = getattr(coroutine, f"{prefix}_await", None) or getattr(
                    coroutine, f"{prefix}_yieldfrom", None
                )
                break
        else:
            return


def _qualified(code: Any) -> str:
    return str(code.co_qualname)
