"""The turn loop: what is asked, what is told, in which order."""

import asyncio
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from codex_core import Codex, Event, Runtime
from codex_core.config.errors import ConfigError
from codex_core.protocol.events import EVENTS, EventMsg
from codex_core.protocol.ops import OPS, Interrupt, Op, UserInput, user_text
from codex_core.session.outlet import ThreadClosedError
from suites.core.fakes import (
    FakeReply,
    FakeTransport,
    Json,
    WaitingTool,
    added,
    answer,
    call,
    completed,
    delta,
    done,
    events_until,
    make_config,
    message,
    only,
    reply,
    running,
    sse,
    turn_end,
    types,
)


async def test_the_events_of_a_plain_turn() -> None:
    """Configured, started, the user's message, the answer, the count, complete; one turn id."""
    transport = FakeTransport(answer("hi"))
    async with running(transport, model_context_window=100) as thread:
        turn_id = await thread.submit(user_text("hello"))
        events = await turn_end(thread)
    assert types(events) == [
        "session_configured",
        "task_started",
        "item_started",
        "item_completed",
        "user_message",
        "item_started",
        "item_completed",
        "agent_message",
        "token_count",
        "task_complete",
    ]
    assert {event.id for event in events[1:]} == {turn_id}
    assert only(events, "user_message").message == "hello"
    assert only(events, "token_count").info.total_token_usage.total_tokens == 15
    assert only(events, "token_count").info.model_context_window == 95
    assert only(events, "task_complete").last_agent_message == "hi"
    assert transport.closed


async def test_deltas_belong_to_the_item_that_was_added() -> None:
    """Started with its id, deltas with that id, completed with that id; strays are not told."""
    item = message("hello", id="msg_1")
    thought: Json = {"type": "reasoning", "id": "rs_1", "summary": []}
    whole = {**thought, "summary": [{"type": "summary_text", "text": "ab"}]}
    summary = {"type": "response.reasoning_summary_text.delta", "delta": "ab", "summary_index": 0}
    part = {"type": "response.reasoning_summary_part.added", "summary_index": 0}
    raw = {"type": "response.reasoning_text.delta", "delta": "r", "content_index": 0}
    transport = FakeTransport(
        reply(
            delta("stray"),
            added(thought),
            part,
            summary,
            raw,
            done(whole),
            delta("stray"),
            added({**item, "content": []}),
            delta("hel"),
            delta("lo"),
            done(item),
            completed(),
        )
    )
    async with running(transport) as thread:
        await thread.submit(user_text("go"))
        events = (await turn_end(thread))[5:]
    assert types(events) == [
        "item_started",
        "agent_reasoning_section_break",
        "reasoning_content_delta",
        "item_completed",
        "agent_reasoning",
        "item_started",
        "agent_message_content_delta",
        "agent_message_content_delta",
        "item_completed",
        "agent_message",
        "token_count",
        "task_complete",
    ]
    told = [event.as_dict()["msg"] for event in events]
    assert [msg["item_id"] for msg in told[1:3]] == ["rs_1"] * 2
    assert [msg["item"]["id"] for msg in told if "item" in msg] == [
        "rs_1",
        "rs_1",
        "msg_1",
        "msg_1",
    ]
    assert [msg["delta"] for msg in told[6:8]] == ["hel", "lo"]


async def test_outputs_go_back_in_call_order_after_all_items() -> None:
    """Items in the order of the stream, then the outputs in the order of the calls."""
    tool = WaitingTool("tool", parallel=True)
    first = reply(
        done(call("a", "tool")), done(message("thinking")), done(call("b", "tool")), completed()
    )
    transport = FakeTransport(first, answer("ok"))
    async with running(transport, tools=[tool]) as thread:
        await thread.submit(user_text("go"))
        await tool.until_started("a", "b")
        tool.gate("b").set()
        await tool.until_ended("b")
        tool.gate("a").set()
        await turn_end(thread)
    tail = transport.posts[1].input[3:]
    assert [item.get("call_id") for item in tail] == ["a", None, "b", "a", "b"]
    assert [item.get("output") for item in tail[3:]] == ["answer to a", "answer to b"]


