"""Temporary folders whose names are the same in each run of a test: what a program sends may tell
where it works.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


class Folders:
    """Where the runs of one test work: each begins with the folders of the one before, empty."""

    def __init__(self, config: pytest.Config) -> None:
        self._factory: Any = getattr(config, "_tmp_path_factory", None)
        self._made: dict[tuple[str, int], Path] = {}
        self._asked: Counter[str] = Counter()

    @contextmanager
    def one_run(self) -> Iterator[None]:
        """pytest's factory hands out these meanwhile."""
        if self._factory is None:
            yield
            return
        self._asked.clear()
        self._factory.mktemp = self._mktemp
        try:
            yield
        finally:
            del self._factory.mktemp

    def _mktemp(self, basename: str, numbered: bool = True) -> Path:  # noqa: FBT001, FBT002
        key = (basename, self._asked[basename])
        self._asked[basename] += 1
        if key in self._made:
            shutil.rmtree(self._made[key], ignore_errors=True)
            self._made[key].mkdir(mode=0o700)
        else:
            self._made[key] = type(self._factory).mktemp(self._factory, basename, numbered)
        return self._made[key]
