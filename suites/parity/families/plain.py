"""Turns that go well: a message, tools, several turns, over both transports."""

from mock_responses import (
    completed,
    created,
    custom_tool_call,
    event,
    function_call,
    message,
    reasoning,
    shell_call,
    stream,
)
from suites.parity.scenario import BOTH, Scene, scenario


@scenario(over=BOTH)
async def plain_exec(scene: Scene) -> None:
    """One prompt and one message."""
    scene.mock.reply(message("hello from the mock"))
    user = await scene.open()
    await user.say("say hi")


@scenario(over=BOTH)
async def tool_exec(scene: Scene) -> None:
    """A command, and a message about it."""
    scene.mock.reply(shell_call("c1", "echo from the tool"))
    scene.mock.reply(message("it said so"))
    user = await scene.open()
    await user.say("run it")


@scenario(over=BOTH)
async def multi_turn(scene: Scene) -> None:
    """Three turns, the first with a command."""
    scene.mock.reply(shell_call("c1", "echo one"))
    for text in ("first done", "second done", "third done"):
        scene.mock.reply(message(text))
    user = await scene.open()
    await user.say("turn one")
    await user.say("turn two")
    await user.say("turn three")


@scenario(over=BOTH)
async def parallel_tools(scene: Scene) -> None:
    """Two commands in one response: their outputs go back in the order of the calls."""
    scene.mock.reply(shell_call("c1", "echo left"), shell_call("c2", "echo right"))
    scene.mock.reply(message("both"))
    user = await scene.open()
    await user.say("run both")


@scenario(over=BOTH)
async def tool_chain(scene: Scene) -> None:
    """Three commands one after the other in one turn."""
    for number in (1, 2, 3):
        scene.mock.reply(shell_call(f"c{number}", f"echo step {number}"))
    scene.mock.reply(message("three steps"))
    user = await scene.open()
    await user.say("step by step")


@scenario(over=BOTH)
async def reasoning_and_tool(scene: Scene) -> None:
    """Reasoning, a remark and a call in one response are all there in the next request."""
    scene.mock.reply(
        reasoning("thinking of it", encrypted_content="c2VhbGVk"),
        message("let me look", phase="commentary"),
        shell_call("c1", "echo looked"),
    )
    scene.mock.reply(reasoning("thought again"), message("looked", phase="final_answer"))
    scene.mock.reply(message("you are welcome"))
    user = await scene.open()
    await user.say("look at it")
    await user.say("thank you")


@scenario(over=BOTH)
async def refusal(scene: Scene) -> None:
    """A message in which the model refuses is not sent back, not even what it said beside that."""
    content = [
        {"type": "output_text", "text": "As far as it goes", "annotations": []},
        {"type": "refusal", "refusal": "no further than that"},
    ]
    item = {"type": "message", "id": "msg_refused", "role": "assistant", "content": content}
    done = event("response.output_item.done", item=item)
    scene.mock.reply(stream(created(), done, completed()))
    scene.mock.reply(message("fine"))
    scene.mock.reply(message("fine again"))
    user = await scene.open()
    await user.say("go there")
    await user.say("go on")
    await user.say("and on")


@scenario()
async def unknown_tools_http(scene: Scene) -> None:
    """Calls of tools that do not exist are answered in words, and the turn goes on."""
    scene.mock.reply(
        function_call("c1", "no_such_tool", {"a": 1}), custom_tool_call("c2", "no_such_custom", "x")
    )
    scene.mock.reply(message("a pity"))
    user = await scene.open()
    await user.say("use them")


@scenario()
async def plan_http(scene: Scene) -> None:
    """A plan is acknowledged."""
    steps = [{"step": "look", "status": "in_progress"}, {"step": "leap", "status": "pending"}]
    scene.mock.reply(function_call("c1", "update_plan", {"plan": steps}))
    scene.mock.reply(message("planned"))
    user = await scene.open()
    await user.say("make a plan")


@scenario()
async def broken_plan_http(scene: Scene) -> None:
    """Arguments that are no JSON are told to the model."""
    scene.mock.reply(function_call("c1", "update_plan", "{broken"))
    scene.mock.reply(message("sorry"))
    user = await scene.open()
    await user.say("make a plan")


@scenario()
async def failing_command_http(scene: Scene) -> None:
    """The exit code of a command that fails goes back, and what it said of it."""
    scene.mock.reply(shell_call("c1", "echo broken >&2; exit 3"))
    scene.mock.reply(message("it failed"))
    user = await scene.open()
    await user.say("run it")


@scenario()
async def long_output_http(scene: Scene) -> None:
    """An output that is too long is cut in its middle."""
    scene.mock.reply(shell_call("c1", "seq 1 20000"))
    scene.mock.reply(message("many"))
    user = await scene.open()
    await user.say("count")


@scenario()
async def output_limit_http(scene: Scene) -> None:
    """A call may ask for less output than the model may have."""
    call = {"cmd": "seq 1 400", "max_output_tokens": 50}
    scene.mock.reply(function_call("c1", "exec_command", call))
    scene.mock.reply(message("some"))
    user = await scene.open()
    await user.say("count a little")


@scenario()
async def write_stdin_http(scene: Scene) -> None:
    """A command that goes on is known by a number, under which it can be written to."""
    call = {"cmd": "read word; echo got $word", "tty": True, "yield_time_ms": 250}
    scene.mock.reply(function_call("c1", "exec_command", call))
    scene.mock.reply(message("it waits"))
    user = await scene.open()
    await user.say("start it")