async def test_tools_start_before_the_response_is_over() -> None:
    """A call runs as soon as its item is done, while the stream goes on."""
    tool = WaitingTool("tool", parallel=True)
    gate = asyncio.Event()
    streaming = FakeReply(sse(done(call("a", "tool"))), gate, sse(completed()))
    transport = FakeTransport(streaming, answer("ok"))
    async with running(transport, tools=[tool]) as thread:
        await thread.submit(user_text("go"))
        await tool.until_started("a")
        assert not gate.is_set()
        gate.set()
        tool.gate("a").set()
        assert only(await turn_end(thread), "task_complete").last_agent_message == "ok"


async def test_tools_of_a_cut_response_are_awaited() -> None:
    """The repeated request has the call and its output."""
    tool = WaitingTool("tool", parallel=True)
    tool.gate("a").set()
    transport = FakeTransport(reply(done(call("a", "tool"))), answer("ok"))
    runtime = msgspec.structs.replace(Runtime.deterministic(), sleep=lambda _: asyncio.sleep(0))
    async with running(
        transport, tools=[tool], runtime=runtime, provider={"stream_max_retries": 1}
    ) as thread:
        await thread.submit(user_text("go"))
        await turn_end(thread)
    assert transport.posts[1].input[-1]["output"] == "answer to a"
    assert tool.started == ["a"]


async def test_the_model_may_ask_to_go_on() -> None:
    """`end_turn: false` makes another request, `true` or nothing does not."""
    transport = FakeTransport(
        reply(done(message("one")), completed(end_turn=False)),
        reply(done(message("two")), completed(end_turn=True)),
    )
    async with running(transport) as thread:
        await thread.submit(user_text("go"))
        await turn_end(thread)
    assert len(transport.posts) == 2


async def test_input_during_a_turn_joins_it() -> None:
    """It is answered with the turn's id and sent after the running response's outputs."""
    tool = WaitingTool("tool", parallel=True)
    transport = FakeTransport(reply(done(call("a", "tool")), completed()), answer("ok"))
    async with running(transport, tools=[tool]) as thread:
        turn_id = await thread.submit(user_text("go"))
        await tool.until_started("a")
        assert await thread.submit(user_text("also")) == turn_id
        tool.gate("a").set()
        events = await turn_end(thread)
    assert types(events).count("task_started") == 1
    assert transport.posts[1].input[-2]["output"] == "answer to a"
    assert transport.posts[1].texts == ["go", "also"]


async def test_input_alone_makes_another_request() -> None:
    """A turn whose model is done goes on when input waits."""
    gate = asyncio.Event()
    streaming = FakeReply(sse(done(message("one"))), gate, sse(completed()))
    transport = FakeTransport(streaming, answer("two"))
    async with running(transport) as thread:
        turn_id = await thread.submit(user_text("go"))
        await events_until(thread, "agent_message")
        assert await thread.submit(user_text("more")) == turn_id
        gate.set()
        events = await turn_end(thread)
    assert only(events, "task_complete").last_agent_message == "two"
    assert transport.posts[1].texts == ["go", "one", "more"]


async def test_input_meets_a_turn_or_none_but_never_a_gap() -> None:
    """Input handed in at the moment of `task_complete` begins a turn of its own and is answered."""
    transport = FakeTransport(*(answer(str(number)) for number in range(3)))
    submitted: list[asyncio.Task[str]] = []

    def on_event(_: str, event: Event) -> None:
        if event.type == "task_complete" and len(submitted) < 2:
            text = user_text(f"again {len(submitted)}")
            submitted.append(asyncio.get_running_loop().create_task(threads[0].submit(text)))

    threads = []
    async with running(transport, on_event=on_event) as thread:
        threads.append(thread)
        ids = [await thread.submit(user_text("go"))]
        ends = [await turn_end(thread) for _ in range(3)]
        ids += [await task for task in submitted]
    assert [events[-1].id for events in ends] == ids
    assert transport.posts[2].texts == ["go", "0", "again 0", "1", "again 1"]


