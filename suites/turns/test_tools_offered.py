"""The tools of a request: which, in which order, with which parameters. Descriptions are free."""

from typing import Any

import pytest

from agent_rehearsal import like, of_type
from agent_rehearsal.face.agent import Codex
from codex_core.config.models import ModelInfo
from codex_core.config.web_search import ToolSettings, WebSearch
from codex_core.protocol.ops import OverrideTurnContext, UserInputAnswer
from codex_core.protocol.questions import Answer, Answers
from mock_responses import MockResponses, custom_tool_call, function_call, item, message

pytestmark = pytest.mark.explore

Json = dict[str, Any]

TEXT: Json = {"type": "string", "description": "…"}
NUMBER: Json = {"type": "number", "description": "…"}
FLAG: Json = {"type": "boolean", "description": "…"}


def of(*names: str) -> Json:
    return {**TEXT, "enum": list(names)}


def record(required: list[str], **properties: Json) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def many(items: Json) -> Json:
    return {"type": "array", "description": "…", "items": items}


def function(name: str, parameters: Json) -> Json:
    return {
        "type": "function",
        "name": name,
        "description": "…",
        "strict": False,
        "parameters": parameters,
    }


EXEC = function(
    "exec_command",
    record(
        ["cmd"],
        cmd=TEXT,
        justification=TEXT,
        login=FLAG,
        max_output_tokens=NUMBER,
        prefix_rule=many({"type": "string"}),
        sandbox_permissions=of("use_default", "require_escalated"),
        shell=TEXT,
        tty=FLAG,
        workdir=TEXT,
        yield_time_ms=NUMBER,
    ),
)
STDIN = function(
    "write_stdin",
    record(
        ["session_id"],
        chars=TEXT,
        max_output_tokens=NUMBER,
        session_id=NUMBER,
        yield_time_ms=NUMBER,
    ),
)
STEP = record(["step", "status"], status=of("pending", "in_progress", "completed"), step=TEXT)
PLAN = function("update_plan", record(["plan"], explanation=TEXT, plan=many(STEP)))
OPTION = record(["label", "description"], description=TEXT, label=TEXT)
QUESTION = record(
    ["id", "header", "question", "options"],
    header=TEXT,
    id=TEXT,
    options=many(OPTION),
    question=TEXT,
)
ASK = function(
    "request_user_input",
    record(["questions"], autoResolutionMs=NUMBER, questions=many(QUESTION)),
)
PATCH: Json = {
    "type": "custom",
    "name": "apply_patch",
    "description": "…",
    "format": {"type": "grammar", "syntax": "lark", "definition": "…"},
}
IMAGE = function("view_image", record(["path"], path=TEXT))
FINE_IMAGE = function("view_image", record(["path"], detail=of("high", "original"), path=TEXT))
SEARCH: Json = {"type": "web_search", "external_web_access": False}
PICTURES = {"search_content_types": ["text", "image"]}

OFFERED: dict[str, list[Json]] = {
    "mock-model": [EXEC, STDIN, PLAN, ASK, IMAGE, SEARCH],
    "gpt-5.4": [EXEC, STDIN, PLAN, ASK, PATCH, FINE_IMAGE, {**SEARCH, **PICTURES}],
    "gpt-5.3-codex": [EXEC, STDIN, PLAN, ASK, PATCH, FINE_IMAGE, SEARCH],
    "gpt-5.2": [EXEC, STDIN, PLAN, ASK, PATCH, IMAGE, SEARCH],
}
"""As the reference client 0.142.0 offers them without agents, goals, plugins and connectors."""


def plain(value: Any) -> Any:
    """A specification without its words."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: "…" if key in ("description", "definition") and isinstance(each, str) else plain(each)
        for key, each in value.items()
    }


@pytest.fixture
def confined(codex: Codex) -> Codex:
    """Agents whose commands may only read."""
    return codex(commands={}, config={"sandbox_mode": "read-only"}, env={"PATH": "/bin"})


@pytest.mark.parametrize("model", OFFERED)
async def test_each_model_is_offered_what_the_reference_offers_it(
    responses: MockResponses, confined: Codex, model: str
) -> None:
    """Names, order, parameters and flags; only the words are this core's own."""
    responses.reply(message("hi"))
    thread = await confined(model=model).start()
    await thread.run("hello")
    assert plain(responses.requests[0].json["tools"]) == OFFERED[model]


SHELL = function(
    "shell_command",
    record(
        ["command"],
        command=TEXT,
        justification=TEXT,
        login=FLAG,
        prefix_rule=many({"type": "string"}),
        sandbox_permissions=of("use_default", "require_escalated"),
        timeout_ms=NUMBER,
        workdir=TEXT,
    ),
)


