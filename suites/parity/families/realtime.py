"""Realtime conversations as they are started: where, by whom, with which settings and prompts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from agent_rehearsal import direction, kind, of_type, on, refuse
from mock_realtime import RealtimeSession
from mock_responses import message
from suites.parity.clients.user import User
from suites.parity.scenario import HTTP, Act, Scene, scenario
from suites.parity.settings import BASE_URL, HOST_URL, ODD

PROMPT = "Answer in one short sentence."
UPDATE = of_type("session.update") & direction("in")
SIGNED = {"env_key": None, "requires_openai_auth": True}
API_KEY = {"auth.json": '{"OPENAI_API_KEY": "sk-mock-1"}'}


def talks(
    *, over: str = HTTP, features: dict[str, bool] | None = None, **settings: Any
) -> Callable[[Act], Act]:
    """Register a scenario in which conversations may be had."""
    return scenario(
        over=over, features={"realtime_conversation": True, **(features or {})}, **settings
    )


async def begin(scene: Scene, user: User, **fields: Any) -> RealtimeSession:
    """A conversation on a WebSocket of its own, whose server says only what it is told to.

    Fields are those of a start; one of `...` is left out where it would be given here.
    """
    scene.realtime.reactive = False
    given = {"prompt": PROMPT, "include_startup_context": False, **fields}
    number = len(scene.realtime.sessions)
    await user.talk(**{key: value for key, value in given.items() if value is not ...})
    await scene.journal.wait_count(UPDATE, number + 1)
    return scene.realtime.sessions[number]


async def opened(scene: Scene, **fields: Any) -> tuple[User, RealtimeSession]:
    """A user with such a conversation."""
    user = await scene.open()
    return user, await begin(scene, user, **fields)


async def got(scene: Scene, session: RealtimeSession, count: int) -> None:
    """Wait until a session has got so many messages, that of its settings included."""
    incoming = on(session.conn) & kind("frame") & direction("in")
    await scene.journal.wait_count(incoming, count)


async def settled(user: User, session: RealtimeSession, name: str) -> None:
    """Wait until the client has taken in what was sent before; `name` is one of its own."""
    item = {"id": name, "type": "message", "role": "system", "content": []}
    await session.send({"type": "conversation.item.added", "item": item})
    await user.told_of(name)


async def ended(scene: Scene, user: User, session: RealtimeSession, *, so_far: int) -> None:
    """See that no more than `so_far` messages came, by a text; then hang up."""
    await user.write("that was all", "developer")
    await got(scene, session, so_far + 1)
    await user.hang_up()
    await user.told("closed")


async def started(scene: Scene, **fields: Any) -> None:
    """A conversation that is started and ended."""
    user, session = await opened(scene, **fields)
    await ended(scene, user, session, so_far=1)


async def refused(scene: Scene, **fields: Any) -> None:
    """A conversation that is not to be."""
    user = await scene.open()
    await user.talk(prompt=PROMPT, include_startup_context=False, **fields)
    await user.told("error")
    await user.write("is anybody there?")


@talks()
async def realtime_v1(scene: Scene) -> None:
    """A conversation of version 1."""
    await started(scene, version="v1")


@talks()
async def realtime_v2(scene: Scene) -> None:
    """A conversation of version 2."""
    await started(scene, version="v2")


@talks()
async def realtime_defaults(scene: Scene) -> None:
    """A conversation of which only the prompt is said."""
    await started(scene)


@talks(config={"realtime": {"version": "v1"}})
async def realtime_version_configured(scene: Scene) -> None:
    """The version that the settings name."""
    await started(scene)


@talks(over="ws")
async def realtime_beside_ws(scene: Scene) -> None:
    """A conversation beside turns over a WebSocket."""
    scene.mock.reply(message("hello"))
    user, session = await opened(scene)
    await user.say("say hi")
    await got(scene, session, 3)
    await ended(scene, user, session, so_far=3)


@talks()
async def realtime_text_modality(scene: Scene) -> None:
    """A model that writes."""
    await started(scene, output_modality="text")


@talks()
async def realtime_v1_text_modality(scene: Scene) -> None:
    """Version 1 only speaks: nothing is sent."""
    await refused(scene, version="v1", output_modality="text")


@talks(config={"realtime": {"type": "transcription"}})
async def realtime_transcription(scene: Scene) -> None:
    """A session that only writes down what it hears."""
    await started(scene)


@talks(config={"realtime": {"type": "transcription", "version": "v1"}})
async def realtime_v1_transcription(scene: Scene) -> None:
    """Version 1 has no such session, and has a conversation."""
    await started(scene)


@talks()
async def realtime_voice(scene: Scene) -> None:
    """A voice of version 2."""
    await started(scene, voice="cedar")


@talks(config={"realtime": {"voice": "breeze"}})
async def realtime_voice_configured(scene: Scene) -> None:
    """The settings' voice, and one that goes before it."""
    user, session = await opened(scene, version="v1")
    await ended(scene, user, session, so_far=1)
    again = await begin(scene, user, version="v1", voice="vale")
    await got(scene, again, 1)


