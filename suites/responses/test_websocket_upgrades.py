"""What becomes of an upgrade: refused with any status, dropped, left without an answer, held; each
is recorded, and a script of messages is for an open connection only.
"""

import asyncio
import json
from typing import Any

import pytest
from websockets.exceptions import InvalidMessage, InvalidStatus

from agent_rehearsal import Stage, close, cut, delay, duplicate, head, header, kind, reset, stall
from agent_rehearsal.wire import Mark
from mock_responses import completed, created, message, minimal, reply_headers, status, stream
from suites.responses.sockets import DEADLINE, ask, open_socket, received
from suites.wire.raw_client import RawClient, connected, upgrade

pytestmark = pytest.mark.explore

STATUSES = (200, 400, 401, 404, 426, 500)


async def upgraded(client: RawClient, path: str = "/v1/responses") -> None:
    """Ask for a WebSocket by hand."""
    await client.send(upgrade(path))


@pytest.mark.parametrize("code", STATUSES)
async def test_an_upgrade_is_refused_with_any_status(code: int) -> None:
    """The client gets the API's error in place of the 101; the next upgrade is accepted."""
    async with Stage() as stage:
        stage.responses.greet(status(code, headers={"x-why": "tested"}))
        stage.responses.reply(message("kept"))
        with pytest.raises(InvalidStatus) as caught:
            await open_socket(stage)
        async with open_socket(stage) as client:
            assert "kept" in json.dumps(await ask(client))
    refused = caught.value.response
    assert (refused.status_code, refused.headers["x-why"]) == (code, "tested")
    assert "error" in json.loads(refused.body or b"")
    assert [entry.status for entry in stage.journal.select(kind("response"))] == [code, 101]


@pytest.mark.parametrize(
    ("mark", "name", "error"), [(cut(), "cut", None), (reset(), "reset", ConnectionResetError)]
)
async def test_an_upgrade_is_dropped(mark: Mark, name: str, error: type[Exception] | None) -> None:
    """The connection ends before the head of any answer, by FIN or RST; the journal says so."""
    async with Stage() as stage:
        stage.responses.greet(before=mark)
        async with connected(stage) as client:
            await upgraded(client)
            assert await client.rest() == (b"", error)
    (fault,) = stage.journal.select(kind("fault"))
    assert (fault.head, fault.re) == (name, 1)
    assert not stage.journal.select(kind("response"))


async def test_a_dropped_upgrade_is_an_error_to_a_library() -> None:
    """A client reports that there was no answer."""
    async with Stage() as stage:
        stage.responses.greet(before=cut())
        with pytest.raises(InvalidMessage):
            await open_socket(stage)


async def test_an_upgrade_is_left_without_an_answer() -> None:
    """Nothing is sent until the client leaves, which is recorded."""
    async with Stage() as stage:
        stage.responses.greet(before=stall())
        async with connected(stage) as client:
            await upgraded(client)
            await stage.journal.wait_for(kind("fault") & head("stall"))
        left = await stage.journal.wait_for(kind("close"))
        assert (left.head, left.re) == ("client left", 1)
    assert not stage.journal.select(kind("response"))


async def test_an_upgrade_is_held_at_a_gate() -> None:
    """The 101 comes when the gate opens, and the script of the greeting after it."""
    async with Stage() as stage:
        gate = stage.responses.gate("upgrade")
        stage.responses.greet(minimal(message("early")), before=gate)
        opening = asyncio.ensure_future(open_socket(stage).__aenter__())
        await gate.reached()
        assert not stage.journal.select(kind("response"))
        gate.open()
        client = await asyncio.wait_for(opening, DEADLINE)
        assert (await received(client))["type"] == "response.created"
        await client.close()


async def test_an_upgrade_is_delayed() -> None:
    """A delay takes loop time before the answer, also before one that refuses."""
    async with Stage() as stage:
        stage.responses.greet(before=delay(0.02))
        stage.responses.greet(delay(0.02), status(401))
        async with open_socket(stage):
            pass
        with pytest.raises(InvalidStatus):
            await open_socket(stage)
    for answer in stage.journal.select(kind("response")):
        assert answer.at - stage.journal.entry(answer.re or 0).at >= 0.02


