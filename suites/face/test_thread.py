"""A loop on a thread, and stand-ins for what lives on it, without pytest's fixtures."""

import asyncio
import inspect
import threading
from collections.abc import Iterator

import pytest

from agent_rehearsal import Gate, Stage, carries
from agent_rehearsal.face import thread
from agent_rehearsal.face.remote import Awaited, Blocking, staged
from agent_rehearsal.face.thread import Portal
from mock_responses import MockResponses, completed, created, message, stream


@pytest.fixture
def portal() -> Iterator[Portal]:
    """A portal that takes calls."""
    portal = Portal()
    portal.start()
    yield portal
    portal.stop()


@pytest.fixture
def stage() -> Iterator[Blocking]:
    """A stage behind a portal, for synchronous code."""
    portal = Portal()
    with staged(lambda: Stage(strict="off"), portal) as started:
        yield Blocking(started, portal)


async def answer() -> int:
    await asyncio.sleep(0)
    return 42


def test_a_call_is_done_on_the_thread(portal: Portal) -> None:
    """A function runs there and its result comes back; a coroutine is awaited."""
    assert portal.call(threading.current_thread).name == "rehearsal-stage"
    assert portal.call(answer) == 42
    assert portal.call(sorted, [2, 1], reverse=True) == [2, 1]


def test_what_is_raised_comes_back(portal: Portal) -> None:
    """The caller gets the very error."""
    error = KeyError("missing")

    def fail() -> None:
        raise error

    with pytest.raises(KeyError) as caught:
        portal.call(fail)
    assert caught.value is error


def test_a_call_from_the_thread_itself_does_not_block(portal: Portal) -> None:
    """There a coroutine function gives its coroutine, as it would without the portal."""

    async def nested() -> tuple[bool, int]:
        called = portal.call(answer)
        later = portal.later(answer)
        return inspect.iscoroutine(called), await called + await later

    assert portal.call(nested) == (True, 84)


def test_later_gives_an_awaitable(portal: Portal) -> None:
    """On another event loop the call is awaited; cancelling that cancels the call."""
    cancelled = threading.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def scene() -> int:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await portal.later(hang)
        result: int = await portal.later(answer)
        return result

    assert asyncio.run(scene()) == 42
    assert portal.call(answer) == 42
    assert cancelled.wait(5)


def test_a_portal_that_does_not_run_says_so() -> None:
    """Before the start and after the stop a call is refused, at once."""
    portal = Portal()
    with pytest.raises(RuntimeError, match="was not started"):
        portal.call(answer)
    portal.start()
    portal.stop()
    with pytest.raises(RuntimeError, match="has stopped"):
        portal.call(answer)


def test_stopping_ends_what_is_left() -> None:
    """Tasks are cancelled, the thread ends, the loop is closed."""
    portal = Portal()
    portal.start()
    ended: list[str] = []

    async def linger() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("lingering")

    async def begin() -> asyncio.Task[None]:
        task = asyncio.create_task(linger())
        await asyncio.sleep(0)
        return task

    task = portal.call(begin)
    portal.stop()
    assert ended == ["lingering"]
    assert task.get_loop().is_closed()
    assert not portal.running


def test_a_blocked_thread_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply that never lets the loop go on makes an error, not a run that hangs."""
    monkeypatch.setattr(thread, "GRACE", 0.01)
    portal, release = Portal(), threading.Event()
    portal.start()
    stuck = threading.Thread(target=portal.call, args=(release.wait,))
    stuck.start()
    with pytest.raises(RuntimeError, match="something that runs on it blocks"):
        portal.call_soon(list)
    with pytest.raises(RuntimeError, match="something that runs on it blocks"):
        portal.stop()
    release.set()
    stuck.join()
    monkeypatch.undo()
    portal.stop()


def test_a_stand_in_passes_for_the_object(stage: Blocking) -> None:
    """`isinstance`, equality, hash and repr are the object's own."""
    gate = stage.responses.gate("held")
    assert isinstance(stage, Stage)
    assert isinstance(stage.responses, MockResponses)
    assert isinstance(gate, Gate)
    assert repr(gate) == "gate('held')"
    assert stage.journal == stage.responses.journal
    assert len({stage.journal, stage.responses.journal}) == 1
    assert not hasattr(gate, "no_such_thing")


def test_settings_go_to_the_object(stage: Blocking) -> None:
    """What is set on a stand-in is set on the object behind it."""
    stage.responses.models = ("first", "second")
    client = stage.openai()
    assert [model.id for model in client.models.list()] == ["first", "second"]


def test_a_gate_may_stand_in_a_script(stage: Blocking) -> None:
    """A script that holds the stand-in of a gate waits at the gate."""
    gate = stage.responses.gate("held")
    stage.responses.reply(stream(created(), gate, completed()))
    told: list[str] = []

    def ask() -> None:
        told.extend(
            each.type for each in client.responses.create(model="m", input="i", stream=True)
        )

    client = stage.openai()
    asking = threading.Thread(target=ask)
    asking.start()
    assert gate.reached().head == "held"
    assert "response.completed" not in told
    gate.open()
    asking.join()
    assert told == ["response.created", "response.completed"]


def test_a_coroutine_reply_may_use_the_stand_ins(stage: Blocking) -> None:
    """A reply runs on the stage's loop: there the same names are awaited and block nothing."""
    responses = stage.responses
    gate = responses.gate("open")
    gate.open()

    async def reply(talk: object) -> object:
        await gate.passage()
        heard = await responses.wait_for(carries("input"))
        return message(f"heard {heard.get('input')}")

    responses.reply(reply)
    assert stage.openai().responses.create(model="m", input="hi").output_text == "heard hi"


async def test_an_awaited_stand_in_awaits_coroutines_only() -> None:
    """On a loop that is not the stage's, waits are awaited and the rest is done at once."""
    portal = Portal()
    with staged(Stage, portal) as started:
        stage = Awaited(started, portal)
        stage.responses.reply(message("hello"))
        async with stage.openai() as client:
            waiting = asyncio.create_task(stage.responses.wait_for(carries("input")))
            reply = await client.responses.create(model="m", input="hi")
            assert reply.output_text == "hello"
            assert (await waiting).get("input") == "hi"
        thread = await stage.codex().start()
        assert type(thread) is Awaited


def test_a_stage_that_cannot_be_made_leaves_no_thread() -> None:
    """What making or starting raises comes out, and the thread ends."""
    portal = Portal()
    with pytest.raises(ValueError, match="strict"), staged(lambda: Stage(strict="?"), portal):  # type: ignore[arg-type] # a mistake on purpose
        pass
    assert not portal.running