@talks()
async def realtime_voice_of_another_version(scene: Scene) -> None:
    """A voice that the version does not have: nothing is sent."""
    await refused(scene, version="v2", voice="cove")


@talks()
async def realtime_session_id(scene: Scene) -> None:
    """The conversation has an id that the user gave it."""
    await started(scene, realtime_session_id="own-session-7")


@talks()
async def realtime_session_id_no_header(scene: Scene) -> None:
    """An id that no header can hold: nothing is sent."""
    await refused(scene, realtime_session_id="one\ntwo")


@talks(config={"experimental_realtime_ws_model": "mock-realtime-1"})
async def realtime_model(scene: Scene) -> None:
    """The settings' model, and one that goes before it."""
    user, session = await opened(scene)
    await ended(scene, user, session, so_far=1)
    again = await begin(scene, user, model="mock realtime/2")
    await got(scene, again, 1)


@talks()
async def realtime_prompt_default(scene: Scene) -> None:
    """Without a prompt there is the makers' own."""
    await started(scene, prompt=...)


@talks()
async def realtime_prompt_none(scene: Scene) -> None:
    """A prompt of nothing, in both ways: no instructions."""
    user, session = await opened(scene, prompt=None)
    await ended(scene, user, session, so_far=1)
    again = await begin(scene, user, prompt="")
    await got(scene, again, 1)


@talks(config={"experimental_realtime_ws_backend_prompt": "Speak like the settings say."})
async def realtime_prompt_configured(scene: Scene) -> None:
    """The settings' prompt goes before the user's."""
    await started(scene)


@talks(config={"experimental_realtime_ws_backend_prompt": "  "})
async def realtime_prompt_configured_blank(scene: Scene) -> None:
    """A blank one does not."""
    await started(scene, version="v1")


@talks(work={"teapot.txt": "short and stout"})
async def realtime_startup_context(scene: Scene) -> None:
    """What was said before, other threads and the folder are told with the prompt."""
    furnish(scene.work)
    scene.mock.reply(message("the teapot was found"))
    scene.mock.reply(message("let me look", phase="commentary"), message("the kettle was found"))
    scene.mock.reply(message("it is long " * 200))
    user = await scene.open()
    await user.say("look for  the\nteapot")
    await user.say("look for the <kettle> " + "and more " * 40)
    await user.say("and what is long? " * 100)
    session = await begin(scene, user, include_startup_context=...)
    await ended(scene, user, session, so_far=1)


@talks(work={"teapot.txt": "short and stout"})
async def realtime_startup_context_alone(scene: Scene) -> None:
    """Without a prompt, before anything was said."""
    await started(scene, prompt=None, include_startup_context=True)


@talks()
async def realtime_startup_context_with_default_prompt(scene: Scene) -> None:
    """What is told of a folder in which nothing lies, behind the makers' own prompt."""
    await started(scene, prompt=..., include_startup_context=...)


