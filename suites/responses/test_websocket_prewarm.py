"""Prewarms (`generate: false`): answered by the server, unless a reply was written for one."""

import json
from typing import Any

import pytest

from agent_rehearsal import Conversation, Stage, head, kind, on, stall
from mock_responses import (
    created,
    is_prewarm,
    message,
    minimal,
    response_metadata,
    status,
    stream,
)
from suites.responses.sockets import CREATE, PREWARM, ask, asked, findings, open_socket, received
from suites.wire.raw_client import ask as ask_http
from suites.wire.raw_client import unchecked

pytestmark = pytest.mark.explore


async def test_a_prewarm_is_answered_with_what_was_written_for_it() -> None:
    """Once, where the condition says `is_prewarm`; the next prewarm is the server's own again."""
    async with Stage() as stage:
        stage.responses.reply(minimal(message("warm words")), when=is_prewarm)
        async with open_socket(stage) as client:
            first, second = await ask(client, PREWARM), await ask(client, PREWARM)
    assert "warm words" in json.dumps(first)
    assert [event["type"] for event in second] == ["response.created", "response.completed"]


@pytest.mark.parametrize(
    "when",
    [None, kind("frame"), ~is_prewarm, kind("frame") & ~is_prewarm],
    ids=["any", "frames", "no prewarm", "frames but a prewarm"],
)
async def test_no_other_reply_is_used_up_by_a_prewarm(when: Any) -> None:
    """Whatever a condition says of prewarms without naming them."""
    async with Stage() as stage:
        stage.responses.reply(message("for the turn"), when=when)
        async with open_socket(stage) as client:
            assert "for the turn" not in json.dumps(await ask(client, PREWARM))
            assert "for the turn" in json.dumps(await ask(client))


async def test_a_prewarm_of_one_connection_is_meant() -> None:
    """`is_prewarm` composes with what a connection is, and in its queue."""
    async with Stage() as stage, open_socket(stage) as one, open_socket(stage) as two:
        await ask(one, PREWARM)
        await ask(two, PREWARM)
        first, second = stage.responses.requests
        stage.responses.reply(minimal(message("for one")), when=is_prewarm & on(first))
        stage.responses.queue(on(second)).reply(minimal(message("for two")), when=is_prewarm)
        assert "for two" in json.dumps(await ask(two, PREWARM))
        assert "for one" in json.dumps(await ask(one, PREWARM))


async def test_a_prewarm_can_stay_unanswered() -> None:
    """A stall holds it until the client leaves; the next connection is served."""
    async with Stage() as stage:
        stage.responses.reply(stall(), when=is_prewarm)
        stage.responses.reply(message("cold"))
        async with open_socket(stage) as client:
            await client.send(json.dumps(PREWARM))
            await stage.journal.wait_for(kind("fault") & head("stall"))
        async with open_socket(stage) as client:
            assert "cold" in json.dumps(await ask(client))


async def test_a_prewarm_can_fail() -> None:
    """An error is an error frame, and its response cannot be gone on from."""
    async with Stage() as stage:
        stage.responses.reply(status(500), when=is_prewarm)
        async with open_socket(stage) as client:
            (error,) = await ask(client, PREWARM)
    assert (error["type"], error["status"]) == ("error", 500)


async def test_a_prewarm_can_tell_a_turn_state() -> None:
    """What a server mints while it warms up comes in an event."""
    metadata = response_metadata(headers={"x-codex-turn-state": "ts"})
    async with Stage() as stage:
        stage.responses.reply(minimal(metadata), when=is_prewarm)
        async with open_socket(stage) as client:
            found = await ask(client, PREWARM)
    assert found[1]["headers"] == {"x-codex-turn-state": "ts"}


async def test_a_reply_for_a_prewarm_that_never_came_is_told() -> None:
    """It is unused like any other; a request does not use it up."""
    async with unchecked() as stage:
        stage.responses.reply(minimal(), when=is_prewarm)
        stage.responses.reply(message("x"))
        async with open_socket(stage) as client:
            await ask(client)
        with pytest.raises(AssertionError, match=r"Minimal\(.* when is_prewarm"):
            stage.check()


async def test_rivals_for_a_prewarm_are_a_finding() -> None:
    """Two replies with as many clauses each: an error frame, as for any request."""
    async with unchecked() as stage:
        for when in (is_prewarm & kind("frame"), is_prewarm & head("text")):
            stage.responses.reply(minimal(), when=when, optional=True)
        async with open_socket(stage) as client:
            (error,) = await ask(client, PREWARM)
        assert "ambiguous" in findings(stage)
    assert error["error"]["code"] == "rehearsal_ambiguous"


async def test_a_turn_goes_on_from_its_prewarm() -> None:
    """The id of a prewarm can be gone on from, at once and later; it stands for its own input."""
    async with Stage() as stage:
        stage.responses.reply(message("one"))
        stage.responses.reply(message("two"))
        async with open_socket(stage) as client:
            given = [{"role": "developer", "content": "rules"}]
            warm = (await ask(client, {**PREWARM, "input": given}))[-1]["response"]["id"]
            for text in ("a", "b"):
                await asked(client, previous_response_id=warm, input=text)
        roles = [[item["role"] for item in r.logical_input] for r in stage.responses.requests]
    assert roles == [["developer"], ["developer", "user"], ["developer", "user"]]


async def test_a_prewarm_goes_to_a_coroutine_that_listens() -> None:
    """It is a message like any other then."""

    async def talk(talk: Conversation) -> None:
        await talk.send(created())
        assert is_prewarm((await talk.receive()).entry)
        await talk.send(message("heard"))

    async with Stage() as stage:
        stage.responses.reply(talk)
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            assert (await received(client))["type"] == "response.created"
            await client.send(json.dumps(PREWARM))
            assert (await received(client))["type"] == "response.output_item.added"


async def test_a_prewarm_can_be_waited_for() -> None:
    """The predicate means prewarms alone; over HTTP `generate` means nothing."""
    async with Stage() as stage:
        stage.responses.reply(message("x"), times=2)
        await ask_http(stage, {"model": "m", "input": "hi", "generate": False})
        async with open_socket(stage) as client:
            await ask(client)
            await ask(client, PREWARM)
        found = await stage.responses.wait_for(is_prewarm)
    assert found.entry is stage.responses.requests[-1].entry
    (clause,) = is_prewarm.explain(stage.responses.requests[-2].entry)
    assert (clause.text, clause.detail) == ("is_prewarm", "generate is True")


async def test_a_reply_used_by_a_prewarm_counts() -> None:
    """`stream(...)` and all else that answers a request answers a prewarm as well."""
    async with Stage() as stage:
        rule = stage.responses.reply(stream(created()), when=is_prewarm)
        async with open_socket(stage) as client:
            await client.send(json.dumps(PREWARM))
            await received(client)
        assert [entry.get("generate") for entry in rule.answered] == [False]
