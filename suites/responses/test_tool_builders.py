"""Builders of what the API makes by itself: valid under the official types, filled in, refused."""

from collections.abc import Callable
from typing import Any

import pytest

import mock_responses
from agent_rehearsal.wire.script import delay
from mock_responses import (
    annotation_added,
    annotations,
    completed,
    content_part_added,
    content_part_done,
    created,
    image_generation_call_partial_image,
    mcp_call,
    message,
    minimal,
    output_item_added,
    output_item_done,
    refusal,
    refusal_delta,
    refusal_done,
    shell_call_command_added,
    shell_call_command_delta,
    shell_call_command_done,
    stream,
    text_delta,
    tool_events,
    tool_items,
    web_search_call,
    web_search_call_searching,
)
from suites.responses import official, test_builders, tool_cases
from suites.responses.composing import events, outline, sends
from suites.responses.official import objections
from suites.responses.test_builders import cases, public

CITED = tool_cases.ANNOTATIONS["url_citation"]


@pytest.mark.parametrize(
    ("module", "table"),
    [
        (tool_events, tool_cases.EVENTS),
        (tool_items, tool_cases.ITEMS),
        (annotations, tool_cases.ANNOTATIONS),
    ],
)
def test_every_builder_has_a_case(module: Any, table: dict[str, Any]) -> None:
    """A builder without a case in the tables is not tested, so it may not be."""
    assert public(module) == set(table)


@pytest.mark.parametrize("case", tool_cases.EVENTS.values(), ids=list(tool_cases.EVENTS))
def test_every_event_builder_is_valid_under_the_official_type(case: list[Any]) -> None:
    """The fields are those of the package's model of that type: none missing, unknown or wrong."""
    made = sends(stream(*case))
    assert [objections(send.payload, send.type) for send in made] == [[] for _ in case]


@pytest.mark.parametrize("case", cases(tool_cases.ITEMS))
def test_every_item_builder_is_valid_in_full_and_in_short(case: Any) -> None:
    """All events of an item satisfy the official types; the short sequence does in its item."""
    made = [*sends(case), sends(minimal(case))[1]]
    assert [objections(send.payload, send.type) for send in made] == [[] for _ in made]


def test_builders_cover_every_event_of_the_official_types() -> None:
    """The package lists no event of a stream that has no builder here."""
    tables = (*test_builders.EVENT_CASES.values(), *tool_cases.EVENTS.values())
    built = {send.type for case in tables for send in sends(stream(*case))}
    assert set(official.EVENTS) - built == set()


@pytest.mark.parametrize("annotation", tool_cases.ANNOTATIONS.values())
def test_annotations_stand_in_the_message_and_in_events(annotation: dict[str, Any]) -> None:
    """Each is announced by an event; the part and the item that are done have it."""
    made = sends(message("hi", annotations=[annotation]))
    found = events(message("hi", annotations=[annotation]))
    assert [objections(send.payload, send.type) for send in made] == [[] for _ in made]
    (added,) = [e for e in found if e["type"] == "response.output_text.annotation.added"]
    assert (added["annotation"], added["annotation_index"]) == (annotation, 0)
    done = next(e["item"] for e in found if e["type"] == "response.output_item.done")
    assert done["content"][0]["annotations"] == [annotation]
    assert found[-1]["response"]["output"] == [done]


def test_a_refusal_is_a_message_with_a_refusal_part() -> None:
    """It is streamed like a text, with events of its own."""
    found = events(refusal("I ", "will not"))
    assert outline(refusal("I ", delay(1), "will not"))[3:-2] == [
        "content_part.added",
        "I ",
        delay(1),
        "will not",
        "refusal.done",
        "content_part.done",
    ]
    assert found[-1]["response"]["output"][0]["content"] == [
        {"type": "refusal", "refusal": "I will not"}
    ]
    assert all(objections(send.payload, send.type) == [] for send in sends(refusal("no")))


def test_texts_and_refusals_share_one_message() -> None:
    """Parts keep their index and their kind when they are written one by one."""
    found = events(
        stream(
            created(),
            output_item_added(message()),
            content_part_added(),
            text_delta("yes"),
            annotation_added(CITED),
            content_part_done(),
            content_part_added({"type": "refusal", "refusal": ""}),
            refusal_delta("no"),
            refusal_done(),
            content_part_done(),
            output_item_done(),
            completed(),
        )
    )
    content = found[-1]["response"]["output"][0]["content"]
    assert content == [
        {"type": "output_text", "annotations": [CITED], "logprobs": [], "text": "yes"},
        {"type": "refusal", "refusal": "no"},
    ]
    assert [found[5]["part"], found[9]["part"]] == content


def test_a_hosted_call_goes_through_its_states() -> None:
    """The item is announced without its result, runs, and is done with it."""
    item = mcp_call("srv", "f", ["{", delay(1), "}"], output="2")
    assert outline(item)[2:-1] == [
        "output_item.added",
        "mcp_call.in_progress",
        "{",
        delay(1),
        "}",
        "mcp_call_arguments.done",
        "mcp_call.completed",
        "output_item.done",
    ]
    found = [event["item"] for event in events(item) if "item" in event]
    assert [(i["status"], i["arguments"], i["output"]) for i in found] == [
        ("in_progress", "", None),
        ("completed", "{}", "2"),
    ]


