"""What settings and turns change of a request: model, effort, tiers, schemas, context."""

import json

from mock_responses import function_call, message, web_search_call
from suites.parity.pictures import DOT, dot
from suites.parity.scenario import BOTH, Scene, scenario

KNOWN = "gpt-5.2"
"""A model that the clients have in their catalogue."""
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string"}},
    "required": ["answer"],
    "additionalProperties": False,
}

CATALOGUE = {
    "models": [
        {
            "slug": "lite-model",
            "display_name": "Lite",
            "description": "a model of the lite form",
            "default_reasoning_level": "medium",
            "supported_reasoning_levels": [{"effort": "medium", "description": "some"}],
            "shell_type": "unified_exec",
            "visibility": "list",
            "supported_in_api": True,
            "priority": 1,
            "upgrade": None,
            "availability_nux": None,
            "base_instructions": "Be kind to whoever asks.",
            "supports_reasoning_summaries": True,
            "support_verbosity": False,
            "default_verbosity": None,
            "apply_patch_tool_type": "freeform",
            "truncation_policy": {"mode": "tokens", "limit": 10_000},
            "supports_parallel_tool_calls": True,
            "context_window": 100_000,
            "experimental_supported_tools": [],
            "input_modalities": ["text", "image"],
            "web_search_tool_type": "text_and_image",
            "supports_image_detail_original": True,
            "use_responses_lite": True,
        }
    ]
}
"""The catalogue of one model, which takes requests in the lite form."""


async def two_turns(scene: Scene, **second: object) -> None:
    """A plain turn, and one with `second`."""
    scene.mock.reply(message("first done"))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await user.say("turn two", **second)


@scenario(config={"model": KNOWN})
async def known_model_http(scene: Scene) -> None:
    """A known model has its tools, its effort and its verbosity."""
    await two_turns(scene)


@scenario(config={"model": KNOWN, "model_reasoning_effort": "high"})
async def effort_http(scene: Scene) -> None:
    """An effort of the settings, and of a turn."""
    await two_turns(scene, effort="low")


@scenario(config={"model": KNOWN, "model_reasoning_summary": "detailed"})
async def summary_http(scene: Scene) -> None:
    """A summary of the settings, and none for a turn."""
    await two_turns(scene, summary="none")


@scenario(config={"model": KNOWN, "model_verbosity": "high"})
async def verbosity_http(scene: Scene) -> None:
    """A verbosity of the settings."""
    await two_turns(scene)


@scenario(config={"model_verbosity": "high"})
async def verbosity_of_unknown_model_http(scene: Scene) -> None:
    """A model that is not known to have verbosities is sent none."""
    await two_turns(scene)


@scenario(config={"model": KNOWN, "service_tier": "flex"})
async def service_tier_http(scene: Scene) -> None:
    """A tier that the model does not list is not sent."""
    await two_turns(scene)


@scenario(over=BOTH)
async def output_schema(scene: Scene) -> None:
    """A schema holds for one turn."""
    scene.mock.reply(message('{"answer":"yes"}'))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one", schema=SCHEMA)
    await user.say("turn two")


@scenario(config={"model": KNOWN})
async def model_switch_http(scene: Scene) -> None:
    """Another model is told that there was one before it."""
    await two_turns(scene, model="mock-model")


@scenario()
async def cwd_change_http(scene: Scene) -> None:
    """Another working folder is told, and nothing that stayed."""
    (scene.work / "inner").mkdir()
    await two_turns(scene, cwd=scene.work / "inner")


@scenario()
async def approval_change_http(scene: Scene) -> None:
    """Another policy of approvals is told."""
    await two_turns(scene, approval_policy="on-request")


@scenario(over=BOTH, config={"developer_instructions": "Speak of nothing but the weather."})
async def developer_instructions(scene: Scene) -> None:
    """A developer's own instructions stand in the developer's message."""
    await two_turns(scene)


@scenario(work={"AGENTS.md": "Never touch the teapot on the shelf.\n"})
async def agents_md_http(scene: Scene) -> None:
    """A project's instructions stand in the user's context."""
    await two_turns(scene)


@scenario(home={"AGENTS.md": "Always be polite to the gardener.\n"})
async def user_agents_md_http(scene: Scene) -> None:
    """So do a user's."""
    await two_turns(scene)


@scenario(config={"include_environment_context": False})
async def no_environment_http(scene: Scene) -> None:
    """The environment need not be told."""
    await two_turns(scene)


@scenario(config={"include_permissions_instructions": False})
async def no_permissions_http(scene: Scene) -> None:
    """Nor need the permissions."""
    await two_turns(scene)


@scenario(config={"approval_policy": "on-request"})
async def on_request_http(scene: Scene) -> None:
    """A policy of approvals is told."""
    await two_turns(scene)


@scenario(config={"web_search": "disabled"})
async def web_search_disabled_http(scene: Scene) -> None:
    """The search can be switched off."""
    await two_turns(scene)


@scenario(config={"web_search": "live"})
async def web_search_live_http(scene: Scene) -> None:
    """Or may go out."""
    await two_turns(scene)


@scenario()
async def image_http(scene: Scene) -> None:
    """An image goes along with the text."""
    scene.mock.reply(message("a red dot"))
    user = await scene.open()
    await user.say("what is it", images=(DOT,))


@scenario(
    over=BOTH,
    config={"model": "lite-model", "model_catalog_json": "models.json"},
    home={"models.json": json.dumps(CATALOGUE)},
)
async def lite_model(scene: Scene) -> None:
    """A model of the lite form: its tools, pictures, and items that the server made."""
    dot(scene.work)
    look = {"path": "dot.png", "detail": "original"}
    scene.mock.reply(function_call("c1", "view_image", look))
    scene.mock.reply(message("a dot"))
    scene.mock.reply(web_search_call("dots"), message("there are many"))
    user = await scene.open()
    await user.say("look at it", images=(DOT,))
    await user.say("look for more")


@scenario()
async def additional_context_http(scene: Scene) -> None:
    """Additional context is told when it changes."""
    for text in ("first done", "second done", "third done"):
        scene.mock.reply(message(text))
    user = await scene.open()
    weather = {"weather": ("untrusted", "it rains cats and dogs")}
    policy = {"policy": ("application", "stay away from the windows")}
    await user.say("turn one", context={**weather, **policy})
    await user.say("turn two", context={**weather, **policy})
    await user.say("turn three", context={"weather": ("untrusted", "the sun is out again")})
