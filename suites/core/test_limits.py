"""Rate limits and the server's other notes: how they are read, and what comes of them in a turn."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core.model_client.events import (
    Completed,
    ModelsEtag,
    ModelVerification,
    RateLimits,
    ReasoningIncluded,
    SafetyBuffering,
    ServerModel,
    TextDelta,
    TurnModeration,
    TurnStateSet,
    decode_events,
    header_events,
)
from codex_core.model_client.rate_limits import event_snapshot, merged, snapshots
from codex_core.protocol.ops import user_text
from codex_core.protocol.usage import CreditsSnapshot, RateLimitSnapshot, RateLimitWindow
from suites.core.fakes import (
    FakeTransport,
    answer,
    completed,
    done,
    message,
    only,
    reply,
    running,
    turn_end,
    types,
)


def notes(**event: Any) -> list[Any]:
    """All that the data of one event says."""
    return list(decode_events(json.dumps(event).encode()))


def test_every_family_has_a_snapshot() -> None:
    """The main one always and first; others if they have a window, by id with underscores."""
    headers = {
        "x-codex-other-primary-used-percent": "7",
        "x-codex-other-limit-name": " Other ",
        "x-a-primary-used-percent": "0",
        "x-b-secondary-used-percent": "5",
    }
    main, other = snapshots(headers)
    assert main == RateLimitSnapshot()
    assert other == RateLimitSnapshot(
        limit_id="codex_other", limit_name="Other", primary=RateLimitWindow(used_percent=7)
    )


@pytest.mark.parametrize(
    ("fields", "window"),
    [
        ({"used-percent": "0"}, None),
        ({"used-percent": "0", "window-minutes": "0"}, None),
        ({"window-minutes": "5", "reset-at": "9"}, None),
        ({"used-percent": "x", "window-minutes": "5"}, None),
        ({"used-percent": "0", "window-minutes": "5"}, (0, 5, None)),
        ({"used-percent": "0", "reset-at": "9"}, (0, None, 9)),
        ({"used-percent": "12.5", "reset-at": "soon"}, (12.5, None, None)),
    ],
)
def test_what_makes_a_window(fields: dict[str, str], window: Any) -> None:
    """A percentage does, and one of nothing needs a length or an end beside it."""
    headers = {f"x-codex-secondary-{name}": value for name, value in fields.items()}
    found = snapshots(headers)[0].secondary
    told = found and (found.used_percent, found.window_minutes, found.resets_at)
    assert told == window


@given(st.dictionaries(st.from_regex(r"x-[a-z-]{0,30}", fullmatch=True), st.text()))
def test_no_headers_break_the_reading(headers: dict[str, str]) -> None:
    """Any headers give snapshots, the main family's first."""
    assert snapshots(headers)[0].limit_id == "codex"


@pytest.mark.parametrize(
    ("told", "kept"),
    [("workspace_member_credits_depleted", "workspace_member_credits_depleted"), ("odd", None)],
)
def test_what_was_reached_is_one_of_few(told: str, kept: str | None) -> None:
    """A word that nobody knows is passed over."""
    headers = {"x-codex-rate-limit-reached-type": told}
    assert snapshots(headers)[0].rate_limit_reached_type == kept


def test_the_event_says_the_same_as_headers() -> None:
    """Windows, credits, the plan; the metered name is the family, the other name stands in."""
    event = {
        "type": "codex.rate_limits",
        "plan_type": "plus",
        "rate_limits": {
            "allowed": True,
            "primary": {"used_percent": 42, "window_minutes": 60, "reset_at": 1700000000},
            "secondary": None,
        },
        "credits": {"has_credits": True, "unlimited": False, "balance": "123"},
        "metered_limit_name": "codex-other",
        "limit_name": "x",
    }
    expected = RateLimitSnapshot(
        limit_id="codex_other",
        primary=RateLimitWindow(used_percent=42, window_minutes=60, resets_at=1700000000),
        credits=CreditsSnapshot(has_credits=True, unlimited=False, balance="123"),
        plan_type="plus",
    )
    assert notes(**event) == [RateLimits(snapshot=expected)]
    del event["metered_limit_name"]
    assert event_snapshot(json.dumps(event).encode()).limit_id == "x"  # type: ignore[union-attr]
    assert notes(type="codex.rate_limits") == [RateLimits(snapshot=RateLimitSnapshot())]
    assert notes(type="codex.rate_limits", rate_limits=3) == []


