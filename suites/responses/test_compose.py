"""From a script to events: what is added, what is filled in, and what stays in its place."""

from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.wire.script import Mark, Raw, Send, cut, delay, fragment, reset, stall
from mock_responses.compose import Composer
from mock_responses.events import (
    completed,
    content_part_added,
    content_part_done,
    created,
    error_event,
    event,
    failed,
    incomplete,
    output_item_added,
    output_item_done,
    raw_event,
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
    shell_call,
)
from mock_responses.parts import minimal, stream
from mock_responses.response import usage
from suites.responses.composing import composer, events, outline

PAUSE = delay(1)
MESSAGE = ["output_item.added", "content_part.added"]
MESSAGE_DONE = ["output_text.done", "content_part.done", "output_item.done"]
BEGUN = ["created", "in_progress"]


def test_a_message_has_the_sequence_of_the_api() -> None:
    """Every event that SDKs ask for comes, and a mark stays between its two deltas."""
    assert outline(message("a", PAUSE, "b")) == [
        *BEGUN,
        *MESSAGE,
        "a",
        PAUSE,
        "b",
        *MESSAGE_DONE,
        "completed",
    ]


def test_a_reasoning_item_streams_its_summary_and_its_content() -> None:
    """Each part is opened and closed; a mark falls between parts, one in a list inside."""
    part = ["reasoning_summary_part.added"]
    done = ["reasoning_summary_text.done", "reasoning_summary_part.done"]
    raw = ["content_part.added", "c", "reasoning_text.done", "content_part.done"]
    assert outline(reasoning("a", PAUSE, ["b", cut(), "b2"], content=["c"]))[2:-1] == [
        "output_item.added",
        *(*part, "a", *done),
        PAUSE,
        *(*part, "b", cut(), "b2", *done),
        *raw,
        "output_item.done",
    ]


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (function_call("c", "f", ['{"a"', PAUSE, ":1}"]), "function_call_arguments"),
        (custom_tool_call("c", "f", ['{"a"', PAUSE, ":1}"]), "custom_tool_call_input"),
    ],
)
def test_a_call_streams_its_text(call: Any, kind: str) -> None:
    """Arguments and inputs come as deltas, then whole in an event of their own and in the item."""
    assert outline(call)[2:-1] == [
        "output_item.added",
        '{"a"',
        PAUSE,
        ":1}",
        f"{kind}.done",
        "output_item.done",
    ]


def test_items_keep_their_order_and_marks_between_them() -> None:
    """A mark between two items falls between the last event of one and the first of the other."""
    made = outline(message("a"), PAUSE, shell_call("c1", "ls"))
    assert made[made.index(PAUSE) - 1 : made.index(PAUSE) + 2] == [
        "output_item.done",
        PAUSE,
        "output_item.added",
    ]


def test_marks_at_the_ends_stand_at_the_ends_of_the_content() -> None:
    """Before the first item they hold back everything, after the last one `completed`."""
    made = outline(PAUSE, cut(), message("a"), stall())
    assert made[:3] == [PAUSE, cut(), "created"]
    assert made[-2:] == [stall(), "completed"]


@pytest.mark.parametrize(
    ("end", "type", "status"),
    [
        (completed(usage=usage(1, 2)), "completed", "completed"),
        (failed("server_error", "x"), "failed", "failed"),
        (incomplete(), "incomplete", "incomplete"),
        (error_event("x"), "error", "failed"),
    ],
)
def test_a_terminal_event_takes_the_place_of_completed(end: Any, type: str, status: str) -> None:
    """The response ends once, as the script says, and a whole response has the matching status."""
    made = outline(message("a"), end, PAUSE)
    assert made[-2:] == [type, PAUSE]
    assert "completed" not in made[:-2]
    assert composer().response_object([message("a"), end])["status"] == status


def test_what_ends_badly_lists_the_items_that_were_done() -> None:
    """`failed` and `incomplete` carry the output so far and their reason."""
    broken = events(message("a"), failed("rate_limit_exceeded", "slow"))[-1]["response"]
    assert [part["type"] for part in broken["output"]] == ["message"]
    assert broken["error"] == {"code": "rate_limit_exceeded", "message": "slow"}
    assert broken["usage"] is None
    cut_short = events(incomplete("content_filter"))[-1]["response"]
    assert cut_short["incomplete_details"] == {"reason": "content_filter"}
    assert cut_short["usage"]["total_tokens"] == 15


def test_a_reply_may_be_empty() -> None:
    """A model that says nothing is begun and completed all the same."""
    assert outline() == [*BEGUN, "completed"]
    assert outline(message())[2:-1] == [*MESSAGE, *MESSAGE_DONE]


