"""A client that does everything wrong, over real sockets: each misdeed is found, by name."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from agent_rehearsal import Stage, Violation, cut, of_type
from mock_responses import (
    MockResponses,
    created,
    function_call,
    insufficient_quota,
    message,
    rate_limited,
    status,
    stream,
    text_delta,
)
from suites.conduct.bad_client import HI, BadClient, misbehaving

Misdeed = tuple[str, Callable[[MockResponses], Any], Callable[[BadClient], Awaitable[None]]]
MISDEEDS: list[Misdeed] = [
    (
        "output-without-call",
        lambda responses: responses.reply(message("so?")),
        BadClient.answer_without_the_call,
    ),
    (
        "retried-refusal",
        lambda responses: responses.reply(status(400), times=2),
        lambda client: client.hammer(2),
    ),
    (
        "retried-refusal",
        lambda responses: responses.reply(stream(created(), insufficient_quota()), times=2),
        lambda client: client.hammer(2),
    ),
    (
        "retry-after-ignored",
        lambda responses: responses.reply(rate_limited(60), times=2),
        lambda client: client.hammer(2),
    ),
    (
        "no-back-off",
        lambda responses: responses.reply(status(500), times=20),
        lambda client: client.hammer(20),
    ),
    (
        "truncated-accepted",
        lambda responses: (
            responses.reply(message("hel", cut(), "lo")),
            responses.reply(message("?")),
        ),
        BadClient.take_what_came,
    ),
    (
        "truncated-accepted",
        lambda responses: (
            responses.reply(stream(created(), text_delta("hel"))),
            responses.reply(message("?")),
        ),
        BadClient.take_what_came,
    ),
    (
        "truncated-not-retried",
        lambda responses: responses.reply(message("hel", cut(), "lo")),
        lambda client: client.hammer(1),
    ),
    (
        "cache-prefix-broken",
        lambda responses: responses.reply(message("ho"), times=2),
        BadClient.tell_the_time,
    ),
    (
        "unanswered-call",
        lambda responses: (
            responses.reply(function_call("c1", "f", {})),
            responses.reply(message("oh")),
        ),
        BadClient.forget_the_answer,
    ),
]
IDS = [f"{at}-{name}" for at, (name, *_) in enumerate(MISDEEDS)]


async def found_in(stage: Stage) -> list[str]:
    """What a stage says in the end."""
    stage.check()
    return [finding.name for finding in stage.findings.of_level("advice")]


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=IDS)
async def test_a_misdeed_is_advice(misdeed: Misdeed) -> None:
    """Nobody looks while the servers work; then it is told once, fails nothing, and stands in the
    journal with what it is about.
    """
    name, prepare, do = misdeed
    async with misbehaving() as (stage, client):
        prepare(stage.responses)
        await do(client)
    assert not [entry for entry in stage.journal if entry.kind == "finding"]
    assert await found_in(stage) == [name]
    assert await found_in(stage) == [name]
    (noted,) = [entry for entry in stage.journal if entry.kind == "finding"]
    (told,) = stage.findings.of_level("advice")
    assert noted.get("about") == list(told.about)
    assert f"#{told.about[0]} POST /v1/responses" in told.text
    assert noted.re == told.about[-1]


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=IDS)
async def test_a_misdeed_fails_where_the_test_says_so(misdeed: Misdeed) -> None:
    """With `conduct="error"` the check raises, but for what is advice at most."""
    name, prepare, do = misdeed
    async with misbehaving(conduct="error") as (stage, client):
        prepare(stage.responses)
        await do(client)
    if name == "truncated-not-retried":
        assert await found_in(stage) == [name]
    else:
        with pytest.raises(Violation, match=f"^{name}: .*#1 POST /v1/responses"):
            stage.check()


async def test_waits_fail_at_once_where_the_test_says_so() -> None:
    """What fails the test fails its waits, with the finding in place of a deadline."""
    async with misbehaving(conduct="error") as (stage, client):
        stage.responses.reply(status(400), times=2)
        await client.hammer(2)
        with pytest.raises(Violation, match="retried-refusal"):
            await stage.responses.wait_for(of_type("never"), timeout=60)


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=IDS)
async def test_nobody_looks_where_conduct_is_off(misdeed: Misdeed) -> None:
    """Nothing is told and nothing recorded; a test that asks is answered all the same."""
    name, prepare, do = misdeed
    async with misbehaving(conduct="off") as (stage, client):
        prepare(stage.responses)
        await do(client)
    assert await found_in(stage) == []
    assert not [entry for entry in stage.journal if entry.kind == "finding"]
    with pytest.raises(Violation, match=name):
        stage.assert_no_findings()


async def test_a_misdeed_can_be_waived() -> None:
    """By its name; others still count."""
    async with misbehaving(conduct="error") as (stage, client):
        stage.findings.waive("retried-refusal")
        stage.responses.reply(status(400), times=2)
        await client.hammer(2)
    stage.check()
    stage.assert_no_findings()
    assert [finding.name for finding in stage.findings.of_level("waived")] == ["retried-refusal"]


async def test_a_test_may_ask_for_certain_findings() -> None:
    """`assert_no_findings` fails for advice as well, for the names that it is given."""
    async with misbehaving() as (stage, client):
        stage.responses.reply(status(400), times=2)
        await client.hammer(2)
        stage.responses.assert_no_findings("no-back-off", "unused")
        with pytest.raises(Violation, match=r"^retried-refusal: #3 POST /v1/responses is #1"):
            stage.responses.assert_no_findings("retried-refusal")
        with pytest.raises(Violation, match=r"^retried-refusal: "):
            stage.assert_no_findings()


async def test_what_is_left_undone_counts_when_the_test_asks() -> None:
    """Nothing is recorded by asking: the client may still do it."""
    async with misbehaving(conduct="error") as (stage, client):
        stage.responses.reply(function_call("c1", "f", {}))
        await client.ask(HI)
        with pytest.raises(Violation, match="unanswered-call"):
            stage.responses.assert_no_findings()
        stage.responses.reply(message("done"))
        called = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
        await client.ask(
            HI, called, {"type": "function_call_output", "call_id": "c1", "output": "x"}
        )
        stage.responses.assert_no_findings()
    stage.check()


async def test_a_name_that_no_finding_has_is_refused() -> None:
    """A typo would else pass; the error lists the names there are."""
    async with Stage() as stage:
        with pytest.raises(ValueError, match=r"'retried-refusals'; there are .*retried-refusal,"):
            stage.assert_no_findings("retried-refusals")


async def test_conduct_has_three_values() -> None:
    """A typo is refused with the values there are."""
    wrong: Any = "strict"
    with pytest.raises(ValueError, match="conduct='strict': expected one of error, warn, off"):
        Stage(conduct=wrong)


async def test_strictness_and_conduct_are_two_things() -> None:
    """Leniency with the test's own replies is none with the client, and the other way round."""
    async with misbehaving(strict="off", conduct="error") as (stage, client):
        stage.responses.reply(status(400), times=3)
        await client.hammer(2)
    with pytest.raises(Violation, match=r"^retried-refusal: [^\n]*$"):
        stage.check()
