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
