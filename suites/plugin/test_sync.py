"""The fixtures where pytest-asyncio runs no test: synchronous tests, and tests of anyio."""

# An inner run forgets what it was the first to import; a second import of this one is slow.
import openai  # noqa: F401
import pytest

from suites.plugin.project import Project

pytest_plugins = ["pytester"]


def test_replies_waits_and_views_block(project: Project) -> None:
    """A synchronous test writes what an asynchronous one does, without `await`."""
    project.write(
        """
        def test_hears(responses, journal):
            responses.reply(message("hello"), when=carries("input"))
            assert "hello" in ask_now(responses.base_url)[1]
            heard = responses.wait_for(carries("model"))
            assert heard.get("input") == "hi"
            assert journal.wait_for(carries("model")) is heard.entry
            assert [entry.kind for entry in journal] == ["request", "response"]
            assert len(journal) == 2
            assert journal[0] is heard.entry
        """
    )
    project.run().assert_outcomes(passed=1)


def test_the_sdk_client_is_the_synchronous_one(project: Project) -> None:
    """`openai_client()` gives a client that needs no event loop and is closed with the server."""
    project.write(
        """
        clients = []

        def test_asks(responses):
            responses.reply(message("hello"))
            clients.append(responses.openai_client(max_retries=0))
            assert clients[0].responses.create(model="m", input="hi").output_text == "hello"
            assert clients[0].max_retries == 0

        def test_was_closed():
            assert clients[0].is_closed()
        """
    )
    project.run("-p", "no:randomly").assert_outcomes(passed=2)


def test_the_agent_blocks(project: Project) -> None:
    """A turn with a scripted command, held by a gate, in a synchronous test."""
    project.write(
        """
        def test_turn(responses, codex, journal):
            gate = responses.gate("in the middle")
            responses.reply(shell_call("c1", "ls"))
            responses.reply(message("done"))
            thread = codex(commands={"ls": ["READ", gate, "ME"]}).start()
            turn = thread.submit("list the files")
            gate.reached()
            assert not gate.is_open
            gate.open()
            assert turn.completed() == "done"
            assert "README" in responses.requests[-1].output_of("c1")
        """
    )
    project.run().assert_outcomes(passed=1)


def test_a_wait_that_fails_fails_the_test(project: Project) -> None:
    """The error of a blocked wait reaches the test as it is."""
    project.write(
        """
        def test_waits(responses):
            with pytest.raises(WaitTimeout, match="input"):
                responses.wait_for(carries("input"), timeout=0)
        """
    )
    project.run().assert_outcomes(passed=1)


def test_an_interrupt_ends_a_blocked_wait(project: Project) -> None:
    """Ctrl-C in the middle of a wait ends the run at once; nothing is left behind."""
    project.write(
        """
        import signal
        import threading

        def test_waits(responses):
            def interrupt(entry):
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            responses.reply(message("hello"))
            responses.journal.observe(interrupt)
            client = threading.Thread(target=ask_now, args=[responses.base_url])
            client.start()
            try:
                responses.wait_for(carries("never"), timeout=float("inf"))
            finally:
                client.join()
        """
    )
    result = project.run_apart()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*KeyboardInterrupt*"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_both_kinds_of_tests_share_a_module(project: Project, mode: str) -> None:
    """Synchronous and asynchronous tests stand side by side."""
    project.configure(mode=mode)
    project.write(
        """
        def test_sync(responses):
            responses.reply(message("one"))
            assert "one" in ask_now(responses.base_url)[1]

        @pytest.mark.asyncio
        async def test_async(responses):
            responses.reply(message("two"))
            assert "two" in (await ask(responses.base_url))[1]
        """
    )
    project.run().assert_outcomes(passed=2)


def test_tests_of_anyio_await(project: Project) -> None:
    """Under anyio's plugin a test reads as under pytest-asyncio, with its own SDK client."""
    project.configure(mode="strict")
    project.write(
        """
        pytestmark = pytest.mark.anyio

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        async def test_hears(responses, codex):
            responses.reply(message("hello"))
            async with responses.openai_client() as client:
                heard, answer = await asyncio.gather(
                    responses.wait_for(carries("input")),
                    client.responses.create(model="m", input="hi"),
                )
            assert answer.output_text == "hello"
            assert heard.get("input") == "hi"
            responses.reply(message("done"))
            thread = await codex.start()
            assert await thread.run("go") == "done"

        async def test_cancels(responses):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await responses.wait_for(carries("input"))

        async def test_unused(responses):
            responses.reply(message("never sent"))
        """
    )
    result = project.run(also=["anyio"])
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["unused: *was not asked for*"])


def test_doctests_may_ask_for_them(project: Project) -> None:
    """An item that is no test function has a server on a thread."""
    project.path.joinpath("doc.txt").write_text(
        ">>> responses = getfixture('responses')\n>>> responses.requests\n[]\n", "utf-8"
    )
    project.run("--doctest-glob=doc.txt").assert_outcomes(passed=1)
