"""Interrupts: at every stage, without a request, a tool or an input lost or too many."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core import Event, Runtime
from codex_core.protocol.ops import Interrupt, user_text
from codex_core.session import thread as thread_module
from codex_core.session.thread import Thread
from codex_core.tools.tool import Call, ToolContext
from suites.core.fakes import (
    FakeReply,
    FakeRunner,
    FakeTransport,
    Post,
    WaitingTool,
    added,
    answer,
    call,
    completed,
    delta,
    done,
    events_until,
    message,
    only,
    reply,
    running,
    sse,
    turn_end,
    types,
)


def stalled(*start: bytes) -> FakeReply:
    return FakeReply(*start, asyncio.Event())


def given_back(event: Event) -> list[str]:
    fields = event.as_dict()["msg"].get("unconsumed_input", [])
    return [part["text"] for pending in fields for part in pending["items"]]


def is_marker(item: dict[str, object]) -> bool:
    return "<turn_aborted>" in str(item) and item["role"] == "user"


async def test_in_the_middle_of_a_message() -> None:
    """The part that was streamed is dropped, the marker follows the user's message."""
    item = message("", id="m")
    streaming = stalled(sse(added(item), delta("par")))
    transport = FakeTransport(streaming, answer("ok"))
    async with running(transport) as thread:
        turn_id = await thread.submit(user_text("one"))
        await events_until(thread, "agent_message_content_delta")
        await thread.submit(Interrupt())
        events = await turn_end(thread)
        await thread.submit(user_text("two"))
        await turn_end(thread)
    aborted = only(events, "turn_aborted")
    assert (aborted.turn_id, aborted.reason) == (turn_id, "interrupted")
    assert types(events) == ["token_count", "turn_aborted"]
    assert streaming.closed
    assert transport.posts[1].texts == ["one", "two"]
    assert is_marker(transport.posts[1].input[-2])


async def test_while_a_tool_runs() -> None:
    """The call has an output that says so; the marker follows it; nothing was asked meanwhile."""
    tool = WaitingTool("tool", parallel=True)
    transport = FakeTransport(reply(done(call("a", "tool")), completed()), answer("ok"))
    async with running(transport, tools=[tool]) as thread:
        await thread.submit(user_text("one"))
        await tool.until_started("a")
        await thread.submit(Interrupt())
        assert len(transport.posts) == 1
        await turn_end(thread)
        await thread.submit(user_text("two"))
        await turn_end(thread)
    output, marker, _ = transport.posts[1].input[-3:]
    assert output["output"] == "aborted by user after 0.0s"
    assert is_marker(marker)


async def test_no_queued_tool_starts_after_the_interrupt() -> None:
    """The exclusive tool behind the one that was ended stays unstarted, each time it is tried."""
    for _ in range(50):
        tool = WaitingTool("alone", parallel=False)
        calls = [done(call(call_id, "alone")) for call_id in ("a", "b", "c")]
        transport = FakeTransport(reply(*calls, completed()))
        async with running(transport, tools=[tool]) as thread:
            await thread.submit(user_text("one"))
            await tool.until_started("a")
            await thread.submit(Interrupt())
            await turn_end(thread)
            assert tool.started == ["a"]


async def test_during_the_wait_for_a_repetition() -> None:
    """The pause ends at once and no request follows."""
    paused, never = asyncio.Event(), asyncio.Event()

    async def sleep(_: float) -> None:
        paused.set()
        await never.wait()

    runtime = msgspec.structs.replace(Runtime.deterministic(), sleep=sleep)
    transport = FakeTransport(FakeReply(b"", status=500))
    provider = {"request_max_retries": 3, "stream_max_retries": 3}
    async with running(transport, runtime=runtime, provider=provider) as thread:
        await thread.submit(user_text("one"))
        await paused.wait()
        await thread.submit(Interrupt())
        assert types(await turn_end(thread))[-1] == "turn_aborted"
    assert len(transport.posts) == 1