def test_a_call_that_failed_says_so() -> None:
    """An MCP call with an error ends with the event for it; a search that failed has none."""
    assert outline(mcp_call("s", "f", {}, error=tool_cases.EXECUTION_ERROR))[-3:-1] == [
        "mcp_call.failed",
        "output_item.done",
    ]
    assert outline(web_search_call("x", status="failed"))[-3:-1] == [
        "web_search_call.searching",
        "output_item.done",
    ]


def test_events_of_a_hosted_call_find_their_item() -> None:
    """A state without an id belongs to the open item; partial images and commands are counted."""
    found = events(
        stream(
            output_item_added(web_search_call("x", id="ws_mine"), output_index=4),
            web_search_call_searching(),
            output_item_done(),
            image_generation_call_partial_image("aQ=="),
            image_generation_call_partial_image("aWk="),
            shell_call_command_added("l"),
            shell_call_command_delta("s"),
            shell_call_command_done(),
            shell_call_command_added("w"),
            shell_call_command_done(),
        )
    )
    assert (found[1]["item_id"], found[1]["output_index"]) == ("ws_mine", 4)
    assert found[2]["item"]["status"] == "completed"
    assert [e["partial_image_index"] for e in found[3:5]] == [0, 1]
    assert [(e["command_index"], e["command"]) for e in (found[7], found[9])] == [
        (0, "ls"),
        (1, "w"),
    ]


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (web_search_call("x"), "web_search_call('x')"),
        (refusal("a", "b"), "refusal('a', 'b')"),
        (mcp_call("s", "f", "{}"), "mcp_call('s', 'f', '{}')"),
        (tool_cases.ITEMS["compaction"][0], "compaction('e30=')"),
        (tool_cases.ITEMS["tool_search_call"][1], "tool_search_call(None, {})"),
    ],
)
def test_an_item_prints_as_the_call_that_makes_it(item: Any, shown: str) -> None:
    """Without the arguments that are seldom given."""
    assert repr(item) == shown


untyped: Any = mock_responses
"""The builders as a test without types calls them."""


@pytest.mark.parametrize(
    ("build", "kind", "words"),
    [
        (lambda: untyped.web_search_call(3), TypeError, ["web_search_call()", "query", "a text"]),
        (lambda: untyped.web_search_call(statsu="x"), TypeError, ["mean 'status'"]),
        (lambda: untyped.web_search_call(status="x"), ValueError, ["status", "incomplete"]),
        (lambda: untyped.web_search_call(action=3), TypeError, ["action", "a mapping"]),
        (lambda: untyped.file_search_call("a", 3), TypeError, ["queries[1]", "a text"]),
        (lambda: untyped.code_interpreter_call(b"x"), TypeError, ["code", "texts and marks"]),
        (lambda: untyped.image_generation_call("a", partial_images=[1]), TypeError, ["images[0]"]),
        (lambda: untyped.mcp_call("", "f", {}), ValueError, ["mcp_call()", "server_label"]),
        (lambda: untyped.mcp_call("s", "f", 3), TypeError, ["arguments", "a mapping, a text"]),
        (lambda: untyped.mcp_list_tools("s", "x"), TypeError, ["tools", "a list"]),
        (lambda: untyped.tool_search_call("c", {}, execution="x"), ValueError, ["client, server"]),
        (lambda: untyped.compaction(b"x"), TypeError, ["encrypted_content", "a text"]),
        (lambda: untyped.refusal(3), TypeError, ["refusal()", "parts[0]"]),
        (lambda: untyped.message("x", annotations=[3]), TypeError, ["annotations[0]", "a mapping"]),
        (lambda: untyped.url_citation("", "t", start_index=0, end_index=0), ValueError, ["url"]),
        (lambda: untyped.file_path("f", index=-1), ValueError, ["file_path()", "0 or more"]),
        (lambda: untyped.annotation_added("x"), TypeError, ["annotation_added()", "a mapping"]),
        (lambda: untyped.refusal_done(3), TypeError, ["refusal_done()", "refusal"]),
        (
            lambda: untyped.shell_call_output_content_delta(stdot="x"),
            TypeError,
            ["mean 'stdout'", "stderr"],
        ),
        (lambda: untyped.shell_call_output_content_delta(stdout=3), TypeError, ["stdout"]),
        (lambda: untyped.web_search_call_searching(content_index=1), TypeError, ["item_id"]),
        (lambda: untyped.code_interpreter_call_code_done(3), TypeError, ["code", "a text"]),
    ],
)
def test_a_wrong_field_is_refused_where_it_is_written(
    build: Callable[[], object], kind: type[Exception], words: list[str]
) -> None:
    """The error names the builder, the field, what was given and what is expected."""
    with pytest.raises(kind) as caught:
        build()
    assert [word for word in words if word not in str(caught.value)] == []
