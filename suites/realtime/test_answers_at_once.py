"""Answers that are given as a request comes in, past the player: which ones may be, and that nobody
can tell.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from agent_rehearsal import Stage, direction, head, kind, of_type
from mock_realtime import legality, message
from mock_realtime.copies import Copies
from suites.realtime.sockets import open_socket, received
from suites.wire.raw_client import connected, frame, upgrade

Json = dict[str, Any]
CREATE = '{"type": "response.create"}'
ANSWER = (message("one ", "two"),)


async def asked(client: Any, times: int) -> list[Json]:
    """The events of as many answers, one after the other."""
    events: list[Json] = []
    for _ in range(times):
        await client.send(CREATE)
        events += await answer(client)
    return events


async def answer(client: Any) -> list[Json]:
    """The events of an answer."""
    events = [await received(client)]
    while events[-1]["type"] != "response.done":
        events.append(await received(client))
    return events


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Copies]:
    """Filled with what every answer is made of that is given at once."""
    found: list[Copies] = []
    make = Copies.make

    def noted(copies: Copies, *args: Any) -> Any:
        found.append(copies)
        return make(copies, *args)

    monkeypatch.setattr(Copies, "make", noted)
    return found


@pytest.mark.explore
async def test_an_answer_that_was_given_often_is_given_at_once(made: list[Copies]) -> None:
    """Each of its events is a frame and an entry, in order, with ids of its own; to whoever waits
    for an event in the middle of it, it is there.
    """
    async with Stage() as stage, open_socket(stage, compression=None) as client:
        stage.realtime.answer = ANSWER
        events = [await received(client), *await asked(client, 4)]
        waiting = asyncio.create_task(
            stage.journal.wait_count(of_type("response.output_audio_transcript.done"), 5)
        )
        await asyncio.sleep(0)
        events += await asked(client, 1)
        waited = await waiting
        told = stage.journal.select(kind("frame") & direction("out") & head("text"))
    assert len(made) == 1 + 3  # the first was a trial
    assert [entry.json for entry in told] == events
    assert legality.objections(events) == []
    assert all(entry.re == 1 and entry.source == "realtime" for entry in told)
    assert waited[-1].json in events


@pytest.mark.explore
async def test_an_answer_at_once_waits_for_what_is_being_said() -> None:
    """While a greeting is held, or an answer, what comes later is answered later."""
    async with Stage() as stage:
        realtime = stage.realtime
        async with open_socket(stage, compression=None) as client:
            await received(client)
            await asked(client, 3)
        realtime.greet({"type": "session.created"}, held := realtime.gate("held"), {"type": "late"})
        async with open_socket(stage, compression=None) as client:
            await held.reached()
            await client.send(CREATE)
            await realtime.wait_count(of_type("response.create"), 4)
            held.open()
            types = [(await received(client))["type"] for _ in range(3)]
    assert types == ["session.created", "late", "response.created"]


@pytest.mark.explore
async def test_a_request_that_is_stopped_in_one_breath_is_not_answered_at_once() -> None:
    """A cancel that came with the request finds the response, as it does the first time."""
    async with Stage() as stage, connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        for number in range(4):
            await client.send(frame(1, CREATE.encode()))
            await stage.journal.wait_count(of_type("response.done"), number + 1)
        both = frame(1, CREATE.encode()) + frame(1, b'{"type":"response.cancel"}')
        await client.send(both)
        done = await stage.journal.wait_count(of_type("response.done"), 5)
    assert done[-1].get("response.status") == "cancelled"


async def begun_by_the_mock(stage: Stage) -> None:
    session, gate = await stage.realtime.session(), stage.realtime.gate("half way")
    stage.realtime.answer = (message("a"), gate)
    await session.say("hm")
    await gate.reached()
    stage.realtime.answer = ANSWER


async def begun_by_the_test(stage: Stage) -> None:
    session = await stage.realtime.session()
    await session.send({"type": "response.created", "response": {"id": "mine"}})


@pytest.mark.explore
@pytest.mark.parametrize("begin", [begun_by_the_mock, begun_by_the_test])
async def test_while_a_response_is_active_none_is_given_at_once(
    begin: Callable[[Stage], Awaitable[None]],
) -> None:
    """A request for another one is refused, as it is the first time."""
    async with Stage(strict="warn") as stage, open_socket(stage, compression=None) as client:
        stage.realtime.answer = ANSWER
        await received(client)
        await asked(client, 3)
        await begin(stage)
        await client.send(CREATE)
        error = await stage.journal.wait_for(of_type("error"))
    assert error.get("error.code") == "conversation_already_has_active_response"


@pytest.mark.explore
async def test_an_answer_of_the_beta_is_always_composed() -> None:
    """The fourth is in its words like the first."""
    async with Stage() as stage:
        stage.realtime.beta = "serve"
        headers = {"openai-beta": "realtime=v1"}
        async with open_socket(stage, compression=None, additional_headers=headers) as client:
            await received(client)
            answers = [await asked(client, 1) for _ in range(4)]
    types = [[event["type"] for event in answer] for answer in answers]
    assert "response.audio_transcript.delta" in types[0]
    assert types == types[:1] * 4


@pytest.mark.explore
@pytest.mark.parametrize("change", ["a reply", "another answer", "no answers", "an observer"])
async def test_what_a_test_changes_counts_at_once(change: str, made: list[Copies]) -> None:
    """A reply, another answer, a mock that says nothing of its own accord, and whoever is called
    with each entry: the next request meets it.
    """
    async with Stage() as stage, open_socket(stage, compression=None) as client:
        realtime, seen = stage.realtime, list[str | None]()
        await received(client)
        await asked(client, 3)
        assert len(made) == 1 + 1
        match change:
            case "a reply":
                realtime.reply(message("mine"))
            case "another answer":
                realtime.answer = (message("mine"),)
            case "no answers":
                realtime.reactive = False
            case _:
                stage.journal.observe(lambda entry: seen.append(entry.type))
        await client.send(CREATE)
        if change == "no answers":
            realtime.reply({"type": "response.done"}, when=of_type("x"))
            await client.send('{"type": "x"}')
        said = await answer(client)
    assert len(made) == 1 + 1
    assert (len(said) == 1) == (change == "no answers")
    assert ("mine" in json.dumps(said[-1])) == (change in ("a reply", "another answer"))
    assert seen.count("response.done") == (change == "an observer")
