"""The fixture `world`: directed tests, and outcomes that are approved."""

import pytest

from suites.explore.project import Exploring, tokens

pytest_plugins = ["pytester"]

APPROVED = "snapshots/test_it/test_order.outcomes.txt"
CLIENT = """
from agent_rehearsal.interleave.world.directions import Side
CLIENT = Side(server=False)
"""
ORDER = """
async def test_order(world):
    world.outcome(await both())
"""


def approved(project: Exploring) -> str:
    """The outcomes that are approved."""
    return (project.path / APPROVED).read_text()


def approve_both(project: Exploring, looked: str = "the sweep") -> None:
    """As a look at that much and five schedules would have it."""
    path = project.path / APPROVED
    path.parent.mkdir(parents=True)
    path.write_text(BOTH.replace("the sweep", looked))


BOTH = """\
# explored: the sweep, 5 schedules, messages up to 100 ms late
- ['first', 'second']   natural
- ['second', 'first']   connect on c1 50 ms late
"""
UNMET = (
    "*world.late('third' of clients, by 10 ms): 'third' never came up; clients sent connect, "
    "first, second, end of data*"
)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inner run is no worker of the run that this test may be in: syrupy would not report."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


def test_a_directed_test_needs_no_mark_and_no_option(project: Exploring) -> None:
    """It runs in simulation, under the one schedule that it directs."""
    project.write(
        CLIENT,
        """
        async def test_held(world):
            world.hold(CLIENT, "first", until=(CLIENT, "second"))
            assert await both() == ["second", "first"]
        """,
    )
    result = project.run("-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*test_held PASSED ?passed in the natural order*"])


def test_directions_hold_in_every_schedule(project: Exploring) -> None:
    """What is directed cannot be overtaken, so there is no race left to be found."""
    project.write(
        CLIENT,
        """
        async def test_held(world):
            world.hold(CLIENT, "first", until=(CLIENT, "second"))
            assert await both() == ["second", "first"]
        """,
    )
    result = project.run("--explore=20", "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*no single message up to 100 ms late breaks this*"])


def test_a_direction_that_was_never_met_fails_the_test(project: Exploring) -> None:
    """In its body, with what was sent in the place of it."""
    project.write(
        CLIENT,
        """
        async def test_unmet(world):
            world.late(CLIENT, "third", by=0.01)
            await both()
        """,
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([UNMET])
    result.stdout.no_fnmatch_line("During handling of *")
    result.stdout.no_fnmatch_line("*directions that were never met*")


def test_a_failure_tells_the_directions_that_were_not_met(project: Exploring) -> None:
    """They may be why."""
    project.write(
        CLIENT,
        """
        async def test_unmet(world):
            world.late(CLIENT, "third", by=0.01)
            assert await both() == []
        """,
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*assert *first*second*", "*directions that were never met*", UNMET]
    )


def test_the_fixtures_of_this_project_are_sides(project: Exploring) -> None:
    """A mock server is the server at its port, an agent and its builder are clients."""
    project.write(
        """
        from mock_responses import message

        async def test_turn(responses, codex, world):
            responses.reply(message("hello"))
            world.late(responses, "response.completed", by=0.5)
            world.late(codex, "POST /v1/responses", by=0.5)
            loop = asyncio.get_running_loop()
            began = loop.time()
            agent = await codex.start()
            world.late(agent, "connect", by=0.25)
            assert await agent.run("hi") == "hello"
            assert 1.25 <= loop.time() - began < 1.3
        """
    )
    project.run().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("def test_a(world):\n    pass", "*uses the fixture world, but it is synchronous*"),
        (
            "@pytest.mark.real\nasync def test_a(world):\n    pass",
            "*uses the fixture world, but it is marked real*",
        ),
    ],
)
def test_a_directed_test_that_cannot_be_simulated_is_an_error(
    project: Exploring, test: str, message: str
) -> None:
    """Said when it is collected."""
    project.write(test)
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])


