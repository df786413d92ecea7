"""Scenario files: a file becomes a callable, or an error that says where it is wrong and how to
mend it.

A scenario runs as a script does: its own folder comes first where it imports from. It is executed
once, and leaves no bytecode beside it.
"""

import builtins
import inspect
import sys
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from linecache import getline
from pathlib import Path
from traceback import walk_tb
from types import FrameType, ModuleType
from typing import Any

from agent_rehearsal.face.cli.mishap import Mishap

NAME = "scenario"
"""The function that a scenario file defines."""
_EXPECTED = f"`def {NAME}(stage)` or `async def {NAME}(stage)`"
_REMEDY = "  mend the scenario and start again"
_MODULE = "rehearsal_scenario"


class Scenario:
    """One scenario file, and the function in it."""

    def __init__(self, path: Path, function: Callable[[Any], Any]) -> None:
        self.path = path
        self._function = function

    async def play(self, stage: Any) -> None:
        """Run it on `stage`. Raises Mishap that names its line, for whatever it raises."""
        try:
            result = self._function(stage)
            if inspect.isawaitable(result):
                await result
        except Exception as error:
            raise mishap(self.path, error) from error


def load(path: Path) -> Scenario:
    """The scenario in the file at `path`. Raises Mishap."""
    module = ModuleType(_MODULE)
    module.__file__ = str(path)
    code = _source(path)
    sys.modules[_MODULE] = module
    sys.path.insert(0, str(path.resolve().parent))
    try:
        exec(compile(code, str(path), "exec"), module.__dict__)
    except Exception as error:
        raise mishap(path, error) from error
    return Scenario(path, _function(path, module))


def mishap(path: Path, error: Exception) -> Mishap:
    """`error` as it is told: the deepest line of the scenario that led to it, and the reason."""
    frames = [f for f in walk_tb(error.__traceback__) if f[0].f_code.co_filename == str(path)]
    frame, line = frames[-1] if frames else (None, None)
    reason = str(error)
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line, reason = error.lineno, error.msg
    place = f"{path}:{line}" if line else str(path)
    source = getline(str(path), line).strip() if line else ""
    hint = _nearest(getattr(error, "name", None) or "", _known(error, frame))
    what = f"{type(error).__name__}: {reason}{hint}"
    return Mishap("\n".join([f"{place}: {what}", *([f"    {source}"] if source else []), _REMEDY]))


def _known(error: Exception, frame: FrameType | None) -> set[str]:
    """The names among which the one that `error` is about may have been meant."""
    if isinstance(error, AttributeError):
        return {name for name in dir(error.obj) if not name.startswith("_")}
    if isinstance(error, NameError) and frame is not None:
        return {*frame.f_globals, *frame.f_locals, *vars(builtins)}
    return set()


def _source(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        near = _nearest(path.name, (each.name for each in path.parent.glob("*.py")))
        raise Mishap(
            f"{path}: there is no such file{near}; a scenario is a Python file with {_EXPECTED}"
        ) from error
    except OSError as error:
        raise Mishap(
            f"{path}: cannot be read: {error.strerror}; "
            f"a scenario is a Python file with {_EXPECTED}"
        ) from error


def _function(path: Path, module: ModuleType) -> Callable[[Any], Any]:
    found: Any = getattr(module, NAME, None)
    if not callable(found):
        raise Mishap(f"{path}: {_missing(module, found)}; add {_EXPECTED}")
    try:
        inspect.signature(found).bind(object())
    except (TypeError, ValueError) as error:
        code = getattr(found, "__code__", None)
        place = f"{path}:{code.co_firstlineno}" if code else str(path)
        raise Mishap(
            f"{place}: `{NAME}` cannot be called with the stage alone: {error}; "
            f"expected {_EXPECTED}"
        ) from error
    function: Callable[[Any], Any] = found
    return function


def _missing(module: ModuleType, found: Any) -> str:
    if found is not None:
        return f"`{NAME}` is of type {type(found).__name__}, not a function"
    own = [
        name
        for name, value in vars(module).items()
        if inspect.isroutine(value) and value.__module__ == _MODULE
    ]
    defined = f"it defines {', '.join(own)}" if own else "it defines no function"
    return f"there is no function `{NAME}`; {defined}{_nearest(NAME, own)}"


def _nearest(wanted: str, names: Iterable[str]) -> str:
    close = get_close_matches(wanted, list(names), n=1)
    return f" (did you mean {close[0]}?)" if close else ""