def test_loose_events_stand_between_items() -> None:
    """An event of another type, raw data and raw bytes go out where they are; raw has no number."""
    odd = event("codex.rate_limits", plan_type="pro")
    steps = list(composer().compose([odd, message("a"), raw_event(b"{"), Raw(b": hi\n\n")]))
    assert isinstance(steps[2], Send)
    assert msgspec.json.decode(steps[2].payload) == {
        "type": "codex.rate_limits",
        "sequence_number": 2,
        "plan_type": "pro",
    }
    assert steps[-3:-1] == [Send(b"{", ""), Raw(b": hi\n\n")]
    assert isinstance(steps[-1], Send)
    assert msgspec.json.decode(steps[-1].payload)["sequence_number"] == 9


def test_an_explicit_stream_gets_no_event_more() -> None:
    """What the test wrote goes out, and the deltas share one item though none was announced."""
    made = events(stream(created(), text_delta("a"), PAUSE, text_delta("b"), completed()))
    assert [one["type"] for one in made] == [
        "response.created",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.completed",
    ]
    assert [one["item_id"] for one in made[1:3]] == ["msg_1", "msg_1"]
    assert [one["sequence_number"] for one in made] == [0, 1, 2, 3]
    assert made[-1]["response"]["output"] == []


def test_an_explicit_stream_says_what_the_full_one_says() -> None:
    """Ids, indices, texts and items that are left out are those of the item that is open."""
    explicit = stream(
        created(),
        event("response.in_progress", response=events()[1]["response"]),
        output_item_added(message()),
        content_part_added(),
        text_delta("a"),
        text_delta("b"),
        text_done(),
        content_part_done(),
        output_item_done(),
        completed(),
    )
    assert events(explicit) == events(message("a", "b"))


def test_a_text_given_at_the_end_wins_over_the_deltas() -> None:
    """What `text_done` says is what the item then holds."""
    made = events(
        stream(output_item_added(message()), text_delta("a"), text_done("z"), output_item_done())
    )
    assert made[-1]["item"]["content"][0]["text"] == "z"


def test_two_open_items_are_told_apart_by_their_id() -> None:
    """A piece goes to the item that it names, without a name to the one announced last."""
    made = events(
        stream(
            output_item_added(message(id="one")),
            output_item_added(message(id="two")),
            text_delta("a", item_id="one"),
            text_delta("b"),
            output_item_done(message("a", id="one")),
            text_delta("c"),
            output_item_done(),
            completed(),
        )
    )
    assert [(one.get("item_id"), one.get("output_index")) for one in made[2:7]] == [
        ("one", 0),
        ("two", 1),
        (None, 0),
        ("two", 1),
        (None, 1),
    ]
    texts = [part["content"][0]["text"] for part in made[-1]["response"]["output"]]
    assert texts == ["a", "bc"]


def test_a_second_content_part_has_the_next_index() -> None:
    """Parts count up within their item and end up in it in order."""
    made = events(
        stream(
            output_item_added(message()),
            content_part_added(),
            text_delta("a"),
            content_part_done(),
            content_part_added(),
            text_delta("b"),
            output_item_done(),
        )
    )
    assert [one["content_index"] for one in made[1:6]] == [0, 0, 0, 1, 1]
    assert [part["text"] for part in made[-1]["item"]["content"]] == ["a", "b"]


def test_what_is_given_is_sent() -> None:
    """Ids, indices and numbers of the test's choice go out as they are; the count goes on."""
    made = events(
        stream(
            text_delta("a", item_id="x", output_index=7, content_index=3, sequence_number=99),
            text_delta("b", item_id="x"),
        )
    )
    assert {**made[0], "delta": "", "logprobs": []} == {
        "type": "response.output_text.delta",
        "sequence_number": 99,
        "item_id": "x",
        "output_index": 7,
        "content_index": 3,
        "delta": "",
        "logprobs": [],
    }
    assert made[1]["sequence_number"] == 1


def test_a_written_out_item_keeps_its_fields() -> None:
    """Only a missing id is filled in, with the prefix that the API uses for that type."""
    made = events(item({"type": "web_search_call", "status": "in_progress"}), item({"type": "odd"}))
    assert made[3]["item"] == {"type": "web_search_call", "status": "in_progress", "id": "ws_1"}
    assert [part["id"] for part in made[-1]["response"]["output"]] == ["ws_1", "item_2"]


def test_the_minimal_sequence_is_what_codex_needs() -> None:
    """`created`, one `output_item.done` an item, `completed`; an item's marks come before it."""
    script = minimal(message("a", PAUSE, "b"), reasoning("x", cut(), [stall()]), reset())
    done = "output_item.done"
    expected = ["created", PAUSE, done, cut(), stall(), done, reset(), "completed"]
    assert outline(script) == expected
    made = events(script)
    assert made[0]["response"] == {"id": "resp_1"}
    assert made[1]["item"]["content"][0]["text"] == "ab"
    assert set(made[-1]["response"]) == {"id", "usage"}


