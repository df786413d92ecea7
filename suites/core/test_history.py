"""History: what is kept, how it is balanced and cut."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core.protocol.items import (
    CustomToolCall,
    CustomToolCallOutput,
    FunctionCall,
    FunctionCallOutput,
    InputText,
    KnownItem,
    Message,
    OtherItem,
    decode_item,
)
from codex_core.session.history import ABORTED, History
from suites.core.fakes import Json


def called(call_id: str) -> FunctionCall:
    return FunctionCall(name="t", arguments="{}", call_id=call_id)


def output(call_id: str, text: str = "ok") -> FunctionCallOutput:
    return FunctionCallOutput(call_id=call_id, output=text)


def said(text: str, role: str = "user") -> Message:
    return Message(role=role, content=(InputText(text=text),))


def prompt(*items: KnownItem, tokens: int = 1000) -> list[Json]:
    history = History(output_tokens=tokens)
    for item in items:
        history.record(item)
    return [json.loads(bytes(raw)) for raw in history.for_prompt()]


def brief(items: list[Json]) -> list[str]:
    return [f"{item['type']}:{item.get('call_id')}:{item.get('output')}" for item in items]


def test_a_call_without_an_output_is_answered() -> None:
    """The synthetic output stands right after its call."""
    assert brief(prompt(called("a"), called("b"), output("b"), said("x"))) == [
        "function_call:a:None",
        f"function_call_output:a:{ABORTED}",
        "function_call:b:None",
        "function_call_output:b:ok",
        "message:None:None",
    ]


def test_an_output_without_a_call_is_dropped() -> None:
    """An orphan is not sent; one of another kind with the same id is an orphan too."""
    assert prompt(output("a")) == []
    custom = CustomToolCallOutput(call_id="a", output="x")
    assert brief(prompt(called("a"), output("a"), custom)) == [
        "function_call:a:None",
        "function_call_output:a:ok",
    ]


def test_custom_calls_are_balanced_by_custom_outputs() -> None:
    """A freeform call gets an output of its own kind."""
    items = prompt(CustomToolCall(call_id="c", name="n", input="i"))
    assert brief(items) == [
        "custom_tool_call:c:None",
        f"custom_tool_call_output:c:{ABORTED}",
    ]


KEYS = st.sampled_from("abc")
ITEMS = st.lists(
    st.one_of(
        KEYS.map(called),
        KEYS.map(output),
        KEYS.map(lambda key: CustomToolCall(call_id=key, name="n", input="")),
        KEYS.map(lambda key: CustomToolCallOutput(call_id=key, output="ok")),
        st.just(said("x")),
    ),
    max_size=12,
)


@given(ITEMS)
def test_every_prompt_is_balanced(items: list[KnownItem]) -> None:
    """Each call has an output, each output a call, and messages stay where they were."""
    sent = prompt(*items)
    for kind in ("function_call", "custom_tool_call"):
        calls = {item["call_id"] for item in sent if item["type"] == kind}
        outputs = {item["call_id"] for item in sent if item["type"] == f"{kind}_output"}
        assert calls == outputs
    assert sum(item["type"] == "message" for item in sent) == items.count(said("x"))


@given(ITEMS)
def test_balancing_changes_nothing_that_is_recorded(items: list[KnownItem]) -> None:
    """Two prompts in a row are equal: hygiene is a view."""
    history = History(output_tokens=10)
    for item in items:
        history.record(item)
    first = [bytes(raw) for raw in history.for_prompt()]
    assert first == [bytes(raw) for raw in history.for_prompt()]
    assert len(history.items) == len(items)


def test_some_items_are_never_kept() -> None:
    """System messages and items of unknown type are not history."""
    history = History(output_tokens=10)
    history.record(said("x", role="system"))
    history.record(OtherItem(type="novelty", raw=b"{}"))
    assert history.items == ()


def test_long_outputs_are_cut_when_recorded() -> None:
    """The budget is the model's, and a fifth more; other items are never cut."""
    cut = prompt(called("a"), output("a", "x" * 400), tokens=10)[1]["output"]
    assert cut == f"{'x' * 24}\u202688 tokens truncated\u2026{'x' * 24}"
    fits = prompt(called("a"), output("a", "x" * 48), tokens=10)[1]["output"]
    assert fits == "x" * 48
    assert len(prompt(said("x" * 400), tokens=10)[0]["content"][0]["text"]) == 400


@pytest.mark.parametrize(
    ("item", "sent"),
    [
        (
            {"type": "reasoning", "id": "rs", "summary": [], "encrypted_content": "e"},
            {"type": "reasoning", "summary": [], "content": None, "encrypted_content": "e"},
        ),
        (
            {"type": "reasoning", "summary": [], "content": [{"type": "text", "text": "t"}]},
            {"type": "reasoning", "summary": [], "encrypted_content": None},
        ),
        (
            {
                "type": "reasoning",
                "summary": [],
                "content": [{"type": "reasoning_text", "text": "t"}],
            },
            {
                "type": "reasoning",
                "summary": [],
                "content": [{"type": "reasoning_text", "text": "t"}],
                "encrypted_content": None,
            },
        ),
        (
            {
                "type": "message",
                "id": "m",
                "status": "completed",
                "role": "assistant",
                "phase": "commentary",
                "content": [{"type": "output_text", "text": "t", "annotations": []}],
            },
            {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "t"}],
                "phase": "commentary",
            },
        ),
        (
            {
                "type": "function_call",
                "id": "fc",
                "name": "n",
                "arguments": "{}",
                "call_id": "c",
                "namespace": "s",
            },
            {
                "type": "function_call",
                "name": "n",
                "arguments": "{}",
                "call_id": "c",
                "namespace": "s",
            },
        ),
    ],
)
def test_items_go_back_as_the_reference_sends_them(item: Json, sent: Json) -> None:
    """Ids and annotations are not sent back, phase and namespace are, nulls where it has them."""
    decoded = decode_item(json.dumps(item).encode())
    assert not isinstance(decoded, OtherItem)
    assert prompt(decoded)[0] == sent


def test_ids_are_kept_or_made_when_they_are_sent() -> None:
    """A server's id is kept, a missing one is made of the item's prefix and a new id."""
    numbers = itertools.count(1)
    history = History(output_tokens=10, new_id=lambda: str(next(numbers)))
    history.record(Message(id="msg_server", role="assistant", content=()))
    history.record(said("x"))
    history.record(called("a"))
    ids = [json.loads(bytes(raw))["id"] for raw in history.for_prompt()]
    assert ids == ["msg_server", "msg_1", "fc_2", "fco_3"]
