"""The response object: what it repeats of the request, and what a script makes of it."""

from typing import Any

import msgspec
import pytest

from agent_rehearsal.wire.script import delay
from mock_responses.compose import Composer
from mock_responses.events import completed
from mock_responses.items import message, reasoning, shell_call
from mock_responses.parts import minimal
from mock_responses.response import usage
from suites.responses.composing import CREATED_AT, REQUEST, composer, events, sends
from suites.responses.official import objections, response_objections

PAUSE = delay(1)


def test_a_whole_response_is_the_one_that_completed_carries() -> None:
    """A request without `stream` gets the same object, ids and all, even of a minimal script."""
    parts: list[Any] = [reasoning("t"), message("a", PAUSE, "b"), shell_call("c", "ls")]
    whole = composer().response_object(parts)
    assert whole == events(*parts)[-1]["response"]
    assert composer().response_object([minimal(*parts)]) == whole
    assert response_objections(msgspec.json.encode(whole)) == []


ASKED: dict[str, Any] = {
    "model": "gpt-5.4",
    "instructions": "be brief",
    "tools": [{"type": "function", "name": "f", "parameters": {"type": "object"}}],
    "tool_choice": "required",
    "parallel_tool_calls": False,
    "reasoning": {"effort": "low"},
    "text": {"verbosity": "low"},
    "metadata": {"a": "b"},
    "previous_response_id": "resp_0",
    "temperature": 0.5,
    "store": False,
    "service_tier": "auto",
    "prompt_cache_key": "k",
}


def test_a_response_repeats_what_the_request_asked_for() -> None:
    """Fields of the request come back as the API shows them, or with the API's defaults."""
    whole = Composer(ASKED, response_id="r", ids=str, created_at=5).response_object()
    assert {name: whole[name] for name in ASKED} == {
        **ASKED,
        "tools": [{**ASKED["tools"][0], "description": None, "strict": True}],
        "reasoning": {"effort": "low", "summary": None},
        "text": {"format": {"type": "text"}, "verbosity": "low"},
        "service_tier": "default",
    }
    assert (whole["truncation"], whole["top_p"], whole["user"]) == ("disabled", 1.0, None)
    assert response_objections(msgspec.json.encode(whole)) == []


@pytest.mark.parametrize("body", [{}, REQUEST, {"model": None, "tools": None, "reasoning": None}])
def test_every_state_of_the_response_is_valid_under_the_official_type(body: Any) -> None:
    """Whatever the request left out or set to null, the object satisfies the package's type."""
    made = sends(message("a"), body=body)
    assert [objections(send.payload, send.type) for send in made] == [[] for _ in made]


def test_a_request_of_the_wrong_types_is_still_answered() -> None:
    """The response repeats what it cannot make sense of; judging it is for others."""
    odd = {"model": 3, "tools": "x", "text": [], "reasoning": "y", "service_tier": {}}
    whole = composer(odd).response_object()
    assert {name: whole[name] for name in odd} == odd


def test_fields_of_the_response_can_be_replaced() -> None:
    """`response=` adds and replaces, among the fields that are made and those that are repeated."""
    end = completed(response={"end_turn": False, "model": "other"}, usage=usage(1, 2))
    final = events(end, body={"model": "asked", "user": "u"})[-1]["response"]
    assert (final["end_turn"], final["model"], final["user"]) == (False, "other", "u")
    assert final["usage"]["total_tokens"] == 3
    assert final["created_at"] == final["completed_at"] == CREATED_AT
