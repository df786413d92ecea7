"""Views and predicates of requests: what tests read, whatever clients send."""

import json
from typing import Any

import pytest

from agent_rehearsal import Journal, on
from agent_rehearsal.journal import Undecodable
from mock_responses import RequestView, asks, carries_output_of

TOOLS = [
    {"type": "function", "name": "shell", "parameters": {}},
    {"type": "web_search"},
    {"type": "namespace", "name": "mcp", "tools": [{"type": "function", "name": "inner"}]},
]


def view(body: Any, **headers: str) -> RequestView:
    """The view of a request with this body, which is JSON unless it is bytes."""
    journal = Journal()
    entry = journal.append(
        "responses",
        "request",
        conn=journal.connection(),
        direction="in",
        head="POST /v1/responses HTTP/1.1",
        raw_headers=tuple((name.encode(), value.encode()) for name, value in headers.items()),
        raw=body if isinstance(body, bytes) else json.dumps(body).encode(),
    )
    return RequestView(entry)


def said(role: str, *texts: str) -> dict[str, Any]:
    """A message of one role, a part for each text."""
    content = [{"type": "input_text", "text": text} for text in texts]
    return {"type": "message", "role": role, "content": content}


def test_fields_have_their_api_names() -> None:
    """What is there is given, what is not is None or false."""
    full = view({"model": "m", "instructions": "i", "stream": True, "previous_response_id": "r"})
    assert (full.model, full.instructions, full.stream) == ("m", "i", True)
    assert full.previous_response_id == "r"
    bare = view({})
    assert (bare.model, bare.instructions, bare.stream) == (None, None, False)
    assert (bare.previous_response_id, bare.input, bare.tools) == (None, [], [])


def test_a_string_is_one_user_message() -> None:
    """A plain string as input is what the API makes of it."""
    assert view({"input": "hi"}).texts("user") == ["hi"]
    assert view({"input": "hi"}).items("message")[0]["role"] == "user"


def test_texts_are_those_of_a_role_in_order() -> None:
    """One text for each part that has one; a message may leave its type out."""
    items = [
        said("user", "a", "b"),
        said("developer", "x"),
        {"role": "user", "content": "c"},
        {"type": "message", "role": "user", "content": [{"type": "input_image"}]},
        {"type": "reasoning", "role": "user", "content": "no"},
    ]
    assert view({"input": items}).texts("user") == ["a", "b", "c"]


@pytest.mark.parametrize("given", [None, 5, True, {"a": 1}, ["text", 3, None]])
def test_odd_input_is_no_item(given: Any) -> None:
    """What a client sends in place of items breaks no view and no predicate."""
    odd = view({"input": given, "tools": given})
    assert (odd.input, odd.tools, odd.texts("user")) == ([], [], [])
    assert not asks("x")(odd.entry)
    assert not carries_output_of("c1")(odd.entry)


def test_a_tool_is_found_by_name() -> None:
    """Inside a namespace too; a tool without a name is nobody's."""
    request = view({"tools": TOOLS})
    assert request.tool("shell") == TOOLS[0]
    assert request.tool("inner") == {"type": "function", "name": "inner"}
    assert len(request.tools) == 3


def test_a_missing_tool_lists_those_there_are() -> None:
    """The error says what was offered."""
    with pytest.raises(LookupError, match=r"no tool 'sh' in .*; there are .*shell"):
        view({"tools": TOOLS}).tool("sh")
    with pytest.raises(LookupError, match="there are none"):
        view({}).tool("sh")


@pytest.mark.parametrize("type_", ["function_call_output", "custom_tool_call_output"])
@pytest.mark.parametrize("output", ["done", [{"type": "input_text", "text": "done"}]])
def test_an_output_is_found_by_its_call(type_: str, output: Any) -> None:
    """Of any kind of tool, as a text or as parts."""
    request = view({"input": [{"type": type_, "call_id": "c1", "output": output}]})
    assert request.output_of("c1") == "done"
    assert carries_output_of("c1")(request.entry)


def test_a_missing_output_lists_those_there_are() -> None:
    """The error and the predicate's explanation both say which calls were answered."""
    item = {"type": "function_call_output", "call_id": "c1", "output": "x"}
    request = view({"input": [item]})
    with pytest.raises(LookupError, match=r"no output of call 'c2' in .*outputs of: c1"):
        request.output_of("c2")
    (clause,) = carries_output_of("c2").explain(request.entry)
    assert (clause.text, clause.detail) == ("carries_output_of('c2')", "it has outputs of c1")


def test_asks_is_about_the_last_user_text() -> None:
    """Earlier texts and other roles do not count."""
    request = view({"input": [said("user", "first"), said("user", "second"), said("system", "x")]})
    assert asks("second")(request.entry)
    assert not asks("first")(request.entry)
    (clause,) = asks("first").explain(request.entry)
    assert clause.detail == "the last user text is 'second'"


@pytest.mark.parametrize("body", [b"no json", b"[1]", b"3"])
def test_what_is_no_request_says_so(body: bytes) -> None:
    """A view of it exists; its fields raise and name the entry; predicates are not met."""
    request = view(body)
    with pytest.raises(Undecodable, match="#1 responses c1 in request"):
        _ = request.model
    assert not asks("x")(request.entry)
    assert not carries_output_of("x")(request.entry)


def test_headers_are_by_lower_case_name() -> None:
    """The first value of each wins, as in `entry.header`."""
    request = view({}, **{"X-One": "1", "x-one": "2"})
    assert request.headers == {"x-one": "1"}


def test_a_view_leads_back() -> None:
    """To the entry, to its connection, and to any path of the body."""
    request = view({"a": {"b": [1, 2]}})
    assert request.get("a.b.1") == 2
    assert request.get("a.c", "none") == "none"
    assert on(request)(request.entry)
    assert repr(request).startswith("<RequestView <#1 responses c1")


def test_predicates_print_as_the_call_that_makes_them() -> None:
    """Equal calls are equal values, so that their replies form one queue."""
    assert repr(asks("a") & carries_output_of("b")) == "asks('a') & carries_output_of('b')"
    assert asks("a") == asks("a")


def test_what_should_be_text_and_is_not_is_passed_over() -> None:
    """A text, a name or a call's id of another type is none; a question about it raises nothing."""
    odd: list[Any] = [None, 1, [], {}]
    parts = [{"text": each} for each in [*odd, "a"]]
    outputs = [{"type": "function_call_output", "call_id": each, "output": ""} for each in odd]
    tools = [{"name": each} for each in odd]
    message = {"role": "user", "content": parts}
    odd_view = view({"input": [message, *outputs], "tools": tools})
    assert odd_view.texts("user") == ["a"]
    assert asks("a")(odd_view.entry)
    assert not carries_output_of("c1")(odd_view.entry)
    with pytest.raises(LookupError, match="none"):
        odd_view.output_of("c1")
    with pytest.raises(LookupError, match="none"):
        odd_view.tool("x")
