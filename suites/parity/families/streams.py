"""Streams over HTTP that break off, end in an error, or hold what nobody knows."""

from agent_rehearsal import cut, reset, stall
from mock_responses import (
    completed,
    context_length_exceeded,
    created,
    event,
    failed,
    incomplete,
    insufficient_quota,
    invalid_prompt_failed,
    message,
    minimal,
    overloaded_failed,
    rate_limit_failed,
    raw_event,
    shell_call,
    stream,
)
from mock_responses.structs import Custom
from suites.parity.scenario import Scene, scenario

RETRY = {"stream_max_retries": 1}


def whole(text: str) -> Custom:
    """A message in the one event that is needed."""
    content = [{"type": "output_text", "text": text, "annotations": []}]
    item = {"type": "message", "id": "msg_whole", "role": "assistant", "content": content}
    return event("response.output_item.done", item=item)


async def broken_then_fine(scene: Scene) -> None:
    """A turn whose response breaks off as the mock was told, and is asked for again."""
    scene.mock.reply(message("all of it"))
    user = await scene.open()
    await user.say("say hi")


async def ended_then_fine(scene: Scene) -> None:
    """A turn that ends in an error, and one that goes well."""
    user = await scene.open()
    await user.say("say hi")
    scene.mock.reply(message("fine now"))
    await user.say("say hi again")


@scenario(provider=RETRY)
async def abort_before_completed_http(scene: Scene) -> None:
    """What was whole before the connection was reset is kept and sent."""
    scene.mock.reply(message("before the end"), reset())
    await broken_then_fine(scene)


@scenario(provider=RETRY)
async def cut_before_completed_http(scene: Scene) -> None:
    """So it is where the stream just stops."""
    scene.mock.reply(message("before the end"), cut())
    await broken_then_fine(scene)


@scenario(provider=RETRY)
async def cut_in_message_http(scene: Scene) -> None:
    """A message that was not whole is not kept."""
    scene.mock.reply(message("half a mess", cut(), "age"))
    await broken_then_fine(scene)


@scenario(provider=RETRY)
async def cut_after_call_http(scene: Scene) -> None:
    """A call that was whole is carried out, and its output sent with it."""
    scene.mock.reply(shell_call("c1", "echo ran"), cut())
    await broken_then_fine(scene)


@scenario()
async def cut_without_retries_http(scene: Scene) -> None:
    """Without retries the turn ends; the next one has what was whole."""
    scene.mock.reply(message("before the end"), cut())
    await ended_then_fine(scene)


@scenario(provider={**RETRY, "stream_idle_timeout_ms": 400})
async def idle_timeout_http(scene: Scene) -> None:
    """A stream that says nothing any more is given up."""
    scene.mock.reply(stream(created(), stall()))
    await broken_then_fine(scene)


@scenario(provider=RETRY)
async def incomplete_event_http(scene: Scene) -> None:
    """A response that ended before its end is asked for again with what there was."""
    scene.mock.reply(message("only a part"), incomplete("max_output_tokens"))
    await broken_then_fine(scene)


@scenario(provider=RETRY)
async def failed_event_rate_limit_http(scene: Scene) -> None:
    """A failure that says when to come back is waited out."""
    scene.mock.reply(stream(created(), rate_limit_failed(0.05)))
    await broken_then_fine(scene)


@scenario(provider=RETRY)
async def failed_event_unknown_http(scene: Scene) -> None:
    """A failure of a code that nobody knows is retried."""
    scene.mock.reply(stream(created(), failed("nobody_knows", "something happened")))
    await broken_then_fine(scene)


@scenario(provider=RETRY)
async def failed_event_quota_http(scene: Scene) -> None:
    """A used-up quota ends the turn."""
    scene.mock.reply(stream(created(), insufficient_quota()))
    await ended_then_fine(scene)


@scenario(provider=RETRY)
async def failed_event_context_http(scene: Scene) -> None:
    """Input that does not fit ends the turn."""
    scene.mock.reply(stream(created(), context_length_exceeded()))
    await ended_then_fine(scene)


@scenario(provider=RETRY)
async def failed_event_prompt_http(scene: Scene) -> None:
    """A prompt that was refused ends the turn."""
    scene.mock.reply(stream(created(), invalid_prompt_failed()))
    await ended_then_fine(scene)


@scenario(provider=RETRY)
async def failed_event_overloaded_http(scene: Scene) -> None:
    """An overloaded server ends the turn."""
    scene.mock.reply(stream(created(), overloaded_failed()))
    await ended_then_fine(scene)


@scenario(provider=RETRY)
async def failed_then_completed_http(scene: Scene) -> None:
    """A response that completes after all has not failed."""
    scene.mock.reply(
        stream(
            created(),
            failed("nobody_knows", "not yet"),
            whole("after all"),
            completed(),
        )
    )
    await ended_then_fine(scene)


@scenario()
async def end_turn_false_http(scene: Scene) -> None:
    """A response that does not end the turn is followed by a request."""
    ending = {"id": "resp_open", "end_turn": False}
    scene.mock.reply(
        stream(
            created(),
            whole("not done yet"),
            event("response.completed", response=ending),
        )
    )
    await broken_then_fine(scene)


@scenario()
async def unknown_events_http(scene: Scene) -> None:
    """Events that nobody knows, or that are broken, are passed over."""
    scene.mock.reply(
        stream(
            created(),
            event("response.from_the_future", answer=42),
            raw_event(b"{broken"),
            whole("through it all"),
            event("response.output_item.done", item={"type": "from_the_future", "id": "x_1"}),
            completed(),
        )
    )
    await ended_then_fine(scene)


@scenario()
async def short_events_http(scene: Scene) -> None:
    """Items need no more than to be done."""
    scene.mock.reply(minimal(message("in short"), shell_call("c1", "echo short")))
    await broken_then_fine(scene)
