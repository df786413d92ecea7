"""The plugin beside others, and without those that it can do without.

Each run has a process of its own: these plugins keep state in theirs.
"""

import pytest

from suites.plugin.project import Project

pytest_plugins = ["pytester"]

SYNC = """
def test_sync(responses):
    responses.reply(message("one"))
    assert "one" in ask_now(responses.base_url)[1]
"""
BOTH = f"""
{SYNC}
@pytest.mark.parametrize("number", range(4))
@pytest.mark.asyncio
async def test_async(responses, codex, number):
    responses.reply(message("two"))
    assert await (await codex.start()).run("go") == "two"
"""
BLOCK = """
import sys
for name in ("pytest_asyncio", "syrupy", "click"):
    sys.modules[name] = None
"""
"""What makes the import of a package fail as if it were not installed."""


@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_beside_the_usual_plugins(project: Project, mode: str) -> None:
    """In a random order, under a time limit, recorded for a replay, and with anyio loaded."""
    project.configure(mode=mode, lines=["timeout = 30"])
    project.write(BOTH)
    # Under an outer xdist, pytest-replay leaves it to a controller to make the folder.
    project.path.joinpath("replay").mkdir()
    others = ["anyio", "randomly", "replay", "syrupy", "timeout", "hypothesispytest"]
    result = project.run_apart("--replay-record-dir=replay", also=others)
    result.assert_outcomes(passed=5)
    assert list(project.path.glob("replay/.pytest-replay*.txt"))


def test_a_time_limit_ends_a_blocked_test(project: Project) -> None:
    """pytest-timeout fails a synchronous test that waits for ever, and the run goes on."""
    project.write(
        """
        # The limit is on the body alone: how long a start takes is the machine's matter.
        @pytest.mark.timeout(0.2, func_only=True)
        def test_waits(responses):
            responses.wait_for(carries("input"), timeout=float("inf"))

        def test_next(responses): ...
        """
    )
    result = project.run_apart(also=["timeout"])
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*Timeout*"])


def test_reports_come_through_xdist(project: Project) -> None:
    """Timelines and advice of the workers' tests are printed by the run that started them."""
    project.write(
        """
        async def test_fails(responses):
            responses.reply(message("hello"))
            await ask(responses.base_url)
            assert not "hello"

        async def test_unused(responses):
            responses.reply(message("never sent"))

        @pytest.mark.parametrize("number", range(4))
        async def test_strays(responses, number):
            await ask(responses.base_url + "/plugins")
        """
    )
    result = project.run_apart("-n2", also=["xdist", "xdist.looponfail"])
    result.assert_outcomes(passed=4, failed=2)
    result.stdout.fnmatch_lines(["*rehearsal timeline*", "*POST /v1/responses*"])
    result.stdout.fnmatch_lines(["unused: *was not asked for*"])
    result.stdout.fnmatch_lines(
        ["*= rehearsal advice =*", "unknown-path: *", "*test_strays* and 3 more"]
    )


def test_synchronous_tests_need_pytest_alone(project: Project) -> None:
    """Without pytest-asyncio, syrupy and click, a synchronous test has all servers."""
    project.pytester.makeini("[pytest]\nfilterwarnings = error")
    project.pytester.makepyfile(blocked=BLOCK)
    project.write(SYNC)
    result = project.run_apart("-p", "no:asyncio", "-p", "blocked")
    result.assert_outcomes(passed=1)


def test_a_missing_plugin_is_named_with_the_remedy(project: Project) -> None:
    """A test that needs pytest-asyncio or syrupy says what to install; the others run."""
    project.pytester.makeini("[pytest]\nfilterwarnings = error\nmarkers = asyncio")
    project.pytester.makepyfile(blocked=BLOCK)
    project.write(
        f"""
        @pytest.mark.asyncio
        async def test_async(responses): ...

        def test_shape(request_snapshot): ...
        {SYNC.replace(chr(10), chr(10) + " " * 8)}
        """
    )
    result = project.run_apart("-p", "no:asyncio", "-p", "blocked")
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(
        [
            "*pytest-asyncio is not loaded: install it with pip install 'agent-rehearsal?pytest?'*",
            "*syrupy, which is not loaded: install it with pip install 'agent-rehearsal?pytest?'*",
        ]
    )