def test_what_is_said_of_the_account_stays() -> None:
    """Credits, the member's own limit and the plan are inherited; windows and names are not."""
    old = RateLimitSnapshot(
        limit_name="n",
        primary=RateLimitWindow(used_percent=1),
        credits=CreditsSnapshot(has_credits=True, unlimited=True),
        individual_limit={"limit": "5"},
        plan_type="pro",
        rate_limit_reached_type="rate_limit_reached",
    )
    new = RateLimitSnapshot(limit_id="other", plan_type="plus")
    assert merged(new, old) == RateLimitSnapshot(
        limit_id="other",
        credits=old.credits,
        individual_limit=old.individual_limit,
        plan_type="plus",
    )
    assert merged(new, None) is new


def test_the_headers_of_a_reply_speak_first() -> None:
    """Model, limits, the list of models, reasoning: in this order, what is there."""
    headers = {"x-reasoning-included": "", "x-models-etag": "e", "openai-model": "m"}
    assert header_events(headers) == [
        ServerModel(model="m"),
        RateLimits(snapshot=RateLimitSnapshot()),
        ModelsEtag(etag="e"),
        ReasoningIncluded(),
    ]
    assert header_events({}) == [RateLimits(snapshot=RateLimitSnapshot())]
    assert header_events({}, limits=False) == []


@pytest.mark.parametrize(
    ("event", "model"),
    [
        ({"headers": {"OpenAI-Model": "m"}}, "m"),
        ({"headers": {"x-openai-model": ["m", "n"]}}, "m"),
        ({"response": {"headers": {"openai-model": "m"}}, "headers": {"openai-model": "n"}}, "m"),
        ({"response": {"headers": {}}, "headers": {"openai-model": "n"}}, "n"),
        ({"response": {"model": "m"}}, None),
        ({"headers": {"openai-model": 3}}, None),
        ({"headers": ["openai-model"]}, None),
        ({"response": 3, "headers": {"openai-model": []}}, None),
    ],
)
def test_any_event_may_name_the_model(event: Any, model: str | None) -> None:
    """In its headers, those of the response first; the response's field says nothing."""
    expected = [] if model is None else [ServerModel(model=model)]
    assert notes(type="response.in_progress", **event) == expected


def test_what_an_event_says_beside_comes_before_it() -> None:
    """Notes first, then the event, which counts even where a note cannot be read."""
    delta = {"type": "response.output_text.delta", "delta": "x"}
    held = {"use_cases": ["a"], "reasons": ["b"]}
    assert notes(**delta, safety_buffering=held) == [
        SafetyBuffering(use_cases=("a",), reasons=("b",)),
        TextDelta(delta="x"),
    ]
    assert notes(**delta, safety_buffering={"use_cases": 3}) == [TextDelta(delta="x")]
    assert notes(**delta, headers=3, metadata=[]) == [TextDelta(delta="x")]


def test_metadata_is_an_event_of_its_own() -> None:
    """The turn's state, what is to be verified, what moderation says; unknown words are dropped."""
    headers = {"X-Codex-Turn-State": ["ts", "other"], "openai-model": "m"}
    metadata = {
        "openai_verification_recommendation": ["trusted_access_for_cyber", "odd"],
        "openai_chatgpt_moderation_metadata": {"a": [1]},
    }
    assert notes(type="response.metadata", headers=headers, metadata=metadata) == [
        ServerModel(model="m"),
        TurnStateSet(value="ts"),
        ModelVerification(verifications=("trusted_access_for_cyber",)),
        TurnModeration(metadata={"a": [1]}),
    ]
    assert notes(type="response.in_progress", headers={"x-codex-turn-state": "ts"}) == []
    odd = {"openai_verification_recommendation": "x", "openai_chatgpt_moderation_metadata": None}
    assert notes(type="response.metadata", metadata=odd) == []


@given(
    st.dictionaries(
        st.sampled_from(["headers", "response", "metadata", "safety_buffering"]),
        st.recursive(
            st.none() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ),
    )
)
def test_no_note_breaks_an_event(fields: dict[str, Any]) -> None:
    """Whatever stands there, the event itself is read."""
    found = notes(**fields, type="response.output_text.delta", delta="x")
    assert found[-1] == TextDelta(delta="x")


