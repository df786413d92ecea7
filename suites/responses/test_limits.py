"""Rate limits and metadata: one value, told in headers and in events."""

from collections.abc import Callable
from typing import Any

import pytest

import mock_responses
from mock_responses import (
    codex_rate_limits,
    credits,
    quota,
    rate_limits,
    response_metadata,
    stream,
    window,
)
from suites.responses.composing import events

LIMITS = rate_limits(
    primary=window(42, window_minutes=60, reset_at=1_700_000_000),
    credits=credits(balance="123"),
    requests=quota(60, 59, reset="1s"),
    plan_type="plus",
)


def test_headers_have_both_families() -> None:
    """Windows and credits as the Codex backend names them, quotas as the public API does."""
    assert LIMITS.headers == {
        "x-codex-primary-used-percent": "42",
        "x-codex-primary-window-minutes": "60",
        "x-codex-primary-reset-at": "1700000000",
        "x-codex-credits-has-credits": "true",
        "x-codex-credits-unlimited": "false",
        "x-codex-credits-balance": "123",
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "1s",
    }


def test_another_limit_is_another_family() -> None:
    """The id of a limit is in the names of its headers, with dashes."""
    limits = rate_limits(secondary=window(1.5), limit_id="codex_other", limit_name="Other")
    assert limits.headers == {
        "x-codex-other-secondary-used-percent": "1.5",
        "x-codex-other-limit-name": "Other",
    }


def test_the_event_says_what_the_headers_say() -> None:
    """Over a WebSocket the same value is an event."""
    (found,) = events(stream(codex_rate_limits(LIMITS)))
    assert found == {
        "type": "codex.rate_limits",
        "sequence_number": 0,
        "plan_type": "plus",
        "rate_limits": {
            "primary": {"used_percent": 42, "window_minutes": 60, "reset_at": 1_700_000_000},
            "secondary": None,
        },
        "credits": {"has_credits": True, "unlimited": False, "balance": "123"},
        "metered_limit_name": "codex",
    }


def test_metadata_carries_headers_and_what_else_is_given() -> None:
    """Only what was given goes out."""
    turn = response_metadata(headers={"x-codex-turn-state": "ts-1"})
    other = response_metadata(metadata={"a": ["b"]})
    assert events(stream(turn, other)) == [
        {
            "type": "response.metadata",
            "sequence_number": 0,
            "headers": {"x-codex-turn-state": "ts-1"},
        },
        {"type": "response.metadata", "sequence_number": 1, "metadata": {"a": ["b"]}},
    ]


untyped: Any = mock_responses
"""The builders as a test without types calls them."""


@pytest.mark.parametrize(
    ("build", "kind", "words"),
    [
        (lambda: untyped.window("x"), TypeError, ["window()", "used_percent", "a number"]),
        (lambda: untyped.window(1, reset_at=-1), ValueError, ["reset_at", "0 or more"]),
        (lambda: untyped.credits(balance=3), TypeError, ["credits()", "balance"]),
        (lambda: untyped.quota(1, "x"), TypeError, ["quota()", "remaining"]),
        (lambda: untyped.rate_limits(primary={}), TypeError, ["primary", "window(...)"]),
        (lambda: untyped.rate_limits(requests=3), TypeError, ["requests", "quota(...)"]),
        (lambda: untyped.codex_rate_limits({}), TypeError, ["limits", "rate_limits(...)"]),
        (lambda: untyped.response_metadata(headers=3), TypeError, ["headers", "a mapping"]),
    ],
)
def test_a_wrong_field_is_refused_where_it_is_written(
    build: Callable[[], object], kind: type[Exception], words: list[str]
) -> None:
    """The error names the builder, the field, what was given and what is expected."""
    with pytest.raises(kind) as caught:
        build()
    assert [word for word in words if word not in str(caught.value)] == []
