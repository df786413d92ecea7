"""The pytest plugin: fixtures, two markers, options, and the timeline of a failed test.

A fixture is a few lines over the test's stage. Nothing heavy is imported until one is used: pytest
loads this module in every run, whether a test asks for it or not.
"""

import sys
from collections.abc import Callable, Generator, Iterator
from inspect import iscoroutinefunction, unwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent_rehearsal.face import sections
from agent_rehearsal.face.exploring import options, told
from agent_rehearsal.face.exploring.asking import asks
from agent_rehearsal.face.exploring.keeping import Keeper
from agent_rehearsal.face.exploring.merging import Merger
from agent_rehearsal.face.staging import HOME, INI, MARKER, Home, check_ini, new_stage, vacate

if TYPE_CHECKING:
    from agent_rehearsal.face.agent import Codex
    from agent_rehearsal.face.exploring.hooks import Explorer
    from agent_rehearsal.face.stage import Stage
    from agent_rehearsal.interleave.world.world import World
    from agent_rehearsal.journal import Journal
    from mock_realtime import MockRealtime
    from mock_responses import MockResponses

LOOPS = "rehearsal-loops"
"""The name of the plugin that knows pytest-asyncio."""
EXPLORER = "rehearsal-explorer"
"""The name of the plugin that explores."""
PRESENT = pytest.StashKey[pytest.Item]()
"""Where the configuration keeps the item whose function is called."""
INSTALL = "pip install 'agent-rehearsal[pytest]'"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options."""
    options.add_options(parser)
    parser.addini(
        INI["strict"],
        "what an unmatched request or an unused reply does to a test: error, warn or off",
        default="error",
    )
    parser.addini(
        INI["conduct"],
        "what a client's misconduct does to a test, a repeated refusal say: error, warn or off",
        default="warn",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and the stages of asynchronous tests. Raises UsageError."""
    config.addinivalue_line("markers", options.HELP)
    config.addinivalue_line(
        "markers",
        f"{MARKER}(strict='error'|'warn'|'off', strict_paths=False, conduct='error'|'warn'|'off', "
        "waive=()): how strict the mock servers of a test are, with the test and with the client, "
        "and which findings it lets pass",
    )
    check_ini(config)
    options.share_of(config)
    if _has(config, "pytest_asyncio.plugin"):
        from agent_rehearsal.face import loops

        config.pluginmanager.register(loops, LOOPS)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Keeper(config))
        config.pluginmanager.register(Merger())
    if options.asked(config):
        _explorer(config)


