"""`--explore-replay`: the one schedule of a token, or the reason why it cannot be run."""

from dataclasses import replace

import pytest

from agent_rehearsal.interleave.search.token import decode, encode
from suites.explore.project import RACY, STEADY, Exploring, tokens

pytest_plugins = ["pytester"]

MARK = "@pytest.mark.explore"


@pytest.fixture
def token(project: Exploring) -> str:
    """That of a racy test, in a project with a steady one beside it."""
    project.write(MARK, RACY, STEADY)
    (token,) = tokens(project.run())
    return token


def test_a_token_repeats_the_failure(project: Exploring, token: str) -> None:
    """Only that test is run, only once, and its report has the diagram."""
    result = project.run(f"--explore-replay={token}")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        [
            "E * assert ?'second', 'first'? == ?'first', 'second'?",
            "*- rehearsal exploration -*",
            "*HELD*",
            "*released*",
        ]
    )


def test_a_replay_needs_no_mark(project: Exploring, token: str) -> None:
    """A token is enough: the mark may be gone, or never have been there."""
    project.write(RACY, STEADY)
    project.run(f"--explore-replay={token}").assert_outcomes(failed=1, deselected=1)


def test_a_token_says_how_late_messages_may_be(project: Exploring) -> None:
    """A delay beyond the usual is kept, also where the mark that allowed it is gone."""
    slow = """
        async def test_slow():
            heard = []
            async with server(heard) as port:
                async def later():
                    await asyncio.sleep(0.3)
                    await say(port, "second")

                await asyncio.gather(say(port, "first"), later())
            assert heard == ["first", "second"]
        """
    project.write("@pytest.mark.explore(late=0.5)", slow)
    (token,) = tokens(project.run())
    project.write(slow)
    result = project.run(f"--explore-replay={token}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E * assert ?'second', 'first'? == ?'first', 'second'?"])


def test_a_replay_is_confirmed_and_drawn_on_demand(project: Exploring, token: str) -> None:
    """The options of an exploration hold for the one schedule."""
    result = project.run(
        f"--explore-replay={token}", "--explore-confirm", "--explore-story=stories"
    )
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        ["confirmation: failed the same way in * of 20 runs on real sockets*"]
    )
    assert "connect" in (project.path / "stories/test_it/test_racy.svg").read_text("utf-8")


def test_a_replay_is_run_twice_on_demand(project: Exploring, token: str) -> None:
    """Whether the schedule does the same again is asked of a replay too."""
    project.write(
        """
        counts = iter(range(9))

        async def test_racy():
            await both()
            if next(counts) % 2:
                await both()
        """
    )
    result = project.run(f"--explore-replay={token}", "--explore-twice")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*two runs of one schedule (replay) differ: *"])


def test_a_mended_test_passes_its_replay(project: Exploring, token: str) -> None:
    """The schedule is followed to its end; what it says then, it says of the mended program."""
    project.write(STEADY.replace("test_steady", "test_racy"))
    result = project.run("-v", f"--explore-replay={token}")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*PASSED [[]replayed, passes now[]]*"])


def test_a_replay_that_no_longer_applies_says_where_it_parts(
    project: Exploring, token: str
) -> None:
    """The program never comes to what the schedule holds back: that is no pass."""
    project.write("async def test_racy(): ...")
    result = project.run(f"--explore-replay={token}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["this replay no longer applies: the schedule holds back c1>s#0, * never came to it"]
    )


def test_a_token_of_another_test_is_refused(project: Exploring, token: str) -> None:
    """With its test, the nearest, and what to run."""
    result = project.run(f"--explore-replay={token}", "-k", "steady")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [
            "*the token is of the test test_it.py::test_racy, which is not among the 1 collected; "
            "the nearest is test_it.py::test_steady; run pytest 'test_it.py::test_racy' with it"
        ]
    )


def test_a_token_of_another_version_is_refused(project: Exploring, token: str) -> None:
    """By its number, before anything is collected."""
    result = project.run(f"--explore-replay={token.replace('rh1-', 'rh7-')}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --explore-replay: this replay token is of version 7, *"])


@pytest.mark.parametrize("spoiled", ["cut", "foreign", "empty"])
def test_a_token_that_is_none_is_refused(project: Exploring, token: str, spoiled: str) -> None:
    """Cut off, of something else, or nothing at all."""
    given = {"cut": token[:-3], "foreign": "eyJhIjoxfQ", "empty": ""}[spoiled]
    result = project.run(f"--explore-replay={given}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --explore-replay: *"])


def test_a_token_of_another_python_replays_here(project: Exploring, token: str) -> None:
    """Messages are held by their names, which are the same everywhere."""
    elsewhere = replace(decode(token), python="3.99", digest="0" * 16)
    project.run(f"--explore-replay={encode(elsewhere)}").assert_outcomes(failed=1, deselected=1)


def test_a_replay_keeps_nothing(project: Exploring, token: str) -> None:
    """It was kept when it was found."""
    path = project.path / "snapshots/schedules/test_it/test_racy.json"
    path.unlink()
    project.run(f"--explore-replay={token}")
    assert project.kept() == []


NEEDS = "from mock_responses import message"
LATE_REQUEST = """
async def test_turn(responses, codex, journal):
    responses.reply(message("hi"), times=2)
    agent = await codex.start()
    await agent.run("go")
    began = asyncio.get_running_loop().time()
    await agent.run("on")
    *_, request = (entry for entry in journal if entry.kind == "request")
    assert request.at - began < 0.01
"""


def test_a_replay_does_not_mind_where_the_test_works(project: Exploring) -> None:
    """An agent's request tells its folder, which is another one each time: the failure comes back
    in it, and a mended test passes; then, and only then, the other bytes are mentioned.
    """
    project.write(NEEDS, MARK, LATE_REQUEST)
    (token,) = tokens(project.run("--basetemp=one"))
    replay = (f"--explore-replay={token}", "--basetemp=another-of-a-longer-name", "-v", "-rA")
    result = project.run(*replay)
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*another run than*")
    project.write(NEEDS, LATE_REQUEST.replace("< 0.01", "< 1"))
    result = project.run(*replay)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["*PASSED [[]replayed, passes now[]]*", "beside that it is another run than *, which was *"]
    )


def test_a_replay_that_parts_by_its_messages_no_longer_applies(
    project: Exploring, token: str
) -> None:
    """It passes, and holds back what it should, but other messages come: that says nothing."""
    project.write(f"{STEADY.replace('test_steady', 'test_racy')}    await both()\n")
    result = project.run(f"--explore-replay={token}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["this replay no longer applies: this run has * arrivals, *"])
