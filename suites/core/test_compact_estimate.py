"""Sizes by estimate: what items take, what came since the last count, what the account keeps."""

import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core.protocol.items import ContextCompaction, InputImage, KnownItem, Message, Reasoning
from codex_core.protocol.usage import TokenUsage, TokenUsageInfo
from codex_core.session.compaction.speech import is_spoken
from codex_core.session.estimate import (
    HiddenReasoning,
    growth,
    item_tokens,
    items_tokens,
    text_tokens,
)
from codex_core.session.usage import UsageAccount
from suites.core.compacting import (
    HISTORIES,
    assistant,
    called,
    compaction,
    output,
    thought,
    user,
)

IMAGE_TOKENS = 1_843


def info(account: UsageAccount) -> TokenUsageInfo:
    found = account.event().info
    assert found is not None
    return found


@given(st.text(max_size=200))
def test_a_text_takes_a_token_for_four_bytes(text: str) -> None:
    """Begun ones count as whole ones."""
    assert text_tokens(text) == math.ceil(len(text.encode()) / 4)


@given(st.text("aä€", max_size=200))
def test_an_item_takes_what_its_json_takes(text: str) -> None:
    """The wire's JSON is what counts, its frame included."""
    wire = json.dumps(
        msgspec.to_builtins(user(text)), separators=(",", ":"), ensure_ascii=False
    ).encode()
    assert item_tokens(user(text)) == math.ceil(len(wire) / 4)


@pytest.mark.parametrize(
    "item",
    [
        thought("h" * 4_000),
        compaction("h" * 4_000),
        ContextCompaction(encrypted_content="h" * 4_000),
    ],
    ids=["reasoning", "compaction", "context compaction"],
)
def test_hidden_content_counts_by_its_own_length(item: KnownItem) -> None:
    """Three bytes for four letters, less what wraps them; a short one takes nothing."""
    assert item_tokens(item) == math.ceil((4_000 * 3 / 4 - 650) / 4)
    assert item_tokens(msgspec.structs.replace(item, encrypted_content="h" * 800)) == 0


@given(st.integers(min_value=0, max_value=100_000))
def test_an_image_takes_the_same_whatever_its_data(size: int) -> None:
    """The payload of a data URL is not what the model reads; an address is."""
    address = "data:image/png;base64,"
    small, large = (
        Message(role="user", content=(InputImage(image_url=address + "A" * length),))
        for length in (0, size)
    )
    assert item_tokens(small) == item_tokens(large) > IMAGE_TOKENS
    plain = Message(role="user", content=(InputImage(image_url="https://image.test/1.png"),))
    assert item_tokens(plain) < 50


def test_what_came_after_the_model_is_not_counted_yet() -> None:
    """Outputs and words since the last item of the model's make the growth."""
    since: list[KnownItem] = [output("c", "x" * 100), user("go on")]
    assert growth([user("u"), assistant("a"), called("c"), *since]) == items_tokens(since)
    assert growth([user("u"), assistant("a")]) == 0
    assert growth([user("u")]) == 0


def test_reasoning_of_earlier_turns_is_hidden() -> None:
    """It counts once the user has spoken again; what the server has not encrypted does not."""
    big = thought("h" * 4_000)
    hidden = HiddenReasoning()
    items: list[KnownItem] = [user("one"), big, thought(None), assistant("a")]
    assert hidden.tokens(items) == 0
    items += [user("two"), big]
    assert hidden.tokens(items) == item_tokens(big)
    items += [user("three")]
    assert hidden.tokens(items) == 2 * item_tokens(big)


@given(HISTORIES, st.lists(st.integers(min_value=0, max_value=12)))
def test_hidden_reasoning_is_the_same_in_steps(items: list[KnownItem], stops: list[int]) -> None:
    """Asked at every step or once: it is the encrypted reasoning before the last words."""
    hidden = HiddenReasoning()
    for stop in sorted(stops):
        hidden.tokens(items[:stop])
    last = max((place for place, item in enumerate(items) if is_spoken(item)), default=0)
    expected = sum(
        item_tokens(item)
        for item in items[:last]
        if isinstance(item, Reasoning) and item.encrypted_content is not None
    )
    assert hidden.tokens(items) == expected


def test_the_account_goes_on_over_a_compaction() -> None:
    """What was used stays used; what is in use is an estimate until a response counts it."""
    account = UsageAccount(950)
    account.add(TokenUsage(input_tokens=500, output_tokens=5, total_tokens=505))
    account.begin_window(42)
    assert info(account).total_token_usage.total_tokens == 505
    assert info(account).last_token_usage == TokenUsage(total_tokens=42)
    assert (account.last_total, account.prefill) == (42, 42)


def test_a_response_aside_fills_nothing() -> None:
    """What it used counts, but the context is as it was before it."""
    account = UsageAccount(950)
    account.add(TokenUsage(input_tokens=500, output_tokens=5, total_tokens=505))
    account.add_aside(TokenUsage(input_tokens=700, output_tokens=1, total_tokens=701))
    assert info(account).total_token_usage.total_tokens == 1_206
    assert account.last_total == 505
    assert account.prefill == 500


def test_a_window_begins_with_the_input_of_its_first_response() -> None:
    """The first count of a window is what it began with; an estimate only stands in for it."""
    account = UsageAccount(950)
    assert account.prefill == 0
    for tokens in (100, 300):
        account.add(TokenUsage(input_tokens=tokens, total_tokens=tokens + 5))
    assert account.prefill == 100
    account.begin_window(42)
    account.add(TokenUsage(input_tokens=60, total_tokens=65))
    account.add(TokenUsage(input_tokens=90, total_tokens=95))
    assert account.prefill == 60


def test_the_server_says_in_each_turn_what_it_counts() -> None:
    """What it said of earlier reasoning holds until the turn is over."""
    account = UsageAccount(None)
    account.reasoning_included = True
    account.begin_turn()
    assert not account.reasoning_included