@pytest.hookimpl(wrapper=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> Generator[None, Any, Any]:
    """Let exploration choose the event loop of a test that it is asked for."""
    test: Any = metafunc.definition
    if options.asked(test.config) or asks(test):
        return (yield from _explorer(test.config).generating(metafunc))
    return (yield)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let exploration know of a mark that no function has: of one set of parameters, say."""
    if item.get_closest_marker(options.MARKER):
        _explorer(item.config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that passed but left violations, in its call phase where they belong."""
    item.config.stash[PRESENT] = item
    result = yield
    if HOME in item.stash:
        _check(item.stash[HOME])
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the timeline to the report of a failed test, advice to that of any."""
    report = yield
    if HOME in item.stash:
        home = item.stash[HOME]
        report.sections += sections.advice(home) if call.when == "call" else []
        report.sections += sections.timeline(home) if report.failed else []
        if call.when == "teardown":
            del item.stash[HOME]
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Say of an explored test that passed how far was looked."""
    return told.status(report)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was explored, and the advice of tests that passed."""
    reports = [report for of_kind in terminalreporter.stats.values() for report in of_kind]
    summaries = {told.TITLE: told.summary(reports), sections.ADVICE: sections.summary(reports)}
    for title, lines in summaries.items():
        for number, line in enumerate(lines):
            if number == 0:
                terminalreporter.section(title)
            terminalreporter.write_line(line)


@pytest.fixture
def _rehearsal_stage(request: pytest.FixtureRequest) -> Any:
    """The stage of one test, on the test's own event loop, or on a thread's where it has none."""
    item = request.node
    loops = request.config.pluginmanager.get_plugin(LOOPS)
    if loops is None and _is_async(item) and item.get_closest_marker("asyncio"):
        pytest.fail(
            "this test is marked asyncio, but pytest-asyncio is not loaded: "
            f"install it with {INSTALL} and do not pass -p no:asyncio",
            pytrace=False,
        )
    fixture = loops.stage_fixture(item) if loops else None
    return request.getfixturevalue(fixture or "_rehearsal_stage_on_thread")


@pytest.fixture
def _rehearsal_stage_on_thread(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The stage of a synchronous test, or of one that another plugin than pytest-asyncio runs."""
    from agent_rehearsal.face.remote import Awaited, Blocking, staged
    from agent_rehearsal.face.thread import Portal

    item = request.node
    portal = Portal()
    stand_in = Awaited if _is_async(item) else Blocking
    try:
        with staged(lambda: new_stage(item), portal) as stage:
            item.stash[HOME] = Home(stage, portal.call_soon)
            yield stand_in(stage, portal)
    finally:
        vacate(item)


@pytest.fixture
def responses(_rehearsal_stage: "Stage") -> "MockResponses":
    """The mock Responses API of this test."""
    return _rehearsal_stage.responses


@pytest.fixture
def realtime(_rehearsal_stage: "Stage") -> "MockRealtime":
    """The mock Realtime API of this test, on the same port and journal as `responses`."""
    return _rehearsal_stage.realtime


@pytest.fixture
def journal(_rehearsal_stage: "Stage") -> "Journal":
    """Everything that happens in this test, in one order."""
    return _rehearsal_stage.journal


@pytest.fixture
def codex(_rehearsal_stage: "Stage", tmp_path: Path) -> "Codex":
    """The agent builder: `codex_core` pointed at this test's servers, working in `tmp_path`."""
    return _rehearsal_stage.codex(tmp_path)


@pytest.fixture(scope="session")
def stage_factory(pytestconfig: pytest.Config) -> "Callable[[], Stage]":
    """Makes stages for the examples of a property: `async with stage_factory() as stage: ...`."""
    return lambda: new_stage(pytestconfig.stash[PRESENT])


@pytest.fixture
def world(request: pytest.FixtureRequest) -> "World":
    """Directs the messages of a test by their names and notes its outcomes; the test runs in
    simulation.
    """
    from agent_rehearsal.face.exploring.directing import world_of

    return world_of(request.node)


@pytest.fixture
def request_snapshot(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A snapshot of what a client sent: `assert responses.requests == request_snapshot`."""
    if not _has(request.config, "syrupy"):
        pytest.fail(
            "request_snapshot needs syrupy, which is not loaded: "
            f"install it with {INSTALL} and do not pass -p no:syrupy",
            pytrace=False,
        )
    import syrupy

    from agent_rehearsal.face.snapshots import request_snapshot_for

    # The function behind syrupy's fixture: one named `snapshot` may be of the user's own making.
    made = unwrap(syrupy.snapshot)(request)
    return request_snapshot_for(made, {"CWD": str(tmp_path)})


def _explorer(config: pytest.Config) -> "Explorer":
    """The plugin that explores; there is none before it is asked for."""
    from agent_rehearsal.face.exploring.hooks import Explorer

    plugins = config.pluginmanager
    explorer: Explorer | None = plugins.get_plugin(EXPLORER)
    if explorer is None:
        plugins.register(explorer := Explorer(config), EXPLORER)
    return explorer


def _is_async(item: pytest.Item) -> bool:
    return iscoroutinefunction(getattr(item, "obj", None))


def _has(config: pytest.Config, module: str) -> bool:
    """Whether pytest has loaded this module as a plugin."""
    plugin = sys.modules.get(module)
    return plugin is not None and config.pluginmanager.is_registered(plugin)


def _check(home: Home) -> None:
    from agent_rehearsal.wire import Violation

    try:
        home.call(lambda stage: stage.check())
    except Violation as violation:
        raise pytest.fail.Exception(str(violation), pytrace=False) from None
