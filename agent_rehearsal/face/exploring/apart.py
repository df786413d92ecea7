"""What one run of a test must not leave to the next, nor to the report: captured output, warnings,
time limits, temporary folders, snapshots, and garbage that complains.

Knows pytest and a few plugins; it must not know schedules.
"""

import copy
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

import pytest

from agent_rehearsal.face.exploring.folders import Folders

Hook = Callable[[Any], Any]
WRITES = ("update_snapshots", "update_new_snapshots_only")
"""The options under which syrupy writes."""


Raised = list[tuple[str, BaseException]]
"""In which phase an exception was raised, and which."""
RAISED = pytest.StashKey[Raised]()
"""Where an item keeps what was raised in its present run."""


class Apart:
    """Keeps the runs of one test apart."""

    def __init__(self, item: pytest.Item, limits: "TimeLimits") -> None:
        self._item: Any = item
        self._limits = limits
        self._folders = Folders(item.config)
        self._begun = False

    @contextmanager
    def one_run(self, *, lasting: bool) -> Iterator[Raised]:
        """A run; a `lasting` one is as any other test's, else it leaves nothing but its reports.

        Yields what it raises.
        """
        if self._begun:
            self._renew()
        self._begun = True
        self.count_again()
        raised: Raised = []
        self._item.stash[RAISED] = raised
        with ExitStack() as stack:
            stack.callback(self._item.stash.__delitem__, RAISED)
            stack.enter_context(self._folders.one_run())
            if not lasting:
                stack.enter_context(warnings.catch_warnings(record=True))
                stack.enter_context(_nothing_written(self._item.config))
            yield raised

    def count_again(self) -> None:
        """The time that the test may take begins here."""
        self._limits.again(self._item)

    def _renew(self) -> None:
        self._item._report_sections.clear()
        self._item.user_properties.clear()
        if isinstance(self._item.parent, pytest.Class):
            collector: Any = self._item.parent
            self._item._instance = collector.newinstance()
            self._item._obj = getattr(self._item._instance, self._item.originalname)


class TimeLimits:
    """pytest-timeout's limit, for each run anew in place of once for all of them.

    A plugin; it learns a test's limit when it is set for the first time.
    """

    def __init__(self) -> None:
        self._settings: Any = None

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_timeout_set_timer(self, item: pytest.Item, settings: Any) -> None:
        """Note the limit and let pytest-timeout set it."""
        if not settings.func_only:
            self._settings = settings

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logfinish(self) -> None:
        """The next test has its own."""
        self._settings = None

    def again(self, item: pytest.Item) -> None:
        """Begin to count from here."""
        if self._settings is not None:
            item.config.hook.pytest_timeout_cancel_timer(item=item)
            item.config.hook.pytest_timeout_set_timer(item=item, settings=self._settings)


@contextmanager
def deaf() -> Iterator[Hook]:
    """Exceptions of finalizers are nobody's: garbage that is collected between two runs says
    nothing of the second. Yields who heard them until now.
    """
    heard = sys.unraisablehook
    with hearing(lambda unraisable: None):
        yield heard


@contextmanager
def hearing(hook: Hook) -> Iterator[None]:
    """Exceptions of finalizers go to `hook` meanwhile."""
    before, sys.unraisablehook = sys.unraisablehook, hook
    try:
        yield
    finally:
        sys.unraisablehook = before


def _nothing_written(config: pytest.Config) -> Any:
    """syrupy compares, but writes nothing and counts nothing."""
    session = getattr(config, "_syrupy", None)
    return nullcontext() if session is None else _scratch(config, session)


@contextmanager
def _scratch(config: Any, session: Any) -> Iterator[None]:
    own = copy.copy(session)
    own._assertions = []
    written = {name: getattr(config.option, name) for name in WRITES}
    config._syrupy = own
    vars(config.option).update(dict.fromkeys(WRITES, False))
    try:
        yield
    finally:
        config._syrupy = session
        vars(config.option).update(written)