def completion(**fields: Any) -> Any:
    return {**completed(), **fields}


async def test_another_model_is_told_once_a_turn() -> None:
    """Every reply of the turn may say so, the events too; the user is warned once."""
    call = {"type": "function_call", "call_id": "c", "name": "none", "arguments": "{}"}
    other = {"openai-model": "other"}
    transport = FakeTransport(
        reply(done(call), completion(headers=other), headers=other),
        reply(done(message("hi")), completed(), headers={"openai-model": "third"}),
        reply(done(message("hi")), completed(), headers={"openai-model": "third"}),
    )
    async with running(transport) as thread:
        await thread.submit(user_text("go"))
        first = await turn_end(thread)
        told = only(first, "model_reroute")
        assert (told.from_model, told.to_model) == ("mock-model", "other")
        assert told.reason == "high_risk_cyber_activity"
        assert "mock-model was asked and other answers" in only(first, "warning").message
        await thread.submit(user_text("again"))
        assert only(await turn_end(thread), "model_reroute").to_model == "third"


async def test_the_same_model_in_capitals_is_the_same() -> None:
    """A difference of case is none."""
    transport = FakeTransport(
        reply(done(message("hi")), completed(), headers={"openai-model": "Mock-MODEL"})
    )
    async with running(transport) as thread:
        await thread.submit(user_text("go"))
        assert "model_reroute" not in types(await turn_end(thread))


async def test_notes_of_a_stream_are_told() -> None:
    """Verification once a turn, moderation as it comes, each time an answer is held back."""
    metadata = {"openai_verification_recommendation": ["trusted_access_for_cyber"]}
    held = {"use_cases": ["u"], "reasons": []}
    transport = FakeTransport(
        reply(
            {"type": "response.metadata", "metadata": metadata},
            {"type": "response.metadata", "metadata": metadata},
            {
                "type": "response.metadata",
                "metadata": {"openai_chatgpt_moderation_metadata": {"flag": 1}},
            },
            {"type": "response.in_progress", "safety_buffering": held},
            {"type": "response.in_progress", "safety_buffering": held},
            done(message("hi")),
            completed(),
        )
    )
    async with running(transport) as thread:
        await thread.submit(user_text("go"))
        events = await turn_end(thread)
    assert only(events, "model_verification").verifications == ("trusted_access_for_cyber",)
    assert only(events, "turn_moderation_metadata").metadata == {"flag": 1}
    buffered = [event.msg for event in events if event.type == "safety_buffering"]
    assert [msg.model for msg in buffered if hasattr(msg, "model")] == ["mock-model"] * 2


async def test_limits_are_told_once_with_the_usage() -> None:
    """The headers come first; one `token_count` at the end of the request has both."""
    headers = {
        "x-codex-primary-used-percent": "12",
        "x-codex-credits-unlimited": "true",
        "x-codex-credits-has-credits": "true",
    }
    transport = FakeTransport(
        reply(done(message("hi")), completed(), headers=headers), answer("bye")
    )
    async with running(transport) as thread:
        await thread.submit(user_text("go"))
        first = only(await turn_end(thread), "token_count")
        assert first.rate_limits.primary == RateLimitWindow(used_percent=12)
        assert first.info.total_token_usage.total_tokens == 15
        await thread.submit(user_text("again"))
        later = only(await turn_end(thread), "token_count")
    assert later.rate_limits.primary is None
    assert later.rate_limits.credits == CreditsSnapshot(has_credits=True, unlimited=True)
    assert later.info.total_token_usage.total_tokens == 30


async def test_limits_over_http_are_the_headers_alone() -> None:
    """An event that says limits belongs to a WebSocket; among server-sent events it is unknown."""
    event = {"type": "codex.rate_limits", "rate_limits": {"primary": {"used_percent": 9}}}
    transport = FakeTransport(reply(event, done(message("hi")), completed()))
    async with running(transport) as thread:
        await thread.submit(user_text("go"))
        assert only(await turn_end(thread), "token_count").rate_limits.primary is None


def test_a_completed_response_may_hold_notes() -> None:
    """The last event is read like any other."""
    found = notes(**completion(response={"id": "r", "headers": {"openai-model": "m"}}))
    assert found[0] == ServerModel(model="m")
    assert isinstance(found[1], Completed)
