"""What is left of a history: after a summary, after a provider's compaction, before a request."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codex_core.protocol.items import (
    ContextCompaction,
    FunctionCallOutput,
    InputImage,
    InputText,
    KnownItem,
    Message,
    OtherItem,
    ResponseItem,
    ToolSearchOutput,
)
from codex_core.session.compaction.placement import with_context
from codex_core.session.compaction.retained import RETAINED_TOKENS, answered, retained
from codex_core.session.compaction.speech import is_spoken, is_summary, summary_message
from codex_core.session.compaction.summarised import USER_TOKENS, last_words, summarised
from codex_core.session.compaction.trimming import (
    OUTPUT_LEFT_OUT,
    without_oldest,
    without_trailing_outputs,
)
from codex_core.session.estimate import items_tokens, text_tokens
from codex_core.session.hygiene import answers, calls
from suites.core.compacting import (
    ENVIRONMENT,
    HISTORIES,
    ITEMS,
    assistant,
    called,
    compaction,
    developer,
    found,
    mail,
    output,
    searched,
    text_of,
    thought,
    user,
)

BIG = st.sampled_from([1, 9_000, 30_000, 70_000]).map(lambda tokens: user("w" * (4 * tokens)))
"""Some that no budget has room for, and some that fill one together."""
CONTEXT = (developer("orders"), user(ENVIRONMENT))
MARK = text_tokens("…99999 tokens truncated…") + 1
"""What a text has more than it is cut to."""


def texts(items: list[KnownItem]) -> list[str]:
    return [text_of(item) for item in items]


def test_a_summary_follows_what_the_user_said() -> None:
    """Context, answers, calls and earlier summaries are gone."""
    items: list[KnownItem] = [
        *CONTEXT,
        user("one"),
        assistant("done"),
        called("c"),
        output("c"),
        summary_message("old"),
        user("two"),
    ]
    left = summarised(items, "all is well")
    assert left == [user("one"), user("two"), summary_message("all is well")]
    assert is_summary(summary_message("all is well"))


@given(st.lists(st.one_of(BIG, ITEMS), max_size=8), st.text(max_size=20))
def test_of_the_users_words_the_newest_are_kept(items: list[KnownItem], summary: str) -> None:
    """They fit into a budget; only the oldest of those that are kept may be cut."""
    said = [text_of(item) for item in items if is_spoken(item) and not is_summary(item)]
    *kept, last = texts(summarised(items, summary))
    assert is_summary(user(last))
    assert last.endswith(summary)
    whole = said[len(said) - len(kept) :]
    assert kept[1:] == whole[1:]
    if kept and kept[0] != whole[0]:
        assert "tokens truncated" in kept[0]
        assert sum(map(text_tokens, whole)) > USER_TOKENS
    if len(kept) < len(said):
        assert sum(map(text_tokens, whole)) >= USER_TOKENS
    assert sum(map(text_tokens, kept)) <= USER_TOKENS + MARK


def test_the_last_words_are_the_assistants() -> None:
    """The newest message of the assistant is the summary; without one it is empty."""
    assert last_words([assistant("a"), user("u"), assistant("b"), thought(None)]) == "b"
    assert last_words([user("u")]) == ""


def test_a_providers_answer_is_sifted() -> None:
    """Words, mail and compactions stay; context, orders, thoughts, calls and outputs do not."""
    words: list[ResponseItem] = [user("one"), assistant("two"), mail("three")]
    marks: list[ResponseItem] = [compaction(), ContextCompaction(encrypted_content="x")]
    stale: list[ResponseItem] = [
        *CONTEXT,
        Message(role="system", content=(InputText(text="x"),)),
        thought("x"),
        called("c"),
        output("c"),
        OtherItem(type="news", raw=b"{}"),
    ]
    assert answered([*stale, *words, *stale, *marks]) == [*words, *marks]


def test_the_users_words_stay_before_the_compaction() -> None:
    """Of the old history nothing else goes on; images of the user's do."""
    image = InputImage(image_url="https://image.test/1.png")
    shown = Message(role="user", content=(InputText(text="look"), image))
    items: list[KnownItem] = [
        *CONTEXT,
        user("one"),
        assistant("no"),
        shown,
        compaction("old"),
        called("c"),
    ]
    assert retained(items, compaction("new")) == [user("one"), shown, compaction("new")]


@given(st.lists(st.one_of(BIG, ITEMS), max_size=10))
@example([user("w" * 4 * 30_000)] * 3)
def test_what_is_retained_fits_and_is_the_newest(items: list[KnownItem]) -> None:
    """The kept words end the old ones; at most the oldest of them is cut."""
    said = [item for item in items if is_spoken(item)]
    *kept, last = retained(items, compaction())
    assert last == compaction()
    whole = said[len(said) - len(kept) :]
    assert kept[1:] == whole[1:]
    if len(kept) < len(said):
        assert sum(text_tokens(text_of(item)) for item in whole) >= RETAINED_TOKENS
    assert sum(text_tokens(text_of(item)) for item in kept) <= RETAINED_TOKENS + MARK