async def test_before_the_turn_did_anything() -> None:
    """Input that was not recorded yet is given back, and no marker is left."""
    transport = FakeTransport(answer("ok"))
    async with running(transport) as thread:
        turn_id, _ = await asyncio.gather(
            thread.submit(user_text("one")), thread.submit(Interrupt())
        )
        events = await turn_end(thread)
        assert events[-1].id == turn_id
        assert given_back(events[-1]) == ["one"]
        assert transport.posts == []
        await thread.submit(user_text("two"))
        await turn_end(thread)
    assert transport.posts[0].texts == ["two"]
    assert not any(is_marker(item) for item in transport.posts[0].input)


async def test_input_that_joined_is_given_back() -> None:
    """What the model never saw is in `unconsumed_input`, in order, and not in the history."""
    transport = FakeTransport(stalled(), answer("ok"))
    async with running(transport) as thread:
        await thread.submit(user_text("one"))
        await events_until(thread, "user_message")
        for text in ("two", "three"):
            await thread.submit(user_text(text))
        await thread.submit(Interrupt())
        events = await turn_end(thread)
        assert given_back(events[-1]) == ["two", "three"]
        await thread.submit(user_text("four"))
        await turn_end(thread)
    assert transport.posts[1].texts == ["one", "four"]


async def test_interrupts_are_answered_always() -> None:
    """When idle, twice, and many at once; each turn has one end."""
    transport = FakeTransport(stalled(), answer("ok"))
    async with running(transport) as thread:
        await thread.submit(Interrupt())
        await thread.submit(user_text("one"))
        await asyncio.gather(*(thread.submit(Interrupt()) for _ in range(5)))
        await thread.submit(Interrupt())
        await thread.submit(user_text("two"))
        events = await turn_end(thread) + await turn_end(thread)
    assert types(events).count("turn_aborted") == 1
    assert types(events).count("task_complete") == 1


async def test_a_shutdown_interrupts() -> None:
    """The running turn has its end before the thread has its own."""
    transport = FakeTransport(stalled())
    async with running(transport) as thread:
        await thread.submit(user_text("one"))
        await events_until(thread, "user_message")
        await thread.shutdown()
        assert types(await events_until(thread, "shutdown_complete")) == [
            "token_count",
            "turn_aborted",
            "shutdown_complete",
        ]


class StubbornTool(WaitingTool):
    """Takes its time to end: it swallows the cancellation."""

    async def run(self, call: object, context: object) -> str:
        self.started.append("a")
        self.changed.set()
        while not self.gate("a").is_set():
            try:
                await self.gate("a").wait()
            except asyncio.CancelledError:
                continue
        return "late"


async def test_a_tool_that_will_not_end_does_not_hold_the_interrupt_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After the grace the turn is over; what comes later is neither told nor recorded."""
    monkeypatch.setattr("codex_core.session.thread._ABORT_GRACE", 0.001)
    tool = StubbornTool("tool", parallel=True)
    transport = FakeTransport(reply(done(call("a", "tool")), completed()), answer("ok"))
    async with running(transport, tools=[tool]) as thread:
        await thread.submit(user_text("one"))
        await tool.until_started("a")
        await thread.submit(Interrupt())
        assert types(await turn_end(thread))[-1] == "turn_aborted"
        tool.gate("a").set()
        await thread.submit(user_text("two"))
        events = await turn_end(thread)
    assert types(events)[0] == "task_started"
    outputs = [item["output"] for item in transport.posts[1].input if "output" in item]
    assert outputs == ["aborted"]


async def test_an_interrupted_command_goes_on_until_the_shutdown(tmp_path: Path) -> None:
    """It outlives its turn, and its one end is told before the thread's."""
    runner = FakeRunner(b"part", endless=True)
    runtime = Runtime.deterministic(runner=runner)
    transport = FakeTransport(reply(done(call("a", "exec_command", cmd="serve")), completed()))
    async with running(transport, runtime=runtime, cwd=tmp_path) as thread:
        await thread.submit(user_text("one"))
        await events_until(thread, "exec_command_output_delta")
        await thread.submit(Interrupt())
        assert types(await turn_end(thread)) == ["token_count", "turn_aborted"]
        assert runner.processes[0].signals == []
        await thread.shutdown()
        events = await events_until(thread, "shutdown_complete")
    assert types(events) == ["exec_command_end", "shutdown_complete"]
    assert only(events, "exec_command_end").exit_code == 128 + signal.SIGTERM