async def test_a_client_that_leaves_a_held_upgrade_uses_up_no_reply() -> None:
    """Replies are for messages; the greeting that held the upgrade was used, its script was not."""
    async with Stage() as stage:
        gate = stage.responses.gate("never")
        held = stage.responses.greet(stream(created()), before=gate)
        stage.responses.reply(message("kept"))
        async with connected(stage) as client:
            await upgraded(client)
            await gate.reached()
        await stage.journal.wait_for(kind("close"))
        async with open_socket(stage) as client:
            assert "kept" in json.dumps(await ask(client))
    assert len(held.answered) == 1
    assert len(stage.journal.select(kind("response"))) == 1


async def test_an_answer_to_an_upgrade_carries_headers() -> None:
    """By plain names or as they are, for one greeting; recorded, the next upgrade has none."""
    async with Stage() as stage:
        stage.responses.greet(
            openai_model="gpt-x",
            models_etag='"7"',
            reasoning_included=True,
            turn_state="ts",
            headers={"x-own": "1"},
        )
        async with open_socket(stage) as client:
            found = dict(client.response.headers) if client.response else {}
        async with open_socket(stage) as client:
            assert client.response is not None
            assert "openai-model" not in client.response.headers
    expected = {
        **reply_headers(
            openai_model="gpt-x", models_etag='"7"', reasoning_included=True, turn_state="ts"
        ),
        "x-own": "1",
    }
    assert expected.items() <= found.items()
    (recorded, _) = stage.journal.select(kind("response"))
    assert {name: recorded.header(name) for name in expected} == expected


async def test_greetings_are_chosen_by_what_an_upgrade_is() -> None:
    """A header of the upgrade decides, not the order in which clients come."""
    async with Stage() as stage:
        stage.responses.greet(status(500), when=header("agent", "ann"))
        stage.responses.greet(stream(created(), completed()), when=header("agent", "bob"))
        async with open_socket(stage, additional_headers={"agent": "bob"}) as client:
            assert (await received(client))["type"] == "response.created"
        with pytest.raises(InvalidStatus):
            await open_socket(stage, additional_headers={"agent": "ann"})


async def test_upgrades_that_are_off_use_up_no_greeting() -> None:
    """The 426 comes before any script, one that would hold the upgrade too."""
    async with Stage() as stage:
        stage.responses.websockets = False
        rule = stage.responses.greet(before=stall(), optional=True)
        with pytest.raises(InvalidStatus):
            await open_socket(stage)
        assert rule.answered == []


async def test_a_handshake_that_is_none_uses_up_no_greeting() -> None:
    """A client that cannot ask for a WebSocket gets its 400 and nothing else."""
    async with Stage() as stage:
        stage.waive("bad-handshake")
        rule = stage.responses.greet(status(500), optional=True)
        async with connected(stage) as client:
            await client.send(upgrade("/v1/responses", {"Sec-WebSocket-Key": ""}))
            assert (await client.head())[0] == 400
        assert rule.answered == []


@pytest.mark.parametrize("mark", [close(), duplicate(), "cut", message("x")], ids=str)
async def test_what_needs_an_open_socket_cannot_come_before(mark: Any) -> None:
    """It is refused in the test's own line, with what may stand there."""
    async with Stage() as stage:
        with pytest.raises(TypeError, match="expected a delay, a gate"):
            stage.responses.greet(before=[mark])


async def test_a_greeting_of_nothing_is_refused() -> None:
    """It says what a greeting takes."""
    async with Stage() as stage:
        with pytest.raises(ValueError, match=r"expected parts, before=\.\.\. or headers"):
            stage.responses.greet()


async def test_a_greeting_that_was_not_used_is_told_by_what_it_does() -> None:
    """The name of an unused greeting has its marks and headers."""
    async with Stage(strict="warn") as stage:
        stage.responses.greet(before=[delay(1), stall()], headers={"a": "b"})
        text = str(stage.responses.unused()[0])
    assert "before=[Delay(seconds=1), stall()]" in text
    assert "headers={'a': 'b'}" in text
