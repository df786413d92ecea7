"""Every builder makes what the official types accept, and refuses what it should."""

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from pydantic import ValidationError

import mock_responses
from agent_rehearsal.wire.script import delay
from mock_responses import errors, items, parts
from mock_responses import events as builders
from mock_responses.errors import context_length_exceeded, insufficient_quota, rate_limit_failed
from mock_responses.events import (
    completed,
    content_part_added,
    content_part_done,
    created,
    custom_tool_call_input_delta,
    custom_tool_call_input_done,
    error_event,
    event,
    failed,
    function_call_arguments_delta,
    function_call_arguments_done,
    in_progress,
    incomplete,
    output_item_added,
    output_item_done,
    queued,
    raw_event,
    reasoning_summary_part_added,
    reasoning_summary_part_done,
    reasoning_summary_text_delta,
    reasoning_summary_text_done,
    reasoning_text_delta,
    reasoning_text_done,
    text_delta,
    text_done,
)
from mock_responses.items import (
    chunks,
    custom_tool_call,
    function_call,
    item,
    message,
    reasoning,
    refusal,
    shell_call,
)
from mock_responses.parts import minimal, stream
from mock_responses.response import usage
from suites.responses.composing import composer, events, sends
from suites.responses.official import objections

CALL = function_call("c1", "f", {})
CUSTOM = custom_tool_call("c2", "g", "")
SEARCH = {"type": "web_search_call", "status": "completed", "action": {"type": "search"}}

EVENT_CASES: dict[str, list[Any]] = {
    "created": [created()],
    "queued": [queued()],
    "in_progress": [in_progress()],
    "completed": [completed(), completed(usage=usage(7, 3, cached_tokens=2, reasoning_tokens=1))],
    "failed": [failed("server_error", "gone")],
    "incomplete": [incomplete(), incomplete("content_filter")],
    "error_event": [error_event("gone", code="server_error", param="input"), error_event("x")],
    "output_item_added": [output_item_added(part) for part in (message(), CALL, CUSTOM)],
    "output_item_done": [output_item_done(part) for part in (message("hi"), CALL, CUSTOM)],
    "content_part_added": [output_item_added(reasoning()), content_part_added()],
    "content_part_done": [output_item_added(message()), content_part_done()],
    "text_delta": [text_delta("a"), text_delta("b", item_id="msg_9", logprobs=[])],
    "text_done": [text_done("ab"), text_done()],
    "reasoning_text_delta": [reasoning_text_delta("a")],
    "reasoning_text_done": [reasoning_text_done("a")],
    "reasoning_summary_part_added": [reasoning_summary_part_added()],
    "reasoning_summary_part_done": [reasoning_summary_part_done()],
    "reasoning_summary_text_delta": [reasoning_summary_text_delta("a", summary_index=2)],
    "reasoning_summary_text_done": [reasoning_summary_text_done("a")],
    "function_call_arguments_delta": [function_call_arguments_delta("{")],
    "function_call_arguments_done": [function_call_arguments_done("{}")],
    "custom_tool_call_input_delta": [custom_tool_call_input_delta("a", output_index=4)],
    "custom_tool_call_input_done": [custom_tool_call_input_done("a")],
    "event": [
        event("response.web_search_call.searching", item_id="ws_1", output_index=0),
        event("response.audio.delta", delta="", sequence_number=41),
    ],
    "raw_event": [raw_event(b'{"type":"error","message":"x","sequence_number":0}', type="error")],
}

ITEM_CASES: dict[str, list[Any]] = {
    "message": [message(), message("a", delay(1), "b", phase="commentary", id="msg_mine")],
    "reasoning": [
        reasoning(),
        reasoning("one", delay(1), ["tw", delay(1), "o"], encrypted_content="e30="),
        reasoning(content=["raw", delay(1), ["in ", "two"]]),
    ],
    "function_call": [
        function_call("c1", "f", {"a": [1, None]}, namespace="mcp__srv"),
        function_call("c1", "f", "{broken"),
        function_call("c1", "f", ['{"a"', delay(1), ":1}"]),
    ],
    "custom_tool_call": [custom_tool_call("c1", "g", "x"), custom_tool_call("c1", "g", ["x", "y"])],
    "shell_call": [shell_call("c1", ["ls", "a b"]), shell_call("c1", "ls | wc")],
    "refusal": [refusal("no"), refusal("n", delay(1), "o", id="msg_mine")],
    "item": [item(SEARCH)],
}

STATUS_CASES: dict[str, Any] = {
    "status": (errors.status(404), 404),
    "invalid_api_key": (errors.invalid_api_key(), 401),
    "model_not_found": (errors.model_not_found("m"), 404),
    "previous_response_not_found": (errors.previous_response_not_found("resp_0"), 400),
    "rate_limited": (errors.rate_limited(2), 429),
    "overloaded": (errors.overloaded(), 503),
    "usage_limit_reached": (errors.usage_limit_reached(), 429),
}
FAILURE_CASES: dict[str, Any] = {
    "context_length_exceeded": context_length_exceeded(),
    "insufficient_quota": insufficient_quota(),
    "rate_limit_failed": rate_limit_failed(1.5),
}
untyped: Any = mock_responses
untyped_parts: Any = parts
"""The builders as a test without types calls them."""
NOT_BUILDERS = {"chunks", "marks"}