def balanced(post: Post) -> bool:
    calls = [item["call_id"] for item in post.input if item["type"] == "function_call"]
    outputs = [item["call_id"] for item in post.input if item["type"] == "function_call_output"]
    return sorted(calls) == sorted(outputs)


def release(_: Thread, tool: WaitingTool) -> None:
    for gate in tool.releases.values():
        gate.set()


STEPS: dict[str, Callable[[Thread, WaitingTool], object]] = {
    "input": lambda thread, _: thread.submit(user_text("more")),
    "interrupt": lambda thread, _: thread.submit(Interrupt()),
    "release": release,
}


@given(st.lists(st.sampled_from([*sorted(STEPS), "tick"]), max_size=40))
def test_any_order_of_input_and_interrupts(steps: list[str]) -> None:
    """Every submission is answered, every turn has one end, every prompt is balanced, no input is
    both sent and given back, and none is neither."""
    asyncio.run(walk(steps))


async def walk(steps: list[str]) -> None:
    tool = WaitingTool("tool", parallel=False)
    calls = [done(call(call_id, "tool")) for call_id in ("a", "b")]
    replies = [answer("ok") if n % 2 else reply(*calls, completed()) for n in range(60)]
    transport = FakeTransport(*replies)
    pending: list[asyncio.Task[str]] = []
    heard: list[Event] = []
    async with running(
        transport, tools=[tool], on_event=lambda _, event: heard.append(event)
    ) as thread:
        for step in steps:
            if step == "tick":
                await asyncio.sleep(0)
                continue
            result = STEPS[step](thread, tool)
            if asyncio.iscoroutine(result):
                pending.append(asyncio.create_task(result))
        async with asyncio.timeout(5):
            await asyncio.gather(*pending)
    started = [event.id for event in heard if event.type == "task_started"]
    ended = [e for e in heard if e.type in ("task_complete", "turn_aborted")]
    assert started == [event.id for event in ended]
    assert all(balanced(post) for post in transport.posts)
    told = types(heard).count("user_message")
    returned = sum(len(given_back(event)) for event in ended)
    assert told + returned == steps.count("input")
    assert heard[-1].type == "shutdown_complete"


class Deaf(WaitingTool):
    """A tool that goes on when it is cancelled, until it is released."""

    async def run(self, call: Call, context: ToolContext) -> str:
        try:
            return await super().run(call, context)
        except asyncio.CancelledError:
            await self.gate("late").wait()
            return "too late"


async def test_what_ends_after_its_turn_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that does not heed the interrupt is not waited for; its call was answered for it."""
    monkeypatch.setattr(thread_module, "_ABORT_GRACE", 0.01)
    tool = Deaf("slow", parallel=True)
    transport = FakeTransport(reply(done(call("c1", "slow")), completed()), answer("ok"))
    async with running(transport, tools=[tool]) as thread:
        await thread.submit(user_text("one"))
        await tool.until_started("c1")
        assert thread._turn is not None
        work = thread._turn.task
        await thread.submit(Interrupt())
        await turn_end(thread)
        assert work is not None
        tool.gate("late").set()
        await asyncio.wait([work])
        await thread.submit(user_text("two"))
        await turn_end(thread)
    outputs = [item["output"] for item in transport.posts[1].input if "output" in item]
    assert outputs == ["aborted"]