@talks()
async def realtime_startup_context_of_repository(scene: Scene) -> None:
    """The repository of the folder is told, even where nothing else is there to tell."""
    (scene.work / ".git").mkdir()
    (scene.work / ".git" / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    await started(scene, prompt=None, include_startup_context=True)


def furnish(work: Path) -> None:
    """Folders and files: some too deep, too many, or hidden."""
    for folder in ("src/deep/deeper", ".hidden", "node_modules", "target"):
        (work / folder).mkdir(parents=True)
    for number in range(25):
        (work / f"file-{number:02}.txt").touch()
    (work / "src" / "main.txt").touch()
    (work / "src" / "deep" / "hidden by its depth.txt").touch()


@talks(config={"experimental_realtime_ws_startup_context": "All that there is to know."})
async def realtime_startup_context_configured(scene: Scene) -> None:
    """The settings' context takes its place, unless there is to be none."""
    user, session = await opened(scene, include_startup_context=True)
    await ended(scene, user, session, so_far=1)
    again = await begin(scene, user)
    await got(scene, again, 1)


@talks(config={"experimental_realtime_ws_startup_context": ""})
async def realtime_startup_context_off(scene: Scene) -> None:
    """An empty one of the settings switches it off."""
    await started(scene, include_startup_context=True)


QUERIED = {"model": "other", "intent": "other", "api-version": "2026-01-01", **ODD}
HEADERS = {"http_headers": {"x-own": "given"}, "env_http_headers": {"x-from-env": "OWN_VALUE"}}


@talks(provider={"query_params": QUERIED})
async def realtime_query_params(scene: Scene) -> None:
    """The provider's query, without what the conversation says itself; in both versions."""
    user, session = await opened(scene, version="v1")
    await ended(scene, user, session, so_far=1)
    again = await begin(scene, user, version="v2")
    await got(scene, again, 1)


@talks(provider=HEADERS, env={"OWN_VALUE": "of the environment"})
async def realtime_provider_headers(scene: Scene) -> None:
    """Headers of the settings and of the environment."""
    await started(scene)


@talks(
    config={"experimental_realtime_ws_base_url": f"{BASE_URL}/realtime/?region=here"},
    provider={"base_url": "http://127.0.0.1:9/v1"},
)
async def realtime_base_url(scene: Scene) -> None:
    """An address of its own, with a query."""
    await started(scene, version="v1")


@talks(config={"experimental_realtime_ws_base_url": HOST_URL})
async def realtime_base_url_without_path(scene: Scene) -> None:
    """The usual path is filled in."""
    await started(scene)


@talks(provider={"env_key": "NO_SUCH_KEY"})
async def realtime_env_key_missing(scene: Scene) -> None:
    """Without the key that the provider names nothing is sent."""
    await refused(scene)


@talks(provider={"env_key": None, "experimental_bearer_token": "literal"})
async def realtime_bearer_token(scene: Scene) -> None:
    """A token from the settings."""
    await started(scene)


@talks(provider=SIGNED, home=API_KEY)
async def realtime_api_key(scene: Scene) -> None:
    """The key that was signed in with."""
    await started(scene)


@talks(provider={**SIGNED, "name": "OpenAI"}, signed_in=True, env={"OPENAI_API_KEY": "sk-env-1"})
async def realtime_key_beside_sign_in(scene: Scene) -> None:
    """A sign-in is no key, so the environment's is taken."""
    await started(scene)


@talks(provider=SIGNED, signed_in=True, env={"OPENAI_API_KEY": "sk-env-1"})
async def realtime_sign_in_alone(scene: Scene) -> None:
    """But not for a provider of another name: nothing is sent."""
    await refused(scene)


@talks(provider={"env_key": None})
async def realtime_no_key(scene: Scene) -> None:
    """Without any key nothing is sent."""
    await refused(scene)


@talks()
async def realtime_refused_upgrade(scene: Scene) -> None:
    """A connection that is refused is not tried again; what was there before it is gone."""
    user, _ = await opened(scene, prompt="Be the first of two.")
    scene.realtime.greet(refuse(401))
    await user.talk(prompt="Be the second of two.")
    await user.told("error")
    await user.write("is anybody there?")
    await user.hang_up()
    await user.told("closed")
