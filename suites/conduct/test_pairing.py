"""Calls and outputs in the input of one request: each has the other, once, in order."""

from typing import Any

import pytest

from mock_responses.conduct.items import CALLS
from suites.conduct.told import Item, Story, call, output, user

WRONG: dict[str, tuple[list[Item], list[str]]] = {
    "no call": ([user("a"), output("c1")], ["output-without-call"]),
    "no output": ([user("a"), call("c1")], ["call-without-output"]),
    "before": ([output("c1"), call("c1")], ["output-before-call"]),
    "two calls": ([call("c1"), call("c1"), output("c1")], ["duplicate-call-id"]),
    "two outputs": ([call("c1"), output("c1"), output("c1")], ["duplicate-call-id"]),
    "crossed ids": (
        [call("c1"), output("c2")],
        ["output-without-call", "call-without-output"],
    ),
}
FINE: dict[str, list[Item]] = {
    "a pair": [user("a"), call("c1"), output("c1")],
    "parallel": [call("c1"), call("c2"), output("c2"), output("c1")],
    "a call that the server ran": [
        {"type": "tool_search_call", "call_id": "c1", "execution": "server"}
    ],
    "a hosted call": [{"type": "web_search_call", "id": "ws_1", "status": "completed"}],
    "an output of what stands elsewhere": [{"type": "item_reference", "id": "x"}, output("c1")],
    "ids that are none": [{"type": "function_call", "call_id": 7}, {"type": 3}],
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_pair_is_told(name: str) -> None:
    """The finding names the request, the call and its place, and is about the request."""
    given, names = WRONG[name]
    story = Story()
    asked = story.ask(given)
    found = story.found()
    assert [breach.name for breach in found] == names
    assert all(breach.about == (asked,) for breach in found)
    assert all(breach.text.startswith("#1 POST /v1/responses: ") for breach in found)
    assert all("input[" in breach.text for breach in found)


@pytest.mark.parametrize("name", FINE)
def test_what_pairs_is_fine(name: str) -> None:
    """Nothing is told of it."""
    story = Story()
    story.ask(FINE[name])
    assert story.names() == []


@pytest.mark.parametrize("type_", CALLS)
def test_every_kind_of_call_has_its_output(type_: str) -> None:
    """A call of each kind is answered by the output of its kind, and missed without."""
    story = Story()
    story.ask([{"type": type_, "call_id": "c1"}, {"type": CALLS[type_], "call_id": "c1"}])
    assert story.names() == []
    story.ask([{"type": type_, "call_id": "c2"}])
    assert story.names() == ["call-without-output"]


@pytest.mark.parametrize("field", ["previous_response_id", "conversation"])
def test_a_call_may_be_with_the_server(field: str) -> None:
    """An output alone is fine where the server has the history."""
    story = Story()
    server: dict[str, Any] = {field: "x"}
    story.ask([output("c1")], **server)
    assert story.names() == []


def test_a_pair_is_told_once() -> None:
    """The same history, sent again with more, is no new finding; another conversation's is."""
    story = Story()
    for text in ("a", "b", "c"):
        story.ask([call("c1"), user(text)], prompt_cache_key="k1")
    story.ask([call("c1")], prompt_cache_key="k2")
    assert story.names() == ["call-without-output"] * 2


def test_an_id_that_was_handed_out_twice_may_come_twice() -> None:
    """The test's own replies used one id for two calls: the client only says so."""
    story = Story()
    story.complete(story.ask(), call("c1"))
    story.complete(story.ask(), call("c1"))
    story.ask([user("hi"), call("c1"), output("c1"), call("c1"), output("c1")])
    assert story.names() == []


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b'{"input": {"type": "function_call"}}'])
def test_what_is_no_input_is_no_matter(body: bytes) -> None:
    """A body that is no request of the API has no pairs."""
    story = Story()
    head = "POST /v1/responses HTTP/1.1"
    story.journal.append("responses", "request", direction="in", head=head, raw=body)
    assert story.names(ended=True) == []
