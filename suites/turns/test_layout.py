"""What stands in the input of each request: the whole context once, later only what changed."""

from pathlib import Path
from typing import Any

import pytest

from agent_rehearsal.face.agent import Codex
from codex_core.protocol.inputs import TextInput
from codex_core.protocol.ops import CollaborationMode, OverrideTurnContext, UserInput
from mock_responses import MockResponses, message, shell_call
from suites.turns.saying import say

pytestmark = pytest.mark.explore

Json = dict[str, Any]
PERMISSIONS, ENVIRONMENT = "<permissions instructions", "<environment_context"


@pytest.fixture
def reading(codex: Codex) -> Codex:
    """Agents whose commands may only read, with a model that knows everything."""
    settings = {"sandbox_mode": "read-only", "approval_policy": "on-request"}
    return codex(model="gpt-5.4", commands={}, config=settings, env={"PATH": "/bin"})


def sections(items: list[Json]) -> list[tuple[str, list[str]]]:
    """Messages by role, each part by its tag or its whole text."""
    return [
        (item["role"], [part["text"].split(">")[0] for part in item["content"]])
        for item in items
        if item["type"] == "message"
    ]


def news(responses: MockResponses) -> list[tuple[str, list[str]]]:
    """What the last request has more than the one before, which it begins with."""
    before, last = (request.json["input"] for request in responses.requests[-2:])
    assert last[: len(before)] == before
    return sections(last[len(before) :])


async def test_the_first_request_has_everything_in_order(
    responses: MockResponses, reading: Codex
) -> None:
    """Developer message, standing orders and environment, then what the user says."""
    responses.reply(message("hi"))
    (reading.cwd / "AGENTS.md").write_text("Be kind.")
    agent = reading(config={**reading.settings.config, "developer_instructions": "Be brief."})
    await say(await agent.start(), "hello")
    assert sections(responses.requests[0].json["input"]) == [
        ("developer", [PERMISSIONS, "Be brief."]),
        ("user", [f"# AGENTS.md instructions for {reading.cwd}\n\n<INSTRUCTIONS", ENVIRONMENT]),
        ("user", ["hello"]),
    ]


async def test_a_turn_like_the_one_before_adds_the_users_words_alone(
    responses: MockResponses, reading: Codex
) -> None:
    """An override that says what holds already says nothing."""
    for _ in range(2):
        responses.reply(message("ok"))
    thread = await reading.start()
    await say(thread, "one")
    await say(thread, "two", approval_policy="on-request", model="gpt-5.4")
    assert news(responses) == [("assistant", ["ok"]), ("user", ["two"])]


OVERRIDES: dict[str, tuple[Json, Any]] = {
    "a policy": ({"approval_policy": "never"}, [("developer", [PERMISSIONS])]),
    "a sandbox": (
        {"sandbox_mode": "workspace-write"},
        [("developer", [PERMISSIONS]), ("user", [ENVIRONMENT])],
    ),
    "a folder": ({"cwd": "sub"}, [("user", [ENVIRONMENT])]),
    "a model": ({"model": "gpt-5.2"}, [("developer", ["<model_switch"])]),
    "an effort": ({"effort": "high"}, []),
    "a mode": (
        {"collaboration_mode": CollaborationMode(developer_instructions="Gently.")},
        [("developer", ["<collaboration_mode"])],
    ),
    "a personality": ({"personality": "friendly"}, [("developer", ["<personality_spec"])]),
    "several": (
        {"model": "gpt-5.2", "approval_policy": "never", "cwd": "sub"},
        [("developer", ["<model_switch", PERMISSIONS]), ("user", [ENVIRONMENT])],
    ),
}


@pytest.mark.parametrize("name", OVERRIDES)
async def test_a_later_turn_tells_what_changed(
    responses: MockResponses, reading: Codex, name: str
) -> None:
    """Before the user's words and once; what the provider has cached stays of use."""
    (reading.cwd / "sub").mkdir(exist_ok=True)
    override, expected = OVERRIDES[name]
    for _ in range(3):
        responses.reply(message("ok"))
    thread = await reading.start()
    await say(thread, "one")
    await say(thread, "two", **override)
    assert news(responses) == [("assistant", ["ok"]), *expected, ("user", ["two"])]
    await say(thread, "three")
    assert news(responses) == [("assistant", ["ok"]), ("user", ["three"])]
    keys = {request.json["prompt_cache_key"] for request in responses.requests}
    assert keys == {thread.id}


async def test_an_override_may_come_by_itself(responses: MockResponses, reading: Codex) -> None:
    """It starts nothing; the next turn is as if it had come with its input."""
    for _ in range(2):
        responses.reply(message("ok"))
    thread = await reading.start()
    await say(thread, "one")
    await thread.submit_op(OverrideTurnContext(model="gpt-5.2", approval_policy="never"))
    assert len(responses.requests) == 1
    await say(thread, "two")
    expected = ("developer", ["<model_switch", PERMISSIONS])
    assert news(responses) == [("assistant", ["ok"]), expected, ("user", ["two"])]
    assert responses.requests[1].model == "gpt-5.2"


