"""WebSockets: prewarm, incremental input, what ends a connection and what comes after it."""

from agent_rehearsal import close, head, ping, raw, reset, stall
from mock_responses import (
    codex_rate_limits,
    completed,
    connection_limit_reached,
    created,
    error_frame,
    event,
    failed,
    incomplete,
    insufficient_quota,
    is_prewarm,
    message,
    minimal,
    rate_limits,
    raw_event,
    response_metadata,
    shell_call,
    stream,
    window,
)
from suites.parity.families.steering import let_end
from suites.parity.scenario import WS, Scene, scenario

RETRY = {"stream_max_retries": 1}


async def broken_then_fine(scene: Scene) -> None:
    """A turn whose response breaks off and is asked for again, and another turn."""
    scene.mock.reply(message("all of it"))
    scene.mock.reply(message("more of it"))
    user = await scene.open()
    await user.say("say hi")
    await user.say("say more")


@scenario(over=WS, provider=RETRY)
async def ws_abort_before_completed(scene: Scene) -> None:
    """After a reset connection all is sent anew on the next, with what was whole."""
    scene.mock.reply(message("before the end"), reset())
    await broken_then_fine(scene)


@scenario(over=WS, provider=RETRY)
async def ws_close_before_completed(scene: Scene) -> None:
    """So it is where the server closes."""
    scene.mock.reply(message("before the end"), close(1011))
    await broken_then_fine(scene)


@scenario(over=WS, provider=RETRY)
async def ws_error_connection_limit(scene: Scene) -> None:
    """A connection that has been open for too long is replaced by another."""
    scene.mock.reply(stream(connection_limit_reached()))
    await broken_then_fine(scene)


@scenario(over=WS, provider=RETRY)
async def ws_error_frame_429_then_ok(scene: Scene) -> None:
    """A wrapped 429 ends the turn; the next one connects anew."""
    scene.mock.reply(stream(error_frame(429, type="rate_limit", code_name="rate_limit_exceeded")))
    user = await scene.open()
    await user.say("say hi")
    scene.mock.reply(message("fine now"))
    await user.say("say hi again")


@scenario(over=WS, provider=RETRY)
async def ws_error_frame_500_then_ok(scene: Scene) -> None:
    """A wrapped 500 is retried on a new connection."""
    scene.mock.reply(stream(error_frame(500, type="server_error")))
    await broken_then_fine(scene)


@scenario(over=WS, provider=RETRY)
async def ws_error_frame_400(scene: Scene) -> None:
    """A wrapped 400 ends the turn; the next one sends all."""
    scene.mock.reply(stream(error_frame(400, message="bad field")))
    user = await scene.open()
    await user.say("say hi")
    scene.mock.reply(message("fine now"))
    await user.say("say hi again")


@scenario(over=WS, provider=RETRY)
async def ws_failed_event(scene: Scene) -> None:
    """A response that failed is asked for anew on another connection."""
    scene.mock.reply(stream(created(), failed("nobody_knows", "something happened")))
    await broken_then_fine(scene)


@scenario(over=WS, provider=RETRY)
async def ws_failed_event_quota(scene: Scene) -> None:
    """A used-up quota ends the turn; the next one connects anew."""
    scene.mock.reply(stream(created(), insufficient_quota()))
    user = await scene.open()
    await user.say("say hi")
    scene.mock.reply(message("fine now"))
    await user.say("say hi again")


@scenario(over=WS, provider=RETRY)
async def ws_incomplete_event(scene: Scene) -> None:
    """A response that ended before its end is asked for anew with what there was."""
    scene.mock.reply(message("only a part"), incomplete("max_output_tokens"))
    await broken_then_fine(scene)


@scenario(over=WS, provider=RETRY)
async def ws_binary_frame(scene: Scene) -> None:
    """A binary message breaks the stream."""
    scene.mock.reply(stream(created(), raw(b"\xff\xfe")))
    await broken_then_fine(scene)


@scenario(over=WS, provider=RETRY)
async def ws_tool_then_reset(scene: Scene) -> None:
    """A call that was whole is carried out, and its output sent on the next connection."""
    scene.mock.reply(shell_call("c1", "echo ran"), reset())
    await broken_then_fine(scene)


