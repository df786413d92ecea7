"""The pytest plugin: fixtures, one marker, two ini options, and the timeline of a failed test.

A fixture is a few lines over the test's stage. Nothing heavy is imported until one is used: pytest
loads this module in every run, whether a test asks for it or not.
"""

import sys
from collections.abc import Generator, Iterator
from inspect import iscoroutinefunction, unwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent_rehearsal.face import sections
from agent_rehearsal.face.staging import HOME, INI, MARKER, Home, check_ini, new_stage, vacate

if TYPE_CHECKING:
    from agent_rehearsal.face.agent import Codex
    from agent_rehearsal.face.stage import Stage
    from agent_rehearsal.journal import Journal
    from mock_realtime import MockRealtime
    from mock_responses import MockResponses

LOOPS = "rehearsal-loops"
"""The name of the plugin that knows pytest-asyncio."""
INSTALL = "pip install 'agent-rehearsal[pytest]'"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the ini options."""
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
    """Register the marker, and the stages of asynchronous tests. Raises UsageError."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(strict='error'|'warn'|'off', strict_paths=False, conduct='error'|'warn'|'off', "
        "waive=()): how strict the mock servers of a test are, with the test and with the client, "
        "and which findings it lets pass",
    )
    check_ini(config)
    if _has(config, "pytest_asyncio.plugin"):
        from agent_rehearsal.face import loops

        config.pluginmanager.register(loops, LOOPS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that passed but left violations, in its call phase where they belong."""
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the advice of tests that passed."""
    reports = [report for of_kind in terminalreporter.stats.values() for report in of_kind]
    if lines := list(sections.summary(reports)):
        terminalreporter.section(sections.ADVICE)
        for line in lines:
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
        pytest.fail(str(violation), pytrace=False)