async def test_without_sessions_there_are_commands_that_run_to_their_end(
    responses: MockResponses, confined: Codex
) -> None:
    """Offered in the place of those that go on, which are then unknown."""
    responses.reply(function_call("c1", "exec_command", {"cmd": "ls"}))
    responses.reply(message("hi"))
    config = {"sandbox_mode": "read-only", "features": {"unified_exec": False}}
    thread = await confined(config=config).start()
    await thread.run("hello")
    first, second = responses.requests
    assert plain(first.json["tools"]) == [SHELL, PLAN, ASK, IMAGE, SEARCH]
    assert second.output_of("c1") == "unsupported call: exec_command"


async def test_a_command_that_runs_to_its_end_may_be_called_unasked(
    responses: MockResponses, codex: Codex
) -> None:
    """It is not offered beside sessions, but models that know it call it."""
    responses.reply(function_call("c1", "shell_command", {"command": "ls"}))
    responses.reply(message("hi"))
    thread = await codex(commands={"ls": "README\n"}).start()
    turn = await thread.submit("hello")
    assert await turn.completed() == "hi"
    (begin,) = [event for event in turn.events if event.type == "exec_command_begin"]
    assert begin.get("source") == "agent"
    second = responses.requests[1]
    assert second.output_of("c1") == "Exit code: 0\nWall time: 0 seconds\nOutput:\nREADME\n"


SMALL = ModelInfo(slug="small", use_responses_lite=True, parallel_tool_calls=True)


async def test_a_model_of_small_requests_has_no_tools_of_the_provider(
    responses: MockResponses, codex: Codex
) -> None:
    """Whatever the settings say of searching; this core's own tools stay."""
    responses.reply(message("hi"))
    agent = codex(model="small", config={"models": (SMALL,), "web_search": "live"})
    await (await agent.start()).run("hello")
    (request,) = responses.requests
    assert plain(request.json["tools"]) == [EXEC, STDIN, PLAN, ASK, IMAGE]
    assert request.headers["x-openai-internal-codex-responses-lite"] == "true"


async def test_the_tools_stay_the_same_from_request_to_request(
    responses: MockResponses, confined: Codex
) -> None:
    """Byte for byte, so that what the provider has cached goes on to fit."""
    responses.reply(function_call("c1", "update_plan", {"plan": []}))
    responses.reply(message("one"))
    responses.reply(message("two"))
    thread = await confined.start()
    await thread.run("first")
    await thread.run("second")
    tools = [request.json["tools"] for request in responses.requests]
    assert tools[0] == tools[1] == tools[2]
    assert len({request.json["instructions"] for request in responses.requests}) == 1


WAYS: dict[str, tuple[Json, Json | None]] = {
    "cached": ({}, {**SEARCH, **PICTURES}),
    "live": (
        {"web_search": "live"},
        {"type": "web_search", "external_web_access": True, **PICTURES},
    ),
    "indexed": (
        {"web_search": "indexed"},
        {
            "type": "web_search",
            "external_web_access": True,
            "index_gated_web_access": True,
            **PICTURES,
        },
    ),
    "disabled": ({"web_search": "disabled"}, None),
    "free to do all": (
        {"sandbox_mode": "danger-full-access"},
        {"type": "web_search", "external_web_access": True, **PICTURES},
    ),
    "on terms": (
        {"tools": ToolSettings(web_search=WebSearch(allowed_domains=("a.test",)))},
        {**SEARCH, "filters": {"allowed_domains": ["a.test"]}, **PICTURES},
    ),
}


@pytest.mark.parametrize("way", WAYS)
async def test_the_web_is_searched_as_the_settings_say(
    responses: MockResponses, codex: Codex, way: str
) -> None:
    """By the provider, behind all other tools; where commands may do all, so may it."""
    config, expected = WAYS[way]
    settings = {"sandbox_mode": "read-only", **config}
    responses.reply(message("hi"))
    agent = codex(model="gpt-5.4", commands={}, config=settings, env={"PATH": "/bin"})
    await (await agent.start()).run("hello")
    last = responses.requests[0].json["tools"][-1]
    assert last == expected if expected else last["name"] == "view_image"


async def test_a_search_changes_with_the_sandbox(responses: MockResponses, confined: Codex) -> None:
    """From the turn on that lets commands do everything."""
    responses.reply(message("one"))
    responses.reply(message("two"))
    thread = await confined.start()
    await thread.run("first")
    await thread.submit_op(OverrideTurnContext(sandbox_mode="danger-full-access"))
    await thread.run("second")
    access = [r.json["tools"][-1]["external_web_access"] for r in responses.requests]
    assert access == [False, True]


