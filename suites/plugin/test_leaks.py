"""What a test leaves behind: nothing."""

import pytest

from suites.plugin.project import Project

pytest_plugins = ["pytester"]

WATCH = """
import gc
import os
import threading

import pytest

def living():
    gc.collect()
    return threading.enumerate(), sorted(os.listdir("/dev/fd"))

@pytest.fixture(autouse=True)
def leaves_nothing():
    gc.freeze()  # what was there before need not be gone through
    before = living()
    yield
    after = living()
    gc.unfreeze()
    assert after == before
"""


@pytest.mark.parametrize("kind", ["async def", "def"])
def test_threads_and_files_are_gone_after_a_test(project: Project, kind: str) -> None:
    """Clients that stay connected, held replies and agents at work all end with the test."""
    project.pytester.makeconftest(WATCH)
    wait = "await " if kind == "async def" else ""
    project.write(
        f"""
        @pytest.mark.parametrize("number", range(2))
        {kind} test_holds(responses, codex, journal, number):
            gate = responses.gate("never opened")
            responses.reply(stream(created(), text_delta("a"), gate, completed()))
            thread = {wait}codex.start()
            {wait}thread.submit("go")
            {wait}gate.reached()
        """
    )
    project.run().assert_outcomes(passed=2)


def test_tasks_are_gone_after_a_test(project: Project) -> None:
    """On a loop that lives on, the stage of a test leaves no task."""
    project.write(
        """
        import pytest_asyncio

        pytestmark = pytest.mark.asyncio(loop_scope="session")

        @pytest_asyncio.fixture(loop_scope="session", autouse=True)
        async def leaves_no_task():
            yield
            assert asyncio.all_tasks() == {asyncio.current_task()}

        @pytest.mark.parametrize("number", range(2))
        async def test_holds(responses, number):
            gate = responses.gate("never opened")
            responses.reply(stream(created(), text_delta("a"), gate, completed()))
            asking = asyncio.create_task(ask(responses.base_url, stream=True))
            await gate.reached()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        """
    )
    project.run().assert_outcomes(passed=2)


def test_stages_are_not_kept(project: Project) -> None:
    """Items live to the end of a run; the journals of their tests do not."""
    project.write(
        """
        import gc
        import weakref

        kept = []

        async def test_async(journal):
            kept.append(weakref.ref(journal))

        def test_sync(journal):
            kept.append(weakref.ref(journal._target))

        def test_gone():
            gc.collect()
            assert [each() for each in kept] == [None, None]
        """
    )
    project.run().assert_outcomes(passed=3)
