"""This package's own fixtures under exploration: a test is the same in both worlds."""

import pytest

from suites.explore.project import Exploring

pytest_plugins = ["pytester"]

MARK = "@pytest.mark.explore(5, sweep=False)"
HEAD = """
from mock_responses import carries_output_of
from mock_responses import message, shell_call, stream, created, text_delta, completed
"""
TURN = """
async def test_turn(responses, codex):
    responses.reply(shell_call("c1", ["ls"]))
    responses.reply(message("done"))
    thread = await codex(commands={"ls": "README\\n"}).start()
    turn = await thread.submit("list the files")
    second = await responses.wait_for(carries_output_of("c1"))
    assert "README" in second.output_of("c1")
    assert await turn.completed() == "done"
"""


@pytest.mark.parametrize("mark", ["", MARK], ids=["stock", "explored"])
def test_an_agents_turn_is_the_same_in_both_worlds(project: Exploring, mark: str) -> None:
    """Scripted commands, servers, journal and agent; nothing of the test knows where it runs."""
    project.write(HEAD, mark, TURN)
    project.run().assert_outcomes(passed=1)


def test_all_fixtures_live_on_the_loop_of_the_schedule(project: Exploring) -> None:
    """Servers, agent and journal are those of one stage, as ever."""
    project.write(
        HEAD,
        MARK,
        """
        async def test_all(responses, realtime, journal, codex, tmp_path):
            responses.reply(message("hi"))
            assert await (await codex.start()).run("go") == "hi"
            assert realtime.server is responses.server
            assert [entry.kind for entry in journal].count("request") == 1
        """,
    )
    project.run().assert_outcomes(passed=1)


def test_a_snapshot_of_requests_is_compared_in_every_schedule(project: Exploring) -> None:
    """The working folder and the ids have labels, so the text is the same each time."""
    project.write(
        HEAD,
        MARK,
        """
        async def test_shape(responses, codex, request_snapshot):
            responses.reply(message("hi"))
            await (await codex.start()).run("go")
            assert responses.requests == request_snapshot
        """,
    )
    run = project.run
    run("--snapshot-update", also=["syrupy"]).assert_outcomes(passed=1)
    result = run(also=["syrupy"])
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 snapshot passed."])


def test_an_unused_reply_fails_an_explored_test_too(project: Exploring) -> None:
    """What a test leaves is checked after each schedule; in the natural order it is ordinary."""
    project.write(
        HEAD,
        MARK,
        """
        async def test_unused(responses):
            responses.reply(message("never sent"))
        """,
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["unused: *was not asked for*", "it fails in the natural order *"])


def test_the_timeline_is_that_of_the_told_run(project: Exploring) -> None:
    """A failure that was found has what went over the wire in that very schedule."""
    project.write(
        HEAD,
        """
        import aiohttp

        async def ask(url, text):
            async with aiohttp.ClientSession() as session:
                body = {"model": "m", "input": text}
                async with session.post(f"{url}/responses", json=body) as answer:
                    await answer.read()

        @pytest.mark.explore
        async def test_order(responses):
            responses.reply(message("one"), times=2)
            url = responses.base_url
            await asyncio.gather(ask(url, "first"), ask(url, "second"))
            asked = [request.json["input"] for request in responses.requests]
            assert asked == ["first", "second"]
        """,
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- rehearsal timeline -*",
            "*input: second*",
            "*input: first*",
            "*- rehearsal exploration -*",
            "*connect on responses c1 arrived * late*",
        ]
    )


def test_real_commands_are_not_explorable(project: Exploring) -> None:
    """Counted and run as ever without a mark; with one, refused by name."""
    source = """
        async def test_real(responses, codex):
            responses.reply(shell_call("c1", ["echo", "hi"]))
            responses.reply(message("done"))
            thread = await codex(commands="real").start()
            assert await thread.run("go") == "done"
        """
    project.write(HEAD, source)
    result = project.run("--explore=5")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 test not explorable, run as ever: 1 left the simulation"])
    project.write(HEAD, MARK, source)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*leaves the simulation and cannot be repeated; *"])
