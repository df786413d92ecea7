"""What of a request the server knows already."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from codex_core.config.models import ModelInfo
from codex_core.model_client.incremental import Baseline, known_items
from codex_core.model_client.input_items import InputItems
from codex_core.model_client.request import Prompt, Request, make_request

RAW = st.integers(0, 3).map(lambda number: msgspec.Raw(b'{"n":%d}' % number))
LISTS = st.lists(RAW, max_size=4)


def request(*items: msgspec.Raw, **fields: Any) -> Request:
    prompt = Prompt(
        instructions="be good", input=InputItems(list(items)), tools=msgspec.Raw(b"[]"), **fields
    )
    return make_request(prompt, model="m", info=ModelInfo(), store=False, cache_key="t")


def item(number: int) -> msgspec.Raw:
    return msgspec.Raw(b'{"n":%d}' % number)


def decoded(frame: bytes) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(frame)
    return found


@given(LISTS, LISTS, LISTS)
def test_history_that_only_grew_is_known(old: Any, brought: Any, new: Any) -> None:
    """All of the last input and all that the response brought need not be sent again."""
    baseline = Baseline(request=request(*old), response_id="r", items=brought)
    now = request(*old, *brought, *new)
    known = known_items(baseline, now)
    assert known == len(old) + len(brought)
    frame = decoded(now.frame({}, previous_response_id="r", known=known))
    assert frame["input"] == [msgspec.json.decode(one) for one in new]
    assert frame["previous_response_id"] == "r"


@given(LISTS, LISTS, LISTS)
def test_what_is_known_is_exactly_the_prefix(old: Any, brought: Any, now: Any) -> None:
    """For any two histories: known if and only if the one begins with the other."""
    baseline = Baseline(request=request(*old), response_id="r", items=brought)
    prefix = [*old, *brought]
    expected = len(prefix) if now[: len(prefix)] == prefix else None
    assert known_items(baseline, request(*now)) == expected


def test_the_same_items_need_not_be_the_same_objects() -> None:
    """Equal bytes are equal items."""
    baseline = Baseline(request=request(item(1)), response_id="r", items=[item(2)])
    assert known_items(baseline, request(item(1), item(2))) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"service_tier": "priority"},
        {"parallel_tool_calls": True},
        {"output_schema": msgspec.Raw(b"{}")},
    ],
)
def test_any_other_change_asks_for_the_whole(changed: dict[str, Any]) -> None:
    """A setting, the model, the instructions, the tools."""
    baseline = Baseline(request=request(item(1)), response_id="r", items=[])
    assert known_items(baseline, request(item(1))) == 1
    assert known_items(baseline, request(item(1), **changed)) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "other"},
        {"instructions": "be bad"},
        {"options": {**request().options, "tools": msgspec.Raw(b'[{"type":"web_search"}]')}},
        {"options": {**request().options, "prompt_cache_key": "u"}},
    ],
)
def test_any_field_but_the_input_counts(changed: dict[str, Any]) -> None:
    """The server would go on under the settings of before."""
    baseline = Baseline(request=request(), response_id="r", items=[])
    assert known_items(baseline, replace(request(item(1)), **changed)) is None


def test_without_a_completed_response_nothing_is_known() -> None:
    """None before the first response, nor after one without an id."""
    assert known_items(None, request()) is None
    assert known_items(Baseline(request=request(), response_id="", items=[]), request()) is None


def test_the_frame_has_the_fields_of_the_body_in_their_order() -> None:
    """The type first, the earlier response behind the instructions, `generate` near the end."""
    asked = request(item(1), service_tier="flex")
    body = decoded(asked.body({"a": "b"}))
    frame = decoded(asked.frame({"a": "b"}, previous_response_id="r", known=0, generate=False))
    names = list(body)
    expected = ["type", *names[:2], "previous_response_id", *names[2:-1], "generate", names[-1]]
    assert list(frame) == expected
    assert {name: frame[name] for name in names} == body
    assert frame["type"] == "response.create"
    assert frame["generate"] is False
    whole = decoded(asked.frame({}))
    assert "generate" not in whole
    assert "previous_response_id" not in whole
