"""Properties: hypothesis draws scripts, and each is explored."""

from suites.explore.project import Exploring, tokens

pytest_plugins = ["pytester"]

ALSO = ("hypothesispytest",)
HEAD = """
from hypothesis import given, settings, strategies as st
from mock_responses import message
"""
MARK = "@pytest.mark.explore"
RACY = """
async def all_of(lines):
    heard = []
    async with server(heard) as port:
        await asyncio.gather(*(say(port, line) for line in lines))
    return heard

@settings(max_examples=6, database=None, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=2))
async def test_order(lines):
    assert await all_of(lines) == lines
"""
MARKED = RACY.replace("@settings", f"{MARK}\n@settings")


def test_a_property_is_explored_example_by_example(project: Exploring) -> None:
    """The smallest script that any order breaks, and the order that does."""
    project.write(HEAD, RACY)
    project.run(also=ALSO).assert_outcomes(passed=1)
    project.write(HEAD, MARKED)
    result = project.run(also=ALSO)
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "lines=['a', 'b']" in text or "lines=['b', 'a']" in text
    result.stdout.fnmatch_lines_random(["*found by sweep at schedule *", "* test_order("])
    assert len(tokens(result)) == 1


def test_a_property_that_holds_says_how_much_was_run(project: Exploring) -> None:
    """All schedules of all examples, of which a deadline says nothing: it is one of a run."""
    holds = MARKED.replace("== lines", "is not None")
    project.write(HEAD, holds.replace("deadline=None", "deadline=1"))
    result = project.run("-v", also=ALSO)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*PASSED [[]* schedules of all examples, *"])


def test_a_stage_is_made_for_each_order_of_each_example(project: Exploring) -> None:
    """Its marks are the test's; without exploration it is the same fixture."""
    source = """
        @settings(max_examples=2, database=None, deadline=None)
        @given(text=st.sampled_from(["hi", "ho"]))
        async def test_stage(stage_factory, text):
            async with stage_factory() as stage:
                stage.responses.reply(message(text))
                stage.responses.reply(message("never asked for"))
                assert await (await stage.codex().start()).run("go") == text
        """
    off = "@pytest.mark.rehearsal(strict='off')"
    project.write(HEAD, off, source)
    project.run(also=ALSO).assert_outcomes(passed=1)
    project.write(HEAD, "@pytest.mark.explore(2, sweep=False)", off, source)
    project.run(also=ALSO).assert_outcomes(passed=1)


def test_a_property_with_another_function_fixture_is_refused_by_its_name(
    project: Exploring,
) -> None:
    """pytest would make it once for all orders."""
    source = """
        @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
        @given(number=st.integers())
        async def test_it(responses, number): ...
        """
    project.write(HEAD, "from hypothesis import HealthCheck", MARK, source)
    result = project.run(also=ALSO)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*is marked explore, but it is a property, * 'responses' *"])
    result.stdout.fnmatch_lines(["*use stage_factory, and make the rest in the test*"])
    project.write(HEAD, "from hypothesis import HealthCheck", source)
    result = project.run("--explore=2", also=ALSO)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*run as ever: 1 hypothesis without stage_factory"])


def test_drawing_inside_of_a_test_is_refused(project: Exploring) -> None:
    """One script is run in many orders: it is to be drawn before."""
    project.write(
        HEAD,
        MARK,
        """
        @settings(max_examples=5, database=None, deadline=None)
        @given(data=st.data())
        async def test_it(data):
            data.draw(st.integers())
        """,
    )
    result = project.run(also=ALSO)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*'data' draws inside of the test, *; draw all of it in @given*"])


def test_a_replay_runs_each_example_in_the_one_order(project: Exploring) -> None:
    """The script comes from hypothesis: from an explicit example, or from its database."""
    project.write(HEAD, MARKED)
    (token,) = tokens(project.run(also=ALSO))
    given = MARKED.replace("@given", "@example(['a', 'b'])\n@given")
    project.write(HEAD, "from hypothesis import example", given)
    result = project.run(f"--explore-replay={token}", "--explore-confirm", also=ALSO)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines_random(
        [
            "E * explicit example: test_order(",
            "*confirmation: failed the same way in * of 20 runs *",
        ]
    )
    counted = "counts = iter(range(9_999))\n"
    odd = given.replace("    assert", "    if next(counts) % 2: await all_of(lines)\n    assert")
    project.write(HEAD, "from hypothesis import example", counted, odd)
    result = project.run(f"--explore-replay={token}", "--explore-twice", also=ALSO)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*two runs of one schedule (replay) differ: *"])


def test_a_replay_that_applies_to_no_example_is_told(project: Exploring) -> None:
    """That nothing failed says nothing then."""
    project.write(HEAD, MARKED)
    (token,) = tokens(project.run(also=ALSO))
    idle = MARKED.replace("assert await all_of(lines) == lines", "await asyncio.sleep(1)")
    project.write(HEAD, idle)
    result = project.run(f"--explore-replay={token}", also=ALSO)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["this replay no longer applies: *nor does it apply to any other*"])
    project.write(HEAD, MARKED.replace("== lines", "is not None"))
    result = project.run(f"--explore-replay={token}", "-v", also=ALSO)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*PASSED [[]replayed in * of * examples, passes now[]]*"])


def test_a_story_is_drawn_of_a_property(project: Exploring) -> None:
    """Of the smallest script that an order breaks."""
    project.write(HEAD, MARKED)
    result = project.run("--explore-story=stories", also=ALSO)
    result.assert_outcomes(failed=1)
    assert "late" in (project.path / "stories/test_it/test_order.svg").read_text()


def test_every_schedule_of_every_example_is_run_twice_on_demand(project: Exploring) -> None:
    """One that is not the same is named, with its example."""
    odd = """
        from itertools import count

        numbers = count()

        @pytest.mark.explore
        @settings(max_examples=3, database=None)
        @given(number=st.integers())
        async def test_odd(number):
            await asyncio.sleep(next(numbers))
        """
    project.write(HEAD, odd)
    result = project.run("--explore-twice", also=ALSO)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*two runs of one schedule (natural) differ: at step *"])


def test_a_failure_of_one_run_of_an_example_is_not_hidden(project: Exploring) -> None:
    """It is told, though the example passes the next time."""
    odd = """
        runs = []

        @pytest.mark.explore
        @settings(max_examples=3, database=None)
        @given(number=st.integers())
        async def test_odd(number):
            runs.append(number)
            assert len(runs) != 2, "only now"
        """
    project.write(HEAD, odd)
    result = project.run(also=ALSO)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*only now*", "*failed in 1 of 3 natural runs: it draws on *"])