async def test_turn_state_lives_for_one_turn() -> None:
    """The first value is replayed within the turn, later ones are not, the next turn has none."""
    state = "x-codex-turn-state"
    unsupported = done(call("a", "nope"))
    transport = FakeTransport(
        reply(unsupported, completed(), headers={state: "ts-1"}),
        reply(unsupported, completed(), headers={state: "ts-2"}),
        answer("ok"),
        answer("ok"),
    )
    async with running(transport) as thread:
        for _ in range(2):
            await thread.submit(user_text("go"))
            await turn_end(thread)
    assert [post.headers.get(state) for post in transport.posts] == [None, "ts-1", "ts-1", None]


async def test_an_unknown_tool_is_answered() -> None:
    """The turn goes on with the text that the tool is not there."""
    transport = FakeTransport(reply(done(call("a", "nope")), completed()), answer("ok"))
    async with running(transport) as thread:
        await thread.submit(user_text("go"))
        await turn_end(thread)
    assert transport.posts[1].input[-1]["output"] == "unsupported call: nope"


async def test_a_failed_turn_leaves_the_thread_usable() -> None:
    """`error`, then `task_complete` without a message; the next turn sees the first one's input."""
    transport = FakeTransport(FakeReply(b"bad", status=400), answer("ok"))
    async with running(transport) as thread:
        await thread.submit(user_text("one"))
        failed_turn = await turn_end(thread)
        await thread.submit(user_text("two"))
        events = await turn_end(thread)
    assert only(failed_turn, "error").message == "bad"
    assert only(failed_turn, "task_complete").last_agent_message is None
    assert only(events, "task_complete").last_agent_message == "ok"
    assert transport.posts[1].texts == ["one", "two"]


async def test_input_that_a_failed_turn_never_sent_is_given_back() -> None:
    """What joined a turn that failed is told with its end."""
    gate = asyncio.Event()
    transport = FakeTransport(FakeReply(gate))
    async with running(transport) as thread:
        await thread.submit(user_text("one"))
        await events_until(thread, "user_message")
        await thread.submit(user_text("two"))
        gate.set()
        end = only(await turn_end(thread), "task_complete")
    assert [given.items[0].text for given in end.unconsumed_input] == ["two"]


async def test_a_bug_ends_the_turn_and_not_the_thread() -> None:
    """An unexpected exception is told as an error; nothing hangs."""
    transport = FakeTransport()
    async with running(transport) as thread:
        await thread.submit(user_text("one"))
        events = await turn_end(thread)
        assert "internal error: AssertionError" in only(events, "error").message
        transport.replies.append(answer("ok"))
        await thread.submit(user_text("two"))
        assert only(await turn_end(thread), "task_complete").last_agent_message == "ok"


async def test_the_callback_hears_first_and_in_order() -> None:
    """Each event is given to the callback before it can be read, and in the same order."""
    heard: list[Event] = []
    transport = FakeTransport(answer("hi"))
    async with running(transport, on_event=lambda _, event: heard.append(event)) as thread:
        await thread.submit(user_text("go"))
        read = []
        for _ in range(10):
            read.append(await thread.next_event())
            assert heard[len(read) - 1] is read[-1]
    assert heard[-1].type == "shutdown_complete"


