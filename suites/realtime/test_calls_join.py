"""The sideband: WebSockets that join a call by its id, refused, held and alone."""

import asyncio
import json

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedOK, InvalidStatus

from agent_rehearsal import Stage, close, kind, of_type, refuse
from mock_realtime import joins
from suites.realtime.offers import call, post
from suites.realtime.sockets import received

UPDATE = json.dumps({"type": "session.update", "session": {}})


def join(stage: Stage, id: str) -> connect:
    """A WebSocket that joins a call."""
    return connect(f"{stage.realtime.websocket_url}?intent=quicksilver&call_id={id}")


async def refused(stage: Stage, id: str) -> tuple[int, str]:
    """The status and the code of the error with which a join is refused."""
    with pytest.raises(InvalidStatus) as caught:
        await join(stage, id)
    response = caught.value.response
    return response.status_code, json.loads(response.body)["error"]["code"]


async def said(client: ClientConnection, text: str, stage: Stage) -> None:
    """Send a message and see it arrive."""
    await client.send(text)
    await stage.realtime.wait_for(of_type("session.update"))


@pytest.mark.explore
async def test_a_call_is_joined_by_its_id(stage: Stage) -> None:
    """The upgrade comes after the call, and what is said on it is recorded and answered."""
    stage.realtime.reply({"type": "session.updated"}, when=of_type("session.update"))
    id = await call(stage)
    async with join(stage, id) as client:
        await client.send(UPDATE)
        assert (await received(client))["type"] == "session.updated"
        sideband = stage.realtime.calls[0].sideband
        assert sideband is not None
    made = await stage.realtime.wait_for(kind("request"))
    joined = await stage.realtime.wait_for(joins(id))
    assert made.entry.seq < joined.entry.seq
    assert sideband.entry is joined.entry


@pytest.mark.explore
async def test_a_call_that_is_not_there_is_not_joined(stage: Stage) -> None:
    """404 in the API's shape for an unknown id, and for a call that has ended."""
    assert await refused(stage, "rtc_nobody") == (404, "call_id_not_found")
    assert await refused(stage, "") == (404, "call_id_not_found")
    id = await call(stage)
    await post(stage, f"calls/{id}/hangup")
    assert await refused(stage, id) == (404, "call_id_not_found")


@pytest.mark.explore
async def test_a_call_of_another_server_can_be_joined(stage: Stage) -> None:
    """Once it is made known; its session is the one that the upgrade begins with."""
    stage.realtime.add_call("rtc_there", session={"model": "m"})
    async with join(stage, "rtc_there"):
        view = await stage.realtime.wait_for(joins("rtc_there"))
    assert stage.realtime.session_of(view.entry) == {"model": "m"}


@pytest.mark.explore
async def test_a_second_join_is_refused_while_the_first_lasts(stage: Stage) -> None:
    """One sideband at a time; when it has gone the call may be joined again."""
    id = await call(stage)
    async with join(stage, id) as client:
        await said(client, UPDATE, stage)
        assert await refused(stage, id) == (409, "call_already_joined")
    async with join(stage, id) as client:
        await said(client, UPDATE, stage)


@pytest.mark.explore
async def test_a_join_can_be_refused_and_tried_again(stage: Stage) -> None:
    """A greeting that refuses is used for the joins that it means, and for as many as it says."""
    stage.realtime.greet(refuse(503), when=joins(), times=2)
    id = await call(stage)
    for _ in range(2):
        assert await refused(stage, id) == (503, "rehearsal_refused")
    async with join(stage, id) as client:
        await said(client, UPDATE, stage)


@pytest.mark.explore
async def test_a_join_can_be_held(stage: Stage) -> None:
    """A gate before the upgrade's answer; meanwhile the call itself goes on."""
    gate = stage.realtime.gate("before the upgrade")
    stage.realtime.greet(before=gate, when=joins())
    id = await call(stage)
    joining = asyncio.create_task(opened(stage, id))
    await gate.reached()
    assert not joining.done()
    assert await refused(stage, id) == (409, "call_already_joined")
    gate.open()
    await joining


async def opened(stage: Stage, id: str) -> None:
    """Join a call and leave."""
    async with join(stage, id):
        pass


@pytest.mark.explore
async def test_hanging_up_ends_the_sideband(stage: Stage) -> None:
    """Its WebSocket is closed in good order."""
    id = await call(stage)
    async with join(stage, id) as client:
        await said(client, UPDATE, stage)
        assert (await post(stage, f"calls/{id}/hangup"))[0] == 200
        with pytest.raises(ConnectionClosedOK) as caught:
            async with asyncio.timeout(5):
                await client.recv()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.reason == "the call was hung up"


@pytest.mark.explore
async def test_hanging_up_while_a_join_is_held_leaves_no_trace(stage: Stage) -> None:
    """There is no WebSocket yet that could be closed; the join goes its way."""
    gate = stage.realtime.gate("before the upgrade")
    stage.realtime.greet(close(4000), before=gate, when=joins())
    id = await call(stage)
    joining = asyncio.create_task(opened(stage, id))
    await gate.reached()
    assert (await post(stage, f"calls/{id}/hangup"))[0] == 200
    gate.open()
    await joining


def test_what_joins_prints_as_it_is_written() -> None:
    """For the text of a wait that fails."""
    assert repr(joins()) == "joins()"
    assert repr(joins("rtc_1")) == "joins('rtc_1')"
