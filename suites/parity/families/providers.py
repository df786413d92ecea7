"""Providers: how one gets in, which headers are sent, where the requests go."""

from agent_rehearsal import path
from mock_responses import message, reasoning, shell_call
from suites.parity.scenario import HTTP, WS, Scene, scenario
from suites.parity.settings import BASE_URL, ODD

BUILT_IN = {
    "model_provider": "openai",
    "model_providers": None,
    "openai_base_url": BASE_URL,
}
SIGNED = {"name": "OpenAI", "env_key": None, "requires_openai_auth": True}
API_KEY = {"auth.json": '{"OPENAI_API_KEY": "sk-mock-1"}'}


async def one_turn(scene: Scene) -> None:
    """One message."""
    scene.mock.reply(message("hello"))
    user = await scene.open()
    await user.say("say hi")


@scenario(provider={"env_key": None, "requires_openai_auth": True}, home=API_KEY)
async def auth_apikey_provider(scene: Scene) -> None:
    """A provider that wants the sign-in's key gets it."""
    await one_turn(scene)


@scenario(over=WS, config=BUILT_IN, home=API_KEY)
async def auth_apikey_openai_base_url(scene: Scene) -> None:
    """The built-in provider at another address."""
    await one_turn(scene)


@scenario(provider={"env_key": None, "requires_openai_auth": True}, signed_in=True)
async def auth_chatgpt_provider(scene: Scene) -> None:
    """A provider that wants the sign-in gets its token."""
    await one_turn(scene)


@scenario(over=WS, config=BUILT_IN, signed_in=True)
async def auth_chatgpt_openai_base_url(scene: Scene) -> None:
    """The built-in provider at another address, with the sign-in's token."""
    await one_turn(scene)


@scenario(provider={"env_key": None, "requires_openai_auth": True}, signed_in=True)
async def auth_chatgpt_provider_models_ok(scene: Scene) -> None:
    """A list of models changes nothing for a model that is not on it."""
    scene.mock.model_infos = ()
    await one_turn(scene)


@scenario(provider={"env_key": None, "requires_openai_auth": True}, signed_in=True)
async def models_etag_http(scene: Scene) -> None:
    """A reply that names another version of the list of models has it asked for once more."""
    scene.mock.models_etag = "v1"
    scene.mock.reply(message("first done"), models_etag="v1")
    scene.mock.reply(message("second done"), models_etag="v2")
    scene.mock.reply(message("third done"), models_etag="v2")
    user = await scene.open()
    await user.say("turn one")
    scene.mock.models_etag = "v2"
    await user.say("turn two")
    await scene.journal.wait_count(path("/v1/models"), 2)
    await user.say("turn three")


@scenario(provider=SIGNED, signed_in=True)
async def compressed_http(scene: Scene) -> None:
    """Bodies are compressed for who is signed in at the provider of that name."""
    await one_turn(scene)


@scenario(provider={"name": "OpenAI"})
async def not_compressed_http(scene: Scene) -> None:
    """And are not for a key."""
    await one_turn(scene)


@scenario()
async def env_key_exec(scene: Scene) -> None:
    """A key from the environment."""
    await one_turn(scene)


@scenario(provider={"env_key": "NO_SUCH_KEY"})
async def env_key_missing_http(scene: Scene) -> None:
    """Without the key nothing is sent."""
    user = await scene.open()
    await user.say("say hi")


@scenario(provider={"env_key": None, "experimental_bearer_token": "literal"})
async def bearer_token_http(scene: Scene) -> None:
    """A token from the settings."""
    await one_turn(scene)


@scenario(provider={"env_key": None})
async def no_auth_http(scene: Scene) -> None:
    """A provider that asks for nothing is told nothing."""
    await one_turn(scene)


PROVIDER_HEADERS = {
    "http_headers": {"x-own": "given", "X-Mixed-Case": "kept"},
    "env_http_headers": {"x-from-env": "OWN_VALUE", "x-blank": "BLANK", "x-unset": "UNSET"},
}


@scenario(provider=PROVIDER_HEADERS, env={"OWN_VALUE": "of the environment", "BLANK": " "})
async def provider_headers_http(scene: Scene) -> None:
    """Headers of the settings and of the environment."""
    await one_turn(scene)


@scenario(over=WS, provider=PROVIDER_HEADERS, env={"OWN_VALUE": "of the environment", "BLANK": ""})
async def provider_headers_ws(scene: Scene) -> None:
    """The same on the upgrade."""
    await one_turn(scene)


@scenario(provider={"query_params": {"api-version": "2026-01-01", "x": "a b", **ODD}})
async def query_params_http(scene: Scene) -> None:
    """A query of the settings."""
    await one_turn(scene)


@scenario(over=WS, provider={"query_params": {"api-version": "2026-01-01", **ODD}})
async def query_params_ws(scene: Scene) -> None:
    """The same on the upgrade."""
    await one_turn(scene)


@scenario(over=HTTP, provider={"name": "azure"})
async def azure_http(scene: Scene) -> None:
    """One provider stores responses, and wants the ids of items back."""
    scene.mock.reply(
        reasoning("thinking of it", encrypted_content="c2VhbGVk"),
        message("let me look"),
        shell_call("c1", "echo looked"),
    )
    scene.mock.reply(message("looked"))
    user = await scene.open()
    await user.say("look at it")


@scenario(features={"item_ids": True})
async def item_ids_http(scene: Scene) -> None:
    """With a feature on, every item has an id."""
    scene.mock.reply(shell_call("c1", "echo one"))
    scene.mock.reply(message("done"))
    user = await scene.open()
    await user.say("turn one")