async def test_unknown_tools_are_answered_and_the_turn_goes_on(
    responses: MockResponses, codex: Codex
) -> None:
    """By name, each kind in its own words, in the order of the calls."""
    search = {
        "type": "tool_search_call",
        "call_id": "c3",
        "execution": "client",
        "arguments": {"query": "x"},
    }
    elsewhere = {
        "type": "function_call",
        "name": "f",
        "namespace": "n",
        "arguments": "{}",
        "call_id": "c4",
    }
    responses.reply(
        function_call("c1", "nothing", {}),
        custom_tool_call("c2", "nowhere", "x"),
        item(search),
        item(elsewhere),
    )
    responses.reply(message("done"))
    thread = await codex(commands={}).start()
    assert await thread.run("go") == "done"
    outputs = responses.requests[1].json["input"][-4:]
    assert outputs == [
        {"type": "function_call_output", "call_id": "c1", "output": "unsupported call: nothing"},
        {
            "type": "custom_tool_call_output",
            "call_id": "c2",
            "output": "unsupported custom tool call: nowhere",
        },
        {
            "type": "tool_search_output",
            "call_id": "c3",
            "status": "completed",
            "execution": "client",
            "tools": [],
        },
        {"type": "function_call_output", "call_id": "c4", "output": "unsupported call: nf"},
    ]


ASKED: Json = {
    "questions": [
        {
            "id": "branch",
            "header": "Branch",
            "question": "Which?",
            "options": [{"label": "main", "description": "the usual one"}],
        }
    ]
}


async def test_nobody_is_questioned_in_the_default_mode(
    responses: MockResponses, codex: Codex
) -> None:
    """The model is told so, whatever it asks."""
    responses.reply(function_call("c1", "request_user_input", {"nonsense": 1}))
    responses.reply(message("done"))
    thread = await codex(commands={}).start()
    assert await thread.run("go") == "done"
    output = responses.requests[1].output_of("c1")
    assert output == "request_user_input is unavailable in Default mode"


PLANS: dict[str, Json] = {
    "in plan mode": {"collaboration_mode": "plan"},
    "where the default mode may": {"features": {"default_mode_request_user_input": True}},
}


@pytest.mark.parametrize("way", PLANS)
async def test_the_user_answers_the_model(responses: MockResponses, codex: Codex, way: str) -> None:
    """Under the id of the call, once; the model gets the answers as JSON."""
    responses.reply(function_call("c1", "request_user_input", ASKED))
    responses.reply(message("done"))
    thread = await codex(commands={}, config=PLANS[way]).start()
    turn = await thread.submit("go")
    asked = await turn.wait_for(of_type("request_user_input"))
    assert asked.get("questions") == [{**ASKED["questions"][0], "is_other": True}]
    answers = Answers(answers={"branch": Answer(answers=("main",))})
    await thread.submit_op(UserInputAnswer(id=asked.get("call_id"), response=answers))
    with pytest.raises(LookupError, match="no request waits for user_input_answer 'c1'"):
        await thread.submit_op(UserInputAnswer(id="c1", response=answers))
    assert await turn.completed() == "done"
    assert responses.requests[1].output_of("c1") == '{"answers":{"branch":{"answers":["main"]}}}'


async def test_a_question_ends_with_its_turn(responses: MockResponses, codex: Codex) -> None:
    """After an interrupt nothing waits for the answer, and the model is told of the stop."""
    responses.reply(function_call("c1", "request_user_input", ASKED))
    responses.reply(message("done"))
    thread = await codex(commands={}, config=PLANS["in plan mode"]).start()
    turn = await thread.submit("go")
    await turn.wait_for(of_type("request_user_input") & like({"call_id": "c1"}))
    await thread.interrupt()
    with pytest.raises(LookupError):
        await thread.submit_op(UserInputAnswer(id="c1", response=Answers(answers={})))
    await thread.run("go on")
    assert responses.requests[1].output_of("c1").startswith("aborted by user after")


@pytest.mark.parametrize("questions", [[], [{**ASKED["questions"][0], "options": []}]])
async def test_a_question_has_answers_to_choose_from(
    responses: MockResponses, codex: Codex, questions: list[Json]
) -> None:
    """None is asked that has not; the model is told what is missing."""
    responses.reply(function_call("c1", "request_user_input", {"questions": questions}))
    responses.reply(message("done"))
    thread = await codex(commands={}, config=PLANS["in plan mode"]).start()
    assert await thread.run("go") == "done"
    assert "needs" in responses.requests[1].output_of("c1")


async def test_a_model_without_eyes_cannot_look(responses: MockResponses, codex: Codex) -> None:
    """`view_image` says so, and reads nothing."""
    blind = ModelInfo(slug="mock-model", input_modalities=("text",))
    responses.reply(function_call("c1", "view_image", {"path": "gone.png"}))
    responses.reply(message("done"))
    thread = await codex(commands={}, config={"models": (blind,)}).start()
    assert await thread.run("go") == "done"
    assert responses.requests[1].output_of("c1").endswith("this model takes no images")