def public(module: ModuleType) -> set[str]:
    found = inspect.getmembers(module, inspect.isfunction)
    own = {name for name, function in found if function.__module__ == module.__name__}
    return {name for name in own if not name.startswith("_")} - NOT_BUILDERS


def cases(table: dict[str, list[Any]]) -> list[Any]:
    return [
        pytest.param(case, id=f"{name}-{place}")
        for name, listed in table.items()
        for place, case in enumerate(listed)
    ]


@pytest.mark.parametrize(
    ("module", "table"),
    [
        (builders, set(EVENT_CASES)),
        (items, set(ITEM_CASES)),
        (errors, set(STATUS_CASES) | set(FAILURE_CASES)),
    ],
)
def test_every_builder_has_a_case(module: ModuleType, table: set[str]) -> None:
    """A builder without a case in the tables of this module is not tested, so it may not be."""
    assert public(module) == table


@pytest.mark.parametrize("case", EVENT_CASES.values(), ids=list(EVENT_CASES))
def test_every_event_builder_is_valid_under_the_official_type(case: list[Any]) -> None:
    """The fields are those of the package's model of that type: none missing, unknown or wrong."""
    made = sends(stream(*case))
    assert [objections(send.payload, send.type) for send in made] == [[] for _ in case]


@pytest.mark.parametrize("case", cases(ITEM_CASES))
def test_every_item_builder_is_valid_in_full_and_in_short(case: Any) -> None:
    """All events of an item satisfy the official types; the short sequence does in its item."""
    made = [*sends(case), sends(minimal(case))[1]]
    assert [objections(send.payload, send.type) for send in made] == [[] for _ in made]


@pytest.mark.parametrize("case", FAILURE_CASES.values(), ids=list(FAILURE_CASES))
def test_failures_of_the_codex_backend_differ_from_the_official_type_in_the_code_only(
    case: Any,
) -> None:
    """Some codes are not in the package's list, which is the one thing that it finds."""
    send = sends(case)[-1]
    try:
        found = objections(send.payload, send.type)
    except ValidationError as error:
        found = [".".join(map(str, detail["loc"])) for detail in error.errors()]
    assert found in ([], ["response.error.code"])


def test_the_judge_finds_what_is_wrong() -> None:
    """A field too many, one too few and one of the wrong type are all found."""
    head = b'{"type":"response.refusal.done","sequence_number":0,"item_id":"m","output_index":0,'
    assert objections(head + b'"content_index":0,"refusal":"","x":1}', "response.refusal.done") == [
        "unknown field x"
    ]
    for broken in (b'"content_index":0}', b'"content_index":"0","refusal":""}'):
        with pytest.raises(ValidationError):
            objections(head + broken, "response.refusal.done")


