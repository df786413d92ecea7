"""A call that was handed out is answered before the end."""

import pytest

from suites.conduct.told import Story, call, output, user

NAME = "unanswered-call"


def test_a_call_without_an_answer_is_told_in_the_end() -> None:
    """One finding a response, with its calls; before the end there may still come an output."""
    story = Story()
    asked = story.ask()
    story.complete(asked, call("c1"), call("c2"))
    assert story.names() == []
    (breach,) = story.found(ended=True)
    assert breach.name == NAME
    assert breach.about[0] is asked
    assert "the response to #1 POST /v1/responses handed out 'c1', 'c2'" in breach.text


def test_a_call_with_an_answer_is_fine() -> None:
    """With the call beside it or without."""
    story = Story()
    story.complete(story.ask(), call("c1"), call("c2"))
    story.ask([user("hi"), call("c1"), call("c2"), output("c1")], prompt_cache_key="k")
    story.ask([output("c2")], previous_response_id="x")
    assert NAME not in story.names(ended=True)


def test_a_whole_answer_hands_out_calls_too() -> None:
    """A response that is not streamed has them in its output."""
    story = Story()
    story.answer(story.ask(), 200, {"output": [call("c1"), {"type": "message"}]})
    assert story.names(ended=True) == [NAME]


def test_agents_may_use_one_id() -> None:
    """An output answers the call of its own conversation."""
    story = Story()
    for key in ("a", "b"):
        story.complete(story.ask(prompt_cache_key=key), call("c1"))
    given = [user("hi"), call("c1"), output("c1")]
    story.ask(given, prompt_cache_key="b")
    (breach,) = story.found(ended=True)
    assert breach.about[0].seq == 1
    story.ask(given, prompt_cache_key="a")
    assert story.names(ended=True) == []


@pytest.mark.parametrize(
    "item",
    [
        {"type": "web_search_call", "id": "ws_1"},
        {"type": "tool_search_call", "call_id": "c1", "execution": "server"},
        {"type": "mcp_call", "id": "mcp_1"},
    ],
    ids=lambda item: item["type"],
)
def test_what_the_server_ran_needs_no_answer(item: dict[str, str]) -> None:
    """Hosted calls are over when they are told."""
    story = Story()
    story.complete(story.ask(), item)
    assert story.names(ended=True) == []


def test_a_stream_that_broke_off_handed_out_nothing() -> None:
    """What it began is asked for again, under another id."""
    story = Story()
    asked = story.ask()
    story.stream(asked, {"type": "response.output_item.done", "item": call("c1")})
    story.cut(asked)
    story.complete(story.ask())
    assert story.names(ended=True) == []
