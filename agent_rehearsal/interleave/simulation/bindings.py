"""Names that are bound to something else while a simulation is on, and to what they were after it.

A module that did `from time import monotonic` has a name of its own for it: all modules are looked
through once, and again only when modules were imported since. This module must not know what is
replaced or why.
"""

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

UNTOUCHED = (
    "_pytest",
    "agent_rehearsal.interleave",
    "concurrent",
    "coverage",
    "execnet",
    "hypothesis",
    "multiprocessing",
    "pytest",
    "pytest_timeout",
    "queue",
    "selectors",
    "subprocess",
    "threading",
    "xdist",
)
"""Packages whose own names stay as they are: they run the tests, or wait for real threads."""


class Bindings:
    """Names bound anew; `restore` undoes it all, the last first."""

    __slots__ = ("_before",)

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any]] = []

    def bind(self, owner: Any, name: str, value: Any) -> None:
        """Binds the attribute `name` of a module or class to `value`, where it is not already."""
        before = getattr(owner, name)
        if before is not value:
            self._before.append((owner, name, before))
            setattr(owner, name, value)

    def restore(self) -> None:
        """Binds every name to what it was."""
        for owner, name, value in reversed(self._before):
            setattr(owner, name, value)
        self._before.clear()


class Copies:
    """The module-level names, anywhere, that are bound to one of the things to be replaced."""

    def __init__(self, replaced: Callable[[], Mapping[int, Any]]) -> None:
        """`replaced` maps the identity of each thing to what stands in for it."""
        self._replaced = replaced
        self._modules = 0
        self._found: list[tuple[ModuleType, str, Any]] = []

    def found(self) -> list[tuple[ModuleType, str, Any]]:
        """(module, name, stand-in) of each; looked for anew when modules were imported since."""
        if self._modules != len(sys.modules):
            self._found = self._search()
            self._modules = len(sys.modules)
        return self._found

    def _search(self) -> list[tuple[ModuleType, str, Any]]:
        replaced = self._replaced()
        return [
            (module, name, replaced[id(value)])
            for path, module in list(sys.modules.items())
            if isinstance(module, ModuleType) and not _untouched(path)
            for name, value in list(vars(module).items())
            if id(value) in replaced
        ]


def _untouched(path: str) -> bool:
    return any(path == each or path.startswith(f"{each}.") for each in UNTOUCHED)
