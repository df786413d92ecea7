"""The prompt cache: within a conversation, an input begins with the one before it."""

from typing import Any

import pytest

from suites.conduct.told import Item, Story, assistant, call, output, user

NAME = "cache-prefix-broken"
SYSTEM = {"role": "developer", "content": "it is 12:00"}
LATER = {"role": "developer", "content": "it is 12:01"}


def asked(*inputs: list[Item], **more: Any) -> list[str]:
    """What is found in these inputs, one request each, all with one key."""
    story = Story()
    for given in inputs:
        story.ask(given, prompt_cache_key="k", **more)
    return story.names()


def test_a_changed_beginning_is_told() -> None:
    """The finding names both requests and the first item that differs."""
    story = Story()
    first = story.ask([SYSTEM, user("hi")], prompt_cache_key="k")
    second = story.ask([LATER, user("hi"), assistant("ho"), user("more")], prompt_cache_key="k")
    (breach,) = story.found()
    assert (breach.name, breach.about) == (NAME, (first, second))
    assert "the same prompt_cache_key 'k', but its input differs from input[0] on" in breach.text


@pytest.mark.parametrize(
    "second",
    [
        [user("hi"), call("c1"), output("c1", "cut short"), assistant("ho"), user("more")],
        [call("c1"), output("c1"), assistant("ho")],
        [user("hi"), SYSTEM, call("c1"), output("c1")],
    ],
    ids=["an output changed", "the oldest dropped", "something put between"],
)
def test_a_history_that_was_changed_is_told(second: list[Item]) -> None:
    """Whatever was done to it."""
    assert asked([user("hi"), call("c1"), output("c1")], second) == [NAME]


def test_a_break_is_told_once() -> None:
    """What goes on from the changed history is fine."""
    first = [SYSTEM, user("hi")]
    second = [LATER, user("hi"), assistant("ho"), user("more")]
    third = [*second, assistant("ha"), user("and more")]
    assert asked(first, second, third) == [NAME]


HISTORY = [SYSTEM, user("hi"), assistant("ho"), user("more")]


@pytest.mark.parametrize(
    "inputs",
    [
        (HISTORY[:2], HISTORY, [*HISTORY, assistant("ha"), user("x")]),
        (HISTORY, HISTORY),
        (HISTORY, HISTORY[:2]),
        (HISTORY[:2], [LATER, user("hi")]),
        (HISTORY, [SYSTEM, {"type": "compaction", "encrypted_content": "x"}, user("more")]),
        ([user("hi")], [{"type": "message", **user("hi")}, assistant("ho")]),
        (
            [user("hi")],
            [{"role": "user", "content": [{"type": "input_text", "text": "hi"}]}, assistant("ho")],
        ),
    ],
    ids=["appended", "again", "back", "a new start", "compacted", "typed", "in parts"],
)
def test_what_breaks_nothing_is_fine(inputs: tuple[list[Item], ...]) -> None:
    """Growing, repeating, going back, starting anew, compacting, and another spelling."""
    assert asked(*inputs) == []


def test_an_input_that_was_a_text_is_its_message() -> None:
    """A plain string and the user message that the API makes of it begin alike."""
    story = Story()
    story.ask("hi", prompt_cache_key="k")
    story.ask([user("hi"), assistant("ho"), user("more")], prompt_cache_key="k")
    assert story.names() == []


def test_conversations_may_share_a_key() -> None:
    """Agents that run beside each other each go on from their own, in whatever order."""
    one = [SYSTEM, user("one"), assistant("done"), user("x")]
    two = [LATER, user("two"), assistant("done"), user("x")]
    assert asked(one[:2], two[:2], two, one, [*one, assistant("y")], [*two, assistant("z")]) == []


def test_requests_of_one_making_may_share_a_key() -> None:
    """Histories that were made up, and have texts in common, are no conversation."""
    made = [[SYSTEM, user(name), assistant("well"), user("go on")] for name in "abc"]
    assert asked(*made) == []


def test_other_keys_are_other_conversations() -> None:
    """Without a key nothing is said about a cache."""
    story = Story()
    for key in ("a", "b", None, None):
        more: dict[str, Any] = {} if key is None else {"prompt_cache_key": key}
        story.ask([{"role": "developer", "content": str(len(story.journal))}, *HISTORY[1:]], **more)
    assert story.names() == []


@pytest.mark.parametrize("field", ["previous_response_id", "conversation"])
def test_a_history_with_the_server_is_not_sent(field: str) -> None:
    """An input that is only what is new begins with nothing."""
    story = Story()
    server: dict[str, Any] = {field: "x"}
    story.ask(HISTORY, prompt_cache_key="k")
    story.ask([user("more")], prompt_cache_key="k", **server)
    story.ask([*HISTORY, assistant("ha"), user("more")], prompt_cache_key="k")
    assert story.names() == []


def test_a_new_window_says_compaction() -> None:
    """The Codex CLI says by a header that its history is another now."""
    story = Story()
    changed = [LATER, *HISTORY[1:], assistant("ha")]
    for window, given in (("t:0", HISTORY), ("t:1", changed)):
        story.ask(given, prompt_cache_key="k", headers={"x-codex-window-id": window})
    assert story.names() == []


def test_numbers_beyond_64_bits_and_deep_values_are_compared_too() -> None:
    """An input may hold any JSON."""
    deep: Any = []
    for _ in range(150):
        deep = [deep]
    odd = {"type": "reasoning", "x": 10**40, "deep": deep}
    assert asked([user("a"), odd], [user("a"), odd, user("b")]) == []