def test_a_message_at_the_border_keeps_its_images() -> None:
    """Its texts are cut in their order, so that the first ones keep most."""
    image = InputImage(image_url="https://image.test/1.png")
    parts = (
        InputText(text="a" * 4 * 40_000),
        image,
        InputText(text="b" * 4 * 40_000),
    )
    (cut, _) = retained([Message(role="user", content=parts)], compaction())
    assert isinstance(cut, Message)
    first, kept, second = cut.content
    assert (first, kept) == parts[:2]
    assert isinstance(second, InputText)
    assert "…16000 tokens truncated…" in second.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([user("one"), user("two")], [user("one"), *CONTEXT, user("two")]),
        (
            [user("one"), summary_message("s")],
            [*CONTEXT, user("one"), summary_message("s")],
        ),
        ([summary_message("s")], [*CONTEXT, summary_message("s")]),
        (
            [summary_message("s"), summary_message("t")],
            [summary_message("s"), *CONTEXT, summary_message("t")],
        ),
        ([user("one"), compaction()], [*CONTEXT, user("one"), compaction()]),
        ([assistant("a"), compaction()], [assistant("a"), *CONTEXT, compaction()]),
        ([assistant("a")], [assistant("a"), *CONTEXT]),
        ([], [*CONTEXT]),
    ],
)
def test_the_context_goes_before_the_last_words(
    before: list[KnownItem], after: list[KnownItem]
) -> None:
    """Before the user's last words, else a summary, else a compaction, else at the end."""
    assert with_context(before, CONTEXT) == after


@given(HISTORIES)
def test_the_context_displaces_nothing(items: list[KnownItem]) -> None:
    """Without the context the items are as they were, in their order."""
    mark = developer("only once")
    placed = with_context(items, [mark])
    placed.remove(mark)
    assert placed == items


def test_outputs_at_the_end_are_emptied_until_enough_is_saved() -> None:
    """The last one first; those before it are left alone as soon as it fits."""
    items: list[KnownItem] = [
        called("a"),
        called("b"),
        output("a", "x" * 400),
        output("b", "y" * 400),
    ]
    emptied = output("b", OUTPUT_LEFT_OUT)
    assert list(without_trailing_outputs(items, excess=1)) == [*items[:3], emptied]
    both = [*items[:2], output("a", OUTPUT_LEFT_OUT), emptied]
    assert list(without_trailing_outputs(items, excess=10_000)) == both
    assert list(without_trailing_outputs(items, excess=0)) == items


def test_found_tools_are_left_out_too() -> None:
    """The output of a search for tools is emptied to no tools at all."""
    items: list[KnownItem] = [searched("s"), found("s", "x" * 400)]
    assert list(without_trailing_outputs(items, excess=1)) == [searched("s"), found("s")]


@given(HISTORIES, st.integers(min_value=-5, max_value=500))
def test_only_outputs_at_the_very_end_are_touched(items: list[KnownItem], excess: int) -> None:
    """What stands before the last item that is no output is as it was, and so is the count."""
    shorter = list(without_trailing_outputs(items, excess=excess))
    assert len(shorter) == len(items)
    is_output = [isinstance(item, FunctionCallOutput | ToolSearchOutput) for item in items]
    tail = next((n for n, one in enumerate(reversed(is_output)) if not one), len(items))
    assert shorter[: len(items) - tail] == items[: len(items) - tail]
    assert list(map(answers, shorter)) == list(map(answers, items))
    if excess <= 0:
        assert shorter == items


def test_the_oldest_item_goes_with_its_pair() -> None:
    """A call takes its output along, an output its call; others go alone."""
    items: list[KnownItem] = [called("a"), user("u"), output("a"), output("b")]
    assert without_oldest(items) == [user("u"), output("b")]
    assert without_oldest([output("a"), called("a"), user("u")]) == [user("u")]
    assert without_oldest([user("u"), called("a")]) == [called("a")]


@given(HISTORIES.filter(bool))
def test_going_back_from_the_oldest_item_comes_to_an_end(items: list[KnownItem]) -> None:
    """Each step leaves out at least one item, and no half of a pair that was whole."""
    shorter = without_oldest(items)
    assert len(shorter) < len(items)
    assert items_tokens(shorter) <= items_tokens(items)
    for key_of in (calls, answers):
        gone = {key for key in map(key_of, items) if key} - set(map(key_of, shorter))
        other: Callable[[KnownItem], object] = answers if key_of is calls else calls
        assert not gone & set(map(other, shorter))