def test_another_fixture_of_that_name_is_not_ours(project: Exploring) -> None:
    """A project that has a world already keeps it, and the stock loop with it."""
    project.write(
        """
        @pytest.fixture
        def world():
            return 7

        async def test_own(world):
            assert world == 7
            assert "Sim" not in type(asyncio.get_running_loop()).__name__
        """
    )
    result = project.run("-v")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*natural order*")


# Outcomes.


def test_an_outcome_that_was_not_approved_fails_with_its_schedule(project: Exploring) -> None:
    """The natural one was approved; the other comes with a replay that shows it."""
    project.write(ORDER)
    project.run("--snapshot-update", also=["syrupy"]).assert_outcomes(passed=1)
    assert approved(project) == (
        "# explored: the natural order, messages up to 100 ms late\n"
        "- ['first', 'second']   natural\n"
    )
    result = project.run("--explore=5", also=["syrupy"])
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"*not among the outcomes of {APPROVED}; *--snapshot-update*",
            "*- ?'second', 'first'?   *on c1 100 ms late",
            "*replay: pytest 'test_it.py::test_order' --explore-replay=*",
        ]
    )
    (token,) = tokens(result)
    again = project.run(f"--explore-replay={token}", also=["syrupy"])
    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines(["*- ?'second', 'first'?   *"])


def test_the_set_of_outcomes_is_what_is_approved(project: Exploring) -> None:
    """Any of them may come from then on, also where no more than one is looked at."""
    project.write("@pytest.mark.explore(sweep=False)", ORDER)
    project.run("--explore=20", "--snapshot-update", also=["syrupy"])
    both = BOTH.replace("the sweep, 5", "the natural order, 20")
    outcomes = [line.partition("   ")[0] for line in approved(project).splitlines()]
    assert outcomes == [line.partition("   ")[0] for line in both.splitlines()]
    for arguments in (["--explore=0"], ["--explore=24"]):
        result = project.run(*arguments, also=["syrupy"])
        result.assert_outcomes(passed=1)
        result.stdout.no_fnmatch_line("*did not come up*")


def test_an_outcome_that_is_gone_is_told_by_a_look_as_long(project: Exploring) -> None:
    """It fails nothing; a shorter look says nothing, and an update takes it out."""
    approve_both(project, "the natural order")
    steady = ORDER.replace("await both()", "sorted(await both())")
    project.write("@pytest.mark.explore(sweep=False)", steady)
    shorter = project.run("--explore=4", "-rA", "--snapshot-update", also=["syrupy"])
    shorter.assert_outcomes(passed=1)
    shorter.stdout.no_fnmatch_line("*did not come up*")
    assert "'second', 'first'" in approved(project)
    result = project.run("--explore=5", "-rA", also=["syrupy"])
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*an approved outcome did not come up: - ?'second', 'first'?*"])
    project.run("--explore=5", "--snapshot-update", also=["syrupy"])
    assert "'second', 'first'" not in approved(project)


def test_outcomes_without_syrupy_are_refused(project: Exploring) -> None:
    """An outcome that nobody approves would say nothing."""
    project.write(ORDER)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*world.outcome() needs syrupy, which is not loaded*"])


def test_outcomes_are_not_approved_by_a_share_of_the_schedules(project: Exploring) -> None:
    """Under pytest-xdist no worker has seen all of them; what it sees is compared all the same."""
    also = ["syrupy", "xdist", "xdist.looponfail"]
    project.write("@pytest.mark.explore(6, sweep=False)", ORDER)
    result = project.run_apart("-n2", "--snapshot-update", also=also)
    result.stdout.fnmatch_lines(["*run pytest --snapshot-update without -n*"])
    assert not (project.path / APPROVED).exists()
    approve_both(project)
    project.run_apart("-n2", also=also).assert_outcomes(passed=2)


def test_a_directed_race_is_confirmed_on_real_sockets(project: Exploring) -> None:
    """Its directions hold there as well, and only what is beside them is late."""
    project.write(
        CLIENT,
        """
        @pytest.mark.explore
        async def test_racy(world):
            world.late(CLIENT, "first", by=0.04)
            world.outcome(1)
            assert await both() == ["second", "first"]
        """,
    )
    result = project.run("--explore-confirm")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["verdict: possible on *; seen on real sockets * of 20"])
