"""The plugin that explores tests; registered once a test is to be explored, never else.

It decides and hands on: whether a test is explored, when pytest must start again, and which
protocol runs an item. Nothing of a run is known here.
"""

from collections.abc import Generator, Iterator
from contextlib import nullcontext
from itertools import chain
from typing import Any

import pytest

from agent_rehearsal.face.exploring import told
from agent_rehearsal.face.exploring.apart import RAISED, TimeLimits
from agent_rehearsal.face.exploring.asking import WORLD, asks, directed, marked
from agent_rehearsal.face.exploring.choosing import Obstacle, is_async, obstacle, property_of
from agent_rehearsal.face.exploring.clashes import check_clashes
from agent_rehearsal.face.exploring.hash_seed import USUAL, pin, pinned
from agent_rehearsal.face.exploring.options import MARKER, asked, options_of
from agent_rehearsal.face.exploring.shards import WHOLE, divide, plain, shard_of
from agent_rehearsal.face.exploring.subtests import with_subtests
from agent_rehearsal.face.exploring.tokens import budget_under, replay_of, select
from agent_rehearsal.face.exploring.wish import Wish, budget_of, is_long, of_an_example, wish_of
from agent_rehearsal.face.exploring.world import AROUND_BODY, Entrance, Factories

WISH = pytest.StashKey[Wish]()
"""Where an item that is explored keeps what it asks for."""
DIRECTED = Wish(0)
"""That of a test which only directs one run: the natural order."""
STOCK = pytest.StashKey[str]()
"""Where an item that cannot be explored keeps why."""


class Explorer:
    """The hooks of exploration, in a run whose options or marks ask for it.

    Raises UsageError for a token that is none, and for plugins that fight exploration.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._options = options_of(config)
        self._asked = asked(config)
        given = self._options.replay
        self._replay = None if given is None else replay_of(given, config)
        self._entrance = Entrance()
        self._limits = TimeLimits()
        self._factories = Factories(self._entrance)
        config.pluginmanager.register(self._limits)
        if self._asked:
            self._ready("exploration was asked for")

    def _ready(self, why: str) -> None:
        check_clashes(self._config)
        if not self._config.option.collectonly:
            seed = self._replay.hashseed if self._replay else pinned() or USUAL
            pin(self._config, seed, why)

    def chooses(self, node: pytest.Item) -> bool:
        """Is this test to be explored, if it can be?"""
        return self._asked or asks(node)

    def generating(self, metafunc: pytest.Metafunc) -> Generator[None, Any, None]:
        """Around the making of a test's parameters: its event loop is chosen, itself divided."""
        node: Any = metafunc.definition
        in_the_way = obstacle(node)
        if asks(node):
            _check_mark(node, in_the_way)
        if in_the_way is not None:
            yield
            return
        plugins = self._config.pluginmanager
        plugins.register(self._factories)
        try:
            yield
        finally:
            plugins.unregister(self._factories)
        if marked(node) and self._replay is None and self._is_divisible(node):
            divide(metafunc)

    def _is_divisible(self, node: pytest.Item) -> bool:
        return property_of(node) is None and is_long(wish_of(node), self._options)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note of each test what becomes of it; only the one of a token stays."""
        if self._replay is not None:
            select(self._config, items, self._replay)
        for item in items:
            if self.chooses(item):
                self._note(item)

    def _note(self, item: pytest.Item) -> None:
        in_the_way = obstacle(item)
        if in_the_way is None:
            item.stash[WISH] = wish_of(item) if self._explores(item) else DIRECTED
        elif asks(item):  # no function of a module: a method of a TestCase, say
            raise pytest.UsageError(_refusal(item, in_the_way))
        elif is_async(item):
            item.stash[STOCK] = in_the_way.short

    def _explores(self, item: pytest.Item) -> bool:
        """Is it to be run under many schedules, or only under the one that it directs?"""
        return marked(item) or self._options.everywhere

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Now it is known whether marks alone ask for exploration."""
        if not self._asked and any(WISH in item.stash for item in session.items):
            self._ready(f"tests are marked {MARKER} or use the fixture {WORLD}")

    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """Explore the test; others are left to pytest."""
        if WISH not in item.stash:
            return None
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in chain.from_iterable(map(with_subtests, self._explored(item, nextitem))):
            if shard_of(item) != WHOLE:
                told.note_share(report, plain(item.nodeid, shard_of(item)))
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def _explored(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Iterator[pytest.TestReport]:
        from agent_rehearsal.face.exploring.protocol import Protocol
        from agent_rehearsal.face.exploring.running import Item

        wish = item.stash[WISH]
        if property_of(item) is not None:
            wish = of_an_example(wish)
        budget = budget_of(wish, self._options, shard_of(item))
        if self._replay is not None:
            budget = budget_under(self._replay, budget)
        program = Item(item, budget, self._entrance, self._limits)
        return Protocol(program, self._options, self._replay).reports(nextitem)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Item) -> Generator[None, Any, Any]:
        """Let hypothesis call explorations of its examples."""
        with pyfuncitem.stash.get(AROUND_BODY, nullcontext)():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Fail a test that passed but directed what never came up."""
        result = yield
        if directed(item):
            from agent_rehearsal.face.exploring.directing import check

            check(item)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep what failed a run; say of others why they were not explored."""
        report = yield
        if RAISED in item.stash and call.excinfo is not None and report.failed:
            item.stash[RAISED].append((call.when, call.excinfo.value))
        if report.failed and call.when == "call" and directed(item):
            from agent_rehearsal.face.exploring.directing import unmet

            report.sections += unmet(item)
        if call.when == "setup" and STOCK in item.stash:
            told.note(report, stock=item.stash[STOCK])
        return report


def _check_mark(node: pytest.Item, in_the_way: Obstacle | None) -> None:
    """Fail the collection of a test whose mark is wrong, or that cannot be explored."""
    try:
        wish_of(node)
    except ValueError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    if in_the_way is not None:
        pytest.fail(_refusal(node, in_the_way), pytrace=False)


def _refusal(node: pytest.Item, in_the_way: Obstacle) -> str:
    how = f"is marked {MARKER}" if marked(node) else f"uses the fixture {WORLD}"
    return f"{node.nodeid} {how}, but {in_the_way.long}"
