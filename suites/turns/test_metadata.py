"""Who asks, as the wire has it: metadata of turns, steers and warm-ups over both transports."""

import json
from typing import Any

import pytest

from agent_rehearsal.face.agent import Codex
from codex_core.protocol.inputs import TextInput
from codex_core.protocol.ops import UserInput
from mock_responses import MockResponses, RequestView, message, shell_call
from suites.turns.wires import frames, posts, warm_ups, wired

pytestmark = pytest.mark.explore

NAME = "x-codex-turn-metadata"


def told(request: RequestView) -> dict[str, Any]:
    """The turn's metadata in the body of a request."""
    metadata: dict[str, Any] = json.loads(request.body["client_metadata"][NAME])
    return metadata


def asks(text: str, **extras: str) -> UserInput:
    return UserInput(items=(TextInput(text=text),), responsesapi_client_metadata=extras or None)


async def test_header_and_body_say_the_same(responses: MockResponses, codex: Codex) -> None:
    """Over HTTP the metadata is one text in two places; ids are told once more beside it."""
    responses.reply(message("hi"))
    thread = await codex.start()
    turn = await thread.submit("hello")
    await turn.completed()
    (request,) = posts(responses)
    assert request.headers[NAME] == request.body["client_metadata"][NAME]
    metadata = told(request)
    assert (metadata["thread_id"], metadata["turn_id"]) == (thread.id, turn.id)
    assert (metadata["request_kind"], metadata["sandbox"]) == ("turn", "none")
    assert request.headers["x-codex-window-id"] == metadata["window_id"] == f"{thread.id}:0"
    assert request.headers["x-codex-beta-features"] == "remote_compaction_v2"


async def test_the_requests_of_a_turn_are_of_one_turn(
    responses: MockResponses, codex: Codex
) -> None:
    """Id and start are those of the turn; the next turn has another id."""
    responses.reply(shell_call("c1", "ls"))
    responses.reply(message("done"), times=2)
    thread = await codex(commands={"ls": ""}).start()
    await thread.run("list")
    await thread.run("again")
    first, second, third = map(told, posts(responses))
    assert first == second
    assert first["turn_id"] != third["turn_id"]


@pytest.mark.parametrize("websockets", [False, True], ids=["http", "websocket"])
async def test_a_steer_replaces_what_the_client_added(
    responses: MockResponses, codex: Codex, *, websockets: bool
) -> None:
    """The map of the first input is gone with the request that has the second; none keeps it."""
    rest = responses.gate("rest")
    responses.reply(message("working", rest))
    responses.reply(shell_call("c1", "ls"))
    responses.reply(message("done"))
    agent = wired(codex) if websockets else codex(commands={"ls": ""})
    thread = await agent.start()
    await thread.submit_op(asks("go", first="1", turn_id="stolen"))
    await rest.reached()
    turn = await thread.submit_op(asks("and that", second="2"))
    rest.open()
    await thread.wait_for(lambda event: event.type == "task_complete")
    requests = frames(responses) if websockets else posts(responses)
    added = [(told(one).get("first"), told(one).get("second")) for one in requests]
    assert added == [("1", None), (None, "2"), (None, "2")]
    assert {told(one)["turn_id"] for one in requests} == {turn}
    assert all("first" not in one.body["client_metadata"] for one in requests)


async def test_a_steer_without_a_map_changes_nothing(
    responses: MockResponses, codex: Codex
) -> None:
    """What the first input added stays for the turn."""
    rest = responses.gate("rest")
    responses.reply(message("working", rest))
    responses.reply(message("done"))
    thread = await codex.start()
    await thread.submit_op(asks("go", mine="1"))
    await rest.reached()
    turn = await thread.submit("and that")
    rest.open()
    await turn.completed()
    assert [told(one)["mine"] for one in posts(responses)] == ["1", "1"]


async def test_a_warm_up_is_of_no_turn(responses: MockResponses, codex: Codex) -> None:
    """Its kind is its own, its turn has no id and no start; the first turn is one like others."""
    responses.reply(message("hi"))
    thread = await wired(codex).start()
    await thread.run("hello")
    (warm,), (first,) = warm_ups(responses), frames(responses)
    assert (told(warm)["request_kind"], told(warm)["turn_id"]) == ("prewarm", "")
    assert "turn_started_at_unix_ms" not in told(warm)
    assert told(first)["request_kind"] == "turn"
    assert told(first)["turn_started_at_unix_ms"] > 0
    assert int(first.body["client_metadata"]["x-codex-ws-stream-request-start-ms"]) > 0


async def test_the_organisation_of_the_environment_is_told(
    responses: MockResponses, codex: Codex
) -> None:
    """Headers by variable, as the provider's settings have them."""
    responses.reply(message("hi"))
    named = {"OpenAI-Organization": "OPENAI_ORGANIZATION", "OpenAI-Project": "OPENAI_PROJECT"}
    agent = codex(env={"OPENAI_ORGANIZATION": "org"}, provider={"env_http_headers": named})
    await (await agent.start()).run("hello")
    (request,) = posts(responses)
    assert request.headers["openai-organization"] == "org"
    assert "openai-project" not in request.headers