def test_ids_are_taken_when_the_reply_is_composed() -> None:
    """Two replies that are played at the same time do not mix their ids."""
    numbers = count(1)

    def reply() -> Any:
        made = Composer({}, response_id="r", ids=lambda p: f"{p}_{next(numbers)}", created_at=0)
        return made.compose([message("a"), message("b")])

    first, second = reply(), reply()
    used = [
        {msgspec.json.decode(s.payload)["item"]["id"] for s in steps if "output_item" in s.type}
        for steps in (second, first)
    ]
    assert used == [{"msg_3", "msg_4"}, {"msg_1", "msg_2"}]


def test_a_reply_may_be_composed_bit_by_bit() -> None:
    """A coroutine that composes as it goes gets numbers, ids and state of one response."""
    bits = composer()
    parts = [created(), output_item_added(message()), text_delta("a"), output_item_done()]
    steps = [step for part in parts for step in bits.compose([stream(part)])]
    assert steps == list(composer().compose([stream(*parts)]))
    assert bits.response_object()["status"] == "in_progress"
    assert list(bits.compose([stream(completed())]))
    assert bits.response_object()["status"] == "completed"


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
marks = st.sampled_from([PAUSE, cut(), reset(), stall(), fragment([1])])
deltas = st.lists(texts | marks, max_size=5)
calls = st.sampled_from(["c1", "c2"])
any_item = st.one_of(
    deltas.map(lambda parts: message(*parts)),
    st.builds(
        lambda summary, content: reasoning(*summary, content=content),
        st.lists(deltas | marks, max_size=3),
        st.lists(deltas | marks, max_size=2),
    ),
    st.builds(lambda call, parts: function_call(call, "f", parts), calls, deltas),
    st.builds(lambda call, parts: custom_tool_call(call, "g", parts), calls, deltas),
    st.just(item({"type": "web_search_call", "status": "completed"})),
)


def marks_in(value: Any) -> list[Mark]:
    """The marks of a part, found by walking all that it holds."""
    if isinstance(value, Mark):
        return [value]
    fields = getattr(value, "__dataclass_fields__", ())
    inner = [getattr(value, name) for name in fields] if fields else value
    walked = inner if isinstance(inner, tuple | list) else ()
    return [mark for part in walked for mark in marks_in(part)]


WHOLE = {
    "response.output_text.done": "text",
    "response.reasoning_text.done": "text",
    "response.reasoning_summary_text.done": "text",
    "response.function_call_arguments.done": "arguments",
    "response.custom_tool_call_input.done": "input",
}
INDICES = ("item_id", "output_index", "content_index", "summary_index")


@given(st.lists(any_item | marks, max_size=6))
def test_any_items_and_marks_make_a_consistent_stream(parts: list[Any]) -> None:
    """Numbers count up, ids are stable, it ends once, deltas join to the whole, marks stay."""
    steps = list(composer().compose(parts))
    assert [step for step in steps if isinstance(step, Mark)] == marks_in(parts)
    made = [msgspec.json.decode(step.payload) for step in steps if isinstance(step, Send)]
    assert [one["type"] for one in made] == [s.type for s in steps if isinstance(s, Send)]
    assert [one["sequence_number"] for one in made] == list(range(len(made)))
    assert [one["type"] for one in made].index("response.completed") == len(made) - 1

    announced = [one for one in made if one["type"] == "response.output_item.added"]
    done = [one for one in made if one["type"] == "response.output_item.done"]
    ids = {one["output_index"]: one["item"]["id"] for one in announced}
    assert [one["output_index"] for one in announced] == list(range(len(announced)))
    assert len(set(ids.values())) == len(ids)
    assert ids == {one["output_index"]: one["item"]["id"] for one in done}
    assert all(ids[one["output_index"]] == one["item_id"] for one in made if "item_id" in one)
    assert made[-1]["response"]["output"] == [one["item"] for one in done]
    assert len({one["response"]["id"] for one in made if "response" in one}) == 1

    said: dict[tuple[Any, ...], str] = {}
    for one in made:
        key = (one["type"].rpartition(".")[0], *map(one.get, INDICES))
        if "delta" in one:
            said[key] = said.get(key, "") + one["delta"]
        elif one["type"] in WHOLE:
            assert one[WHOLE[one["type"]]] == said.pop(key, "")
    assert said == {}


@given(texts.filter(bool), st.integers(1, 9))
def test_a_text_in_chunks_is_the_same_message(text: str, n: int) -> None:
    """However a text is cut, the item that it ends up in is the same."""
    whole = composer().response_object([message(text)])
    assert composer().response_object([message(*chunks(text, n))]) == whole