@pytest.mark.parametrize(
    ("build", "kind", "words"),
    [
        (
            lambda: untyped.text_delta("x", foo=1),
            TypeError,
            ["text_delta()", "'foo'", "content_index"],
        ),
        (lambda: untyped.message("x", idd="y"), TypeError, ["message()", "'idd'", "mean 'id'"]),
        (lambda: untyped.status(500, sate=1), TypeError, ["status()", "'sate'", "retry_after"]),
        (lambda: untyped.text_delta(3), TypeError, ["text_delta()", "delta", "3 (int)", "a text"]),
        (lambda: untyped.text_delta("\ud800"), ValueError, ["text_delta()", "lone surrogates"]),
        (
            lambda: untyped.text_delta("x", output_index=-1),
            ValueError,
            ["output_index", "0 or more"],
        ),
        (lambda: untyped.text_delta("x", output_index=True), TypeError, ["a whole number"]),
        (lambda: untyped.text_delta("x", item_id=""), ValueError, ["item_id", "not empty"]),
        (lambda: untyped.message(3), TypeError, ["message()", "parts[0]", "a text or a mark"]),
        (lambda: untyped.message("x", id=""), ValueError, ["message()", "id", "not empty"]),
        (lambda: untyped.message(phase="x"), ValueError, ["phase", "commentary, final_answer"]),
        (lambda: untyped.message(phase=["x"]), ValueError, ["phase", "commentary, final_answer"]),
        (lambda: untyped.reasoning(3), TypeError, ["reasoning()", "summary_parts[0]", "3 (int)"]),
        (
            lambda: untyped.reasoning(content="x"),
            TypeError,
            ["reasoning()", "content", "list of parts"],
        ),
        (lambda: untyped.function_call("", "f", {}), ValueError, ["function_call()", "call_id"]),
        (lambda: untyped.function_call("c", "", {}), ValueError, ["function_call()", "name"]),
        (lambda: untyped.function_call("c", "f", 3), TypeError, ["arguments", "a mapping"]),
        (
            lambda: untyped.function_call("c", "f", {"x": object()}),
            TypeError,
            ["arguments", "JSON"],
        ),
        (
            lambda: untyped.custom_tool_call("c", "g", b"x"),
            TypeError,
            ["custom_tool_call()", "input"],
        ),
        (lambda: untyped.shell_call("c", ["ls", 3]), TypeError, ["shell_call()", "command[1]"]),
        (lambda: untyped.shell_call("c", []), ValueError, ["shell_call()", "command", "not empty"]),
        (lambda: untyped.item({"id": "x"}), TypeError, ["item()", "mapping['type']"]),
        (lambda: untyped.item([]), TypeError, ["item()", "a mapping"]),
        (
            lambda: untyped.output_item_added("x"),
            TypeError,
            ["output_item_added()", "item", "message"],
        ),
        (lambda: untyped.content_part_added([]), TypeError, ["content_part_added()", "part"]),
        (lambda: untyped.completed(usage={}), TypeError, ["completed()", "usage(...)"]),
        (lambda: untyped.completed(output="x"), TypeError, ["completed()", "output", "a list"]),
        (lambda: untyped.created(response=3), TypeError, ["created()", "response", "a mapping"]),
        (lambda: untyped.completed(ouput=[]), TypeError, ["completed()", "mean 'output'"]),
        (lambda: untyped.failed("x", "y", z=1), TypeError, ["failed()", "'z'", "code, message"]),
        (lambda: untyped.failed("", "x"), ValueError, ["failed()", "code"]),
        (lambda: untyped.incomplete(None), TypeError, ["incomplete()", "reason"]),
        (lambda: untyped.event(""), ValueError, ["event()", "type"]),
        (lambda: untyped.event("x", type="y"), TypeError, ["event()", "first argument"]),
        (lambda: untyped.event("x", y=object()), TypeError, ["event()", "JSON"]),
        (lambda: untyped.raw_event("x"), TypeError, ["raw_event()", "payload", "bytes"]),
        (lambda: untyped.usage(-1, 0), ValueError, ["usage()", "input_tokens", "0 or more"]),
        (lambda: untyped.chunks("x", 0), ValueError, ["chunks()", "1 or more"]),
        (
            lambda: untyped.stream(message("x")),
            TypeError,
            ["stream()", "part 0", "output_item_added"],
        ),
        (
            lambda: untyped_parts.script("reply", ["x"]),
            TypeError,
            ["reply()", "part 0", "message('...')"],
        ),
        (
            lambda: untyped_parts.script("reply", [b"x"]),
            TypeError,
            ["reply()", "raw_event(b'...')"],
        ),
        (lambda: untyped_parts.script("reply", [{"a": 1}]), TypeError, ["reply()", "item({...})"]),
        (
            lambda: untyped_parts.script("reply", [[untyped.message()]]),
            TypeError,
            ["reply()", "Unpack it with *"],
        ),
        (lambda: untyped_parts.script("reply", [None]), TypeError, ["reply()", "part 0", "None"]),
        (
            lambda: untyped_parts.script("reply", [text_delta("x")]),
            TypeError,
            ["reply()", "stream(...)"],
        ),
        (
            lambda: untyped_parts.script("reply", [stream(), message()]),
            ValueError,
            ["stream(...) stands alone"],
        ),
        (
            lambda: untyped_parts.script("reply", [completed(), message()]),
            ValueError,
            ["part 1", "ended"],
        ),
        (lambda: untyped.minimal(stream()), TypeError, ["minimal()", "part 0", "alone"]),
    ],
)
def test_a_wrong_field_is_refused_where_it_is_written(
    build: Callable[[], object], kind: type[Exception], words: list[str]
) -> None:
    """The error names the builder, the field, what was given and what is expected."""
    with pytest.raises(kind) as caught:
        build()
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_value_outlives_changes_to_what_it_was_made_of() -> None:
    """Builders copy mappings and lists, so a reply is what was written when it was written."""
    mapping: dict[str, Any] = {"type": "web_search_call", "action": {"type": "search"}}
    made = item(mapping)
    mapping["action"]["type"] = "changed"
    assert events(made)[2]["item"]["action"] == {"type": "search"}


def test_chunks_join_to_the_text() -> None:
    """Pieces differ in length by at most one and are never empty."""
    assert chunks("abcdefg", 3) == ("abc", "de", "fg")
    assert chunks("ab", 5) == ("a", "b")
    assert chunks("", 5) == ()


def test_a_shell_command_is_quoted_word_by_word() -> None:
    """A list is what the program gets as arguments; a text is a line for the shell."""
    done = [
        call["item"]["arguments"] for call in events(*ITEM_CASES["shell_call"]) if "item" in call
    ]
    assert done[1::2] == ['{"cmd":"ls \'a b\'"}', '{"cmd":"ls | wc"}']


def test_an_output_item_done_without_anything_open_is_refused() -> None:
    """The error says how to begin an item and how to give one."""
    with pytest.raises(ValueError, match=r"output_item_added\(\.\.\.\).*message\('hi'\)"):
        composer().compose(stream(created(), output_item_done()))
