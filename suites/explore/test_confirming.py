"""`--explore-confirm`: what was found, looked for on stock asyncio and real sockets."""

from suites.explore.project import RACY, STEADY, Exploring

pytest_plugins = ["pytester"]

MARK = "@pytest.mark.explore"


def test_a_race_is_seen_on_real_sockets(project: Exploring) -> None:
    """The same test, its fixtures rebuilt for each try, with just that message late."""
    project.write(
        """
        import socket
        kinds = set()

        @pytest.fixture
        async def heard():
            kinds.add(socket.socket.__name__)
            return await both()

        @pytest.mark.explore
        async def test_racy(heard):
            assert heard == ["first", "second"]
        """,
        STEADY,
        "def test_after(): assert kinds == {'socket', 'SimSocket'}",
    )
    result = project.run("--explore-confirm")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "verdict: possible on stock asyncio: *; seen on real sockets * of 20",
            "confirmation: failed the same way in * of 20 runs on real sockets*",
        ]
    )


def test_a_failure_that_needs_tasks_reordered_is_not_looked_for(project: Exploring) -> None:
    """Stock asyncio keeps that order, and the report says so."""
    project.write(
        """
        @pytest.mark.explore(200, tier="task")
        async def test_order():
            seen = []

            async def note(name):
                await asyncio.sleep(0)
                seen.append(name)

            await asyncio.gather(note("a"), note("b"))
            assert seen == ["a", "b"]
        """
    )
    result = project.run("--explore-confirm")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["verdict: needs task reordering (tier task)*", "confirmation: not looked for *"]
    )


def test_without_the_option_no_real_socket_is_opened(project: Exploring) -> None:
    """Finding is simulated alone."""
    project.write(MARK, RACY)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*real sockets*")