async def test_an_override_before_the_first_turn_is_told_as_it_is(
    responses: MockResponses, reading: Codex
) -> None:
    """One permissions section and one environment, with what holds by then."""
    responses.reply(message("ok"))
    thread = await reading.start()
    await thread.submit_op(OverrideTurnContext(sandbox_mode="workspace-write"))
    await say(thread, "one", approval_policy="never")
    developer, environment, _ = responses.requests[0].json["input"]
    assert "`workspace-write`" in developer["content"][0]["text"]
    assert "`never`" in developer["content"][0]["text"]
    assert ":slash_tmp" in environment["content"][0]["text"]


BODY: dict[str, tuple[Json, Json]] = {
    "effort and summary": (
        {"effort": "high", "summary": "concise"},
        {"reasoning": {"effort": "high", "summary": "concise"}},
    ),
    "an effort that is none": ({"effort": "none"}, {"reasoning": {"effort": "none"}}),
    "a tier": ({"service_tier": "fast"}, {"service_tier": "priority"}),
    "a tier that the model has not": ({"service_tier": "flex"}, {"service_tier": None}),
    "the usual tier": ({"service_tier": None}, {"service_tier": None}),
    "a model that knows less": (
        {"model": "unheard-of", "effort": "high"},
        {"model": "unheard-of", "reasoning": None, "text": None, "parallel_tool_calls": False},
    ),
}


@pytest.mark.parametrize("name", BODY)
async def test_an_override_changes_the_fields_of_the_request(
    responses: MockResponses, reading: Codex, name: str
) -> None:
    """From its turn on, for all later ones; the instructions stay as they began."""
    override, expected = BODY[name]
    for _ in range(3):
        responses.reply(message("ok"))
    thread = await reading.start()
    await say(thread, "one")
    await say(thread, "two", **override)
    await say(thread, "three")
    first, *later = [request.json for request in responses.requests]
    for body in later:
        assert {key: body.get(key) for key in expected} == expected
        assert body["instructions"] == first["instructions"]


async def test_a_tier_can_be_taken_back(responses: MockResponses, reading: Codex) -> None:
    """Null is the provider's own choice, not the tier of before."""
    for _ in range(2):
        responses.reply(message("ok"))
    thread = await reading.start()
    await say(thread, "one", service_tier="fast")
    await say(thread, "two", service_tier=None)
    assert [r.json.get("service_tier") for r in responses.requests] == ["priority", None]


async def test_what_changes_while_a_turn_runs_holds_for_the_next(
    responses: MockResponses, reading: Codex
) -> None:
    """The turn that runs goes on under what it began with, and the next one is told."""
    rest = responses.gate("rest")
    responses.reply(message("one ", rest, "done"))
    for _ in range(2):
        responses.reply(message("ok"))
    thread = await reading.start()
    turn = await thread.submit("one")
    await rest.reached()
    steer = UserInput(items=(TextInput(text="more"),), model="gpt-5.2")
    assert await thread.submit_op(steer) == turn.id
    rest.open()
    await turn.completed()
    await say(thread, "two")
    assert [r.model for r in responses.requests] == ["gpt-5.4", "gpt-5.4", "gpt-5.2"]
    assert ("developer", ["<model_switch"]) in news(responses)


@pytest.mark.parametrize(
    ("override", "error"),
    [
        ({"cwd": "gone"}, r"`cwd` is .*gone, which is no folder"),
        ({"sandbox_mode": "open"}, r"`sandbox_mode` is 'open', which does not exist"),
        ({"personality": "rude"}, r"`personality` is 'rude', which does not exist"),
    ],
)
async def test_an_override_that_cannot_be_is_refused(
    responses: MockResponses, reading: Codex, override: Json, error: str
) -> None:
    """With its reason; the input is not taken, and the thread is as it was."""
    responses.reply(message("ok"))
    thread = await reading.start()
    with pytest.raises(ValueError, match=error):
        await thread.submit_op(UserInput(items=(TextInput(text="no"),), **override))
    await say(thread, "yes")
    assert responses.requests[0].texts("user")[-1] == "yes"


SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}


async def test_a_schema_holds_for_its_turn(responses: MockResponses, reading: Codex) -> None:
    """For every request of it, strictly, beside the verbosity; the next turn is free again."""
    for _ in range(2):
        responses.reply(message("{}"))
    thread = await reading.start()
    await say(thread, "one", output_schema=SCHEMA)
    await say(thread, "two")
    form = {"type": "json_schema", "strict": True, "schema": SCHEMA, "name": "codex_output_schema"}
    assert [request.json["text"] for request in responses.requests] == [
        {"verbosity": "low", "format": form},
        {"verbosity": "low"},
    ]


async def test_commands_run_where_the_turn_works(responses: MockResponses, codex: Codex) -> None:
    """A folder of an override is the folder of the tools."""
    (codex.cwd / "sub").mkdir()
    (codex.cwd / "sub" / "note.txt").write_text("here")
    responses.reply(shell_call("c1", "ls"))
    responses.reply(message("done"))
    thread = await codex(commands={"ls": "note.txt\n"}).start()
    await say(thread, "look", cwd="sub")
    (begun,) = [event for event in thread.events if event.type == "exec_command_begin"]
    assert Path(begun.get("cwd")) == codex.cwd / "sub"
    environment = responses.requests[0].json["input"][1]["content"][0]["text"]
    assert f"<cwd>{codex.cwd / 'sub'}</cwd>" in environment