async def test_a_callback_that_raises_harms_nobody() -> None:
    """The loop's exception handler hears of it; the turn ends as usual."""
    reports: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reports.append(context["message"]))

    def on_event(_: str, event: Event) -> None:
        raise ValueError(event.type)

    async with running(FakeTransport(answer("hi")), on_event=on_event) as thread:
        await thread.submit(user_text("go"))
        assert only(await turn_end(thread), "task_complete").last_agent_message == "hi"
    assert "on_event failed for task_started" in reports


async def test_empty_input_is_refused() -> None:
    """No turn begins."""
    async with running(FakeTransport()) as thread:
        with pytest.raises(ValueError, match="give it at least one"):
            await thread.submit(UserInput(items=()))


async def test_a_new_day_is_told_once() -> None:
    """Only what changed of the environment is said again, without folder and shell."""
    day = 86_400.0
    times = [1_750_000_000.0]
    runtime = msgspec.structs.replace(Runtime.deterministic(), now=lambda: times[0])
    transport = FakeTransport(*(answer("ok") for _ in range(3)))
    async with running(transport, runtime=runtime) as thread:
        for later in (0.0, day, 0.0):
            times[0] += later
            await thread.submit(user_text("go"))
            await turn_end(thread)
    update = transport.posts[1].input[-2]["content"][0]["text"]
    assert "<current_date>2025-06-16</current_date>" in update
    assert "<cwd>" not in update
    assert "<shell>" not in update
    assert [len(post.input) for post in transport.posts] == [3, 6, 8]


async def test_a_folder_that_is_not_there_is_a_setting_to_correct(tmp_path: Path) -> None:
    """The thread does not start; the error names the folder."""
    async with Codex(make_config(cwd=tmp_path / "gone"), transport=FakeTransport()) as codex:
        with pytest.raises(ConfigError, match=r"`cwd` is .*gone, which is no folder"):
            await codex.start_thread()


async def test_a_call_that_comes_twice_is_one() -> None:
    """Its id is kept and answered once, for the next request could not have it twice."""
    twice = [done(call("c1", "nothing")), done(call("c1", "nothing"))]
    transport = FakeTransport(reply(*twice, completed()), answer("hi"))
    async with running(transport) as thread:
        await thread.submit(user_text("go"))
        await turn_end(thread)
    calls = [item for item in transport.posts[1].input if "call_id" in item]
    assert [item["type"] for item in calls] == ["function_call", "function_call_output"]


async def test_after_a_shutdown_everything_is_answered() -> None:
    """Shutdown again and interrupt do nothing, input and reading are refused, none hangs."""
    async with running(FakeTransport()) as thread:
        await asyncio.gather(thread.shutdown(), thread.shutdown(), thread.submit(Interrupt()))
        await thread.shutdown()
        await thread.submit(Interrupt())
        with pytest.raises(ThreadClosedError, match="start another"):
            await thread.submit(user_text("late"))
        assert types(await events_until(thread, "shutdown_complete"))[-1] == "shutdown_complete"
        for _ in range(2):
            with pytest.raises(ThreadClosedError):
                await thread.next_event()


async def test_a_reader_that_waits_is_told_of_the_end() -> None:
    """Several readers wait; one gets the last event, the others the news that there are no more."""
    async with running(FakeTransport()) as thread:
        await events_until(thread, "session_configured")
        readers = [asyncio.create_task(thread.next_event()) for _ in range(3)]
        await asyncio.sleep(0)
        await thread.shutdown()
        ends = await asyncio.gather(*readers, return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Event", *["ThreadClosedError"] * 2]


async def test_warnings_are_told_at_the_start() -> None:
    """What was odd in the settings follows `session_configured`."""
    async with running(FakeTransport(), warnings=("odd",)) as thread:
        events = await events_until(thread, "warning")
    assert only(events, "warning").message == "odd"


def test_every_operation_and_event_has_a_name_of_its_own() -> None:
    """The tables are as long as the unions, and no name stands for two."""
    assert len(OPS) == len(get_args(Op))
    assert len(EVENTS) == len(get_args(EventMsg))
