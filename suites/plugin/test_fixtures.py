"""The fixtures: what they give, in every mode and scope of pytest-asyncio, and beside a user's."""

import pytest

from suites.plugin.project import Project

pytest_plugins = ["pytester"]

SCOPES = ("function", "class", "module", "package", "session")


@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_fixtures_work_in_both_modes(project: Project, mode: str) -> None:
    """A marked test runs in strict mode as in auto mode."""
    project.configure(mode=mode)
    project.write(
        """
        @pytest.mark.asyncio
        async def test_hears(responses, journal, realtime):
            responses.reply(message("hello"))
            status, text = await ask(responses.base_url)
            assert status == 200
            assert "hello" in text
            assert (await responses.wait_for(carries("input"))).entry in list(journal)
            assert realtime.journal is journal
        """
    )
    project.run().assert_outcomes(passed=1)


@pytest.mark.parametrize("scope", SCOPES)
def test_the_server_runs_on_the_loop_that_a_marker_asks_for(project: Project, scope: str) -> None:
    """Tests that share a loop of any scope each have a server of their own on it."""
    project.write(
        f"""
        loops, ports = [], []

        @pytest.mark.asyncio(loop_scope="{scope}")
        class TestShared:
            @pytest.mark.parametrize("number", range(2))
            async def test_hears(self, responses, number):
                responses.reply(message(f"number {{number}}"))
                assert f"number {{number}}" in (await ask(responses.base_url))[1]
                assert len(responses.requests) == 1
                loops.append(asyncio.get_running_loop())

        def test_loops():
            assert (loops[0] is loops[1]) is ("{scope}" != "function")
        """
    )
    project.run().assert_outcomes(passed=3)


@pytest.mark.parametrize("scope", SCOPES)
def test_the_server_runs_on_the_loop_that_an_option_asks_for(project: Project, scope: str) -> None:
    """`asyncio_default_test_loop_scope` is heeded; a marker wins over it."""
    project.configure(lines=[f"asyncio_default_test_loop_scope = {scope}"])
    project.write(
        """
        async def test_by_option(responses):
            responses.reply(message("a"))
            assert (await ask(responses.base_url))[0] == 200

        @pytest.mark.asyncio(loop_scope="module")
        async def test_by_marker(responses):
            responses.reply(message("b"))
            assert (await ask(responses.base_url))[0] == 200
        """
    )
    project.run().assert_outcomes(passed=2)


def test_a_users_fixture_may_build_on_ours(project: Project) -> None:
    """The server listens when an asynchronous fixture asks it, in its setup and its teardown."""
    project.write(
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def agent(responses):
            responses.reply(message("warm"), times=2)
            assert (await ask(responses.base_url))[0] == 200
            yield responses.base_url
            assert (await ask(responses.base_url))[0] == 400

        @pytest.mark.rehearsal(waive="unmatched")
        async def test_agent(agent, responses):
            assert (await ask(agent))[0] == 200
            assert len(responses.requests) == 2
        """
    )
    project.run().assert_outcomes(passed=1)


def test_a_users_fixture_of_the_same_name_wins(project: Project) -> None:
    """A test gets the user's `responses`, which may be made of ours."""
    project.write(
        """
        @pytest.fixture
        def journal():
            return "mine"

        @pytest.fixture
        def responses(responses):
            responses.reply(message("from the fixture"))
            return responses

        async def test_mine(journal, responses, realtime):
            assert journal == "mine"
            assert "from the fixture" in (await ask(responses.base_url))[1]
        """
    )
    project.run().assert_outcomes(passed=1)


def test_names_that_we_do_not_offer_are_the_users(project: Project) -> None:
    """Fixtures called `stage`, `server`, `loop`, `client` or `portal` do not reach ours."""
    project.write(
        """
        def made(name):
            @pytest.fixture(name=name)
            def broken():
                raise RuntimeError("nobody asked for this")
            return broken

        stage, server, loop, client, portal = map(
            made, ("stage", "server", "loop", "client", "portal")
        )

        async def test_async(responses, realtime, journal, codex):
            assert responses.journal is journal

        def test_sync(responses, realtime, journal, codex):
            assert responses.journal == journal
        """
    )
    project.run().assert_outcomes(passed=2)


def test_the_agent_works_in_the_tests_folder(project: Project) -> None:
    """`codex` plays on the test's own servers, in its `tmp_path`."""
    project.write(
        """
        async def test_turn(responses, codex, tmp_path):
            assert codex.cwd == tmp_path
            responses.reply(message("done"))
            assert await (await codex.start()).run("go") == "done"
        """
    )
    project.run().assert_outcomes(passed=1)


def test_request_snapshot_is_kept_from_a_users_snapshot(project: Project) -> None:
    """Shapes are written and compared where `snapshot` is the user's; the folder has a label."""
    project.write(
        """
        @pytest.fixture
        def snapshot():
            raise RuntimeError("nobody asked for this")

        async def test_shape(responses, request_snapshot, tmp_path):
            responses.reply(message("hello"))
            await ask(responses.base_url, input=f"look into {tmp_path}/src")
            assert responses.requests == request_snapshot
        """
    )
    project.run_apart("--snapshot-update", also=["syrupy"]).assert_outcomes(passed=1)
    project.run_apart(also=["syrupy"]).assert_outcomes(passed=1)
    (shape,) = (project.path / "snapshots").rglob("*.txt")
    assert "look into <CWD>/src" in shape.read_text("utf-8")


def test_a_stage_that_cannot_start_says_why(project: Project) -> None:
    """What starting raises is the error of the test's setup, on either kind of loop."""
    project.write(
        """
        from agent_rehearsal.wire import Server

        @pytest.fixture(autouse=True)
        def no_port(monkeypatch):
            async def refuse(self):
                raise OSError("no port is left")
            monkeypatch.setattr(Server, "__aenter__", refuse)

        async def test_async(responses): ...
        def test_sync(responses): ...
        """
    )
    result = project.run()
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["E*OSError: no port is left"] * 2)
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
