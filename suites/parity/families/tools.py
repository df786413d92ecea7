"""Tools beside the shell, images, and items that the server made by itself."""

from mock_responses import (
    custom_tool_call,
    function_call,
    image_generation_call,
    invalid_image,
    message,
    web_search_call,
)
from suites.parity.pictures import PIXEL, dot
from suites.parity.scenario import BOTH, Scene, scenario

PATCHING = {"model": "gpt-5.2"}
"""A model that is known to write patches."""
PATCH = """\
*** Begin Patch
*** Add File: hello.txt
+hello
*** End Patch
"""


@scenario(over=BOTH, config=PATCHING)
async def apply_patch(scene: Scene) -> None:
    """A patch, which adds a file."""
    scene.mock.reply(custom_tool_call("c1", "apply_patch", PATCH))
    scene.mock.reply(message("patched"))
    user = await scene.open()
    await user.say("add a file")


@scenario()
async def apply_patch_not_offered_http(scene: Scene) -> None:
    """A model that is not known to write patches has no tool for it."""
    scene.mock.reply(custom_tool_call("c1", "apply_patch", PATCH))
    scene.mock.reply(message("a pity"))
    user = await scene.open()
    await user.say("add a file")


async def commands_to_their_end(scene: Scene) -> None:
    """Commands of the tool that runs each to its end: failing, long, a patch, in another folder."""
    scene.mock.reply(
        function_call("c1", "shell_command", {"command": "echo hi; exit 3"}),
        function_call("c2", "shell_command", {"command": "seq 1 20000"}),
        function_call("c3", "exec_command", {"cmd": "echo"}),
    )
    patch = f"apply_patch <<'EOF'\n{PATCH}EOF\n"
    scene.mock.reply(
        function_call("c4", "shell_command", {"command": patch}),
        function_call("c5", "shell_command", {"command": "pwd", "workdir": "/tmp"}),
    )
    scene.mock.reply(message("all run"))
    user = await scene.open()
    await user.say("run them")


@scenario(features={"unified_exec": False})
async def shell_command_http(scene: Scene) -> None:
    """Without commands that go on, there is a tool that runs each to its end."""
    await commands_to_their_end(scene)


@scenario()
async def shell_command_not_offered_http(scene: Scene) -> None:
    """With them it is not offered, and runs all the same."""
    await commands_to_their_end(scene)


@scenario(config=PATCHING)
async def shell_command_of_known_model_http(scene: Scene) -> None:
    """So it is for a model that is known, which may write patches."""
    await commands_to_their_end(scene)


@scenario(over=BOTH)
async def view_image(scene: Scene) -> None:
    """A picture that the model looks at goes back as one."""
    dot(scene.work)
    scene.mock.reply(function_call("c1", "view_image", {"path": "dot.png"}))
    scene.mock.reply(message("a dot"))
    user = await scene.open()
    await user.say("look at it")


@scenario()
async def invalid_image_http(scene: Scene) -> None:
    """A picture that the server cannot read is taken out, and the request made again."""
    dot(scene.work)
    scene.mock.reply(function_call("c1", "view_image", {"path": "dot.png"}))
    scene.mock.reply(invalid_image())
    scene.mock.reply(message("no dot"))
    user = await scene.open()
    await user.say("look at it")


@scenario()
async def local_image_http(scene: Scene) -> None:
    """A picture of the user's stands between tags that name it."""
    file = dot(scene.work)
    scene.mock.reply(message("a dot"))
    user = await scene.open()
    await user.say("what is it", files=(file,))


@scenario(over=BOTH)
async def web_search(scene: Scene) -> None:
    """A search that the server made is told back to it."""
    scene.mock.reply(web_search_call("the weather"), message("it rains"))
    scene.mock.reply(message("you are welcome"))
    user = await scene.open()
    await user.say("how is the weather")
    await user.say("thank you")


@scenario()
async def image_generation_http(scene: Scene) -> None:
    """So is a picture that it made."""
    scene.mock.reply(image_generation_call(PIXEL), message("here it is"))
    scene.mock.reply(message("you are welcome"))
    user = await scene.open()
    await user.say("draw a dot")
    await user.say("thank you")