@scenario(over=WS, provider={**RETRY, "stream_idle_timeout_ms": 400})
async def ws_idle_timeout(scene: Scene) -> None:
    """A connection that says nothing any more is given up."""
    scene.mock.reply(stream(created(), stall()))
    await broken_then_fine(scene)


@scenario(over=WS)
async def ws_idle_pings(scene: Scene) -> None:
    """A ping between two turns is answered, and the connection kept."""
    scene.mock.reply(message("first done"), completed(), ping(b"srv"))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await scene.mock.wait_for(head("pong"))
    await user.say("turn two")


@scenario(over=WS)
async def ws_interrupt_then_complete(scene: Scene) -> None:
    """After a turn that the user ended all is sent, on the same connection once that is free."""
    rest = scene.mock.gate("rest")
    scene.mock.reply(message("first done"))
    scene.mock.reply(stream(created(), rest, completed()))
    scene.mock.reply(message("third done"))
    user = await scene.open()
    await user.say("turn one")
    await user.begin("turn two")
    await rest.reached()
    await user.interrupt()
    await let_end(scene, rest)
    await user.say("turn three")


@scenario(over=WS)
async def ws_no_deflate(scene: Scene) -> None:
    """Without compression all is the same."""
    scene.mock.websocket_compression = False
    scene.mock.reply(message("hello"))
    user = await scene.open()
    await user.say("say hi")


@scenario(over=WS)
async def ws_prewarm_answered_with_message(scene: Scene) -> None:
    """What the answer to a prewarm holds is no answer to anybody."""
    scene.mock.reply(minimal(message("unasked")), when=is_prewarm)
    scene.mock.reply(message("hello"))
    user = await scene.open()
    await user.say("say hi")


@scenario(over=WS, provider={"websocket_connect_timeout_ms": 400, "stream_idle_timeout_ms": 700})
async def ws_prewarm_never_answered(scene: Scene) -> None:
    """A prewarm that is not answered is given up by the first turn."""
    scene.mock.reply(stream(stall()), when=is_prewarm)
    scene.mock.reply(message("hello"))
    user = await scene.open()
    await user.say("say hi")


@scenario(over=WS)
async def ws_prewarm_refused(scene: Scene) -> None:
    """A prewarm that fails leaves the first turn to a connection of its own."""
    scene.mock.reply(stream(error_frame(500, type="server_error")), when=is_prewarm)
    scene.mock.reply(message("hello"))
    user = await scene.open()
    await user.say("say hi")


@scenario(over=WS)
async def ws_response_metadata(scene: Scene) -> None:
    """What a server tells beside the response changes no request, but for the turn's state."""
    scene.mock.reply(
        stream(
            response_metadata(headers={"x-codex-turn-state": "state-1", "openai-model": "other"}),
            codex_rate_limits(rate_limits(primary=window(42, window_minutes=60))),
            created(),
            event(
                "response.output_item.done",
                item={
                    "type": "function_call",
                    "id": "fc_1",
                    "call_id": "c1",
                    "name": "exec_command",
                    "arguments": '{"cmd":"echo told"}',
                },
            ),
            completed(),
        )
    )
    scene.mock.reply(message("told so"))
    user = await scene.open()
    await user.say("tell me")


@scenario(over=WS)
async def ws_unknown_events(scene: Scene) -> None:
    """Events that nobody knows are passed over, and so is an error without a status."""
    content = [{"type": "output_text", "text": "through it all", "annotations": []}]
    item = {"type": "message", "id": "msg_1", "role": "assistant", "content": content}
    scene.mock.reply(
        stream(
            created(),
            event("response.from_the_future", answer=42),
            raw_event(b'{"type":"error","error":{"code":"odd","message":"without a status"}}'),
            event("response.output_item.done", item=item),
            completed(),
        )
    )
    scene.mock.reply(message("fine"))
    user = await scene.open()
    await user.say("say hi")
    await user.say("say more")


@scenario(over=WS)
async def ws_second_model_tier(scene: Scene) -> None:
    """A turn whose settings differ from the last one's sends all, on the same connection."""
    scene.mock.reply(message("first done"))
    scene.mock.reply(message("second done"))
    scene.mock.reply(message("third done"))
    user = await scene.open()
    await user.say("turn one")
    await user.say("turn two", model="mock-model-2")
    await user.say("turn three")
