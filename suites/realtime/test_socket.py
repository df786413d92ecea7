"""WebSockets on `/v1/realtime`: scripted both ways, every frame recorded, bad frames named."""

import asyncio
import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, ConnectionClosedOK

from agent_rehearsal import (
    Conversation,
    Stage,
    Violation,
    carries,
    close,
    cut,
    direction,
    fragment,
    head,
    kind,
    of_type,
    on,
    reset,
    stall,
)
from agent_rehearsal.wire import Raw, websocket
from suites.realtime.sockets import findings, frames, open_socket, received
from suites.wire.raw_client import connected, frame, unchecked, upgrade

pytestmark = pytest.mark.explore

UPDATE = '{"type": "session.update", "session": {}}'
CREATED = {"type": "session.created", "session": {}}


async def test_events_are_played_in_order_with_ids(stage: Stage) -> None:
    """A greeting comes first, a reply after its message; ids are filled in where none is."""
    stage.realtime.greet(CREATED)
    stage.realtime.reply({"type": "session.updated", "event_id": "mine"}, {"type": "x"})
    async with open_socket(stage) as client:
        first = await received(client)
        await client.send(UPDATE)
        second, third = await received(client), await received(client)
    assert first == {**CREATED, "event_id": "event_000001"}
    assert second["event_id"] == "mine"
    assert third == {"type": "x", "event_id": "event_000002"}


async def test_a_silent_server_is_a_legal_one() -> None:
    """A message that no reply is for is recorded and is no mistake; nothing is sent."""
    stage = Stage()
    stage.realtime.reactive = False
    async with stage, open_socket(stage) as client:
        await client.send(UPDATE)
        view = await stage.realtime.wait_for(carries("session"))
    assert stage.journal.select(kind("frame") & direction("out") & head("text")) == []
    assert view.text == UPDATE
    assert view.entry.re == 1


async def test_every_frame_is_recorded_both_ways(stage: Stage) -> None:
    """Text, binary, ping, pong and close, in order, with their payloads."""
    stage.realtime.reply(Raw(b"\xff\x00"), Raw(b'{"type":"y"}'), when=of_type("session.update"))
    async with connected(stage) as client:
        await client.send(upgrade())
        assert (await client.head())[0] == 101
        await client.send(frame(9, b"are you there") + frame(10, b"unasked"))
        await client.send(frame(1, UPDATE.encode()) + frame(2, b'{"type": "z"}'))
        await stage.realtime.wait_for(of_type("z"))
        await client.send(frame(8, b"\x0f\xa0bye"))
        await client.rest()
    assert frames(stage) == [
        ("in", "ping", b"are you there"),
        ("out", "pong", b"are you there"),
        ("in", "pong", b"unasked"),
        ("in", "text", UPDATE.encode()),
        ("in", "binary", b'{"type": "z"}'),
        ("out", "binary", b"\xff\x00"),
        ("out", "text", b'{"type":"y"}'),
        ("in", "close", b"\x0f\xa0bye"),
        ("out", "close", b"\x0f\xa0"),
    ]


async def test_a_message_in_fragments_is_one_frame_of_the_journal(stage: Stage) -> None:
    """What the client splits is joined: an entry is a whole message."""
    async with connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        start = bytearray(frame(1, b'{"type": '))
        start[0] &= 0x7F
        await client.send(bytes(start) + frame(0, b'"split"}'))
        view = await stage.realtime.wait_for(of_type("split"))
    assert view.text == '{"type": "split"}'


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_compression_is_taken_if_it_is_offered(stage: Stage, compression: str | None) -> None:
    """The journal has messages as they were meant, whatever went over the wire."""
    long = json.dumps({"type": "long", "text": "x" * 100_000})
    stage.realtime.reply(json.loads(long))
    async with open_socket(stage, compression=compression) as client:
        await client.send(long)
        assert (await received(client))["text"] == "x" * 100_000
        names = [extension.name for extension in client.protocol.extensions]
    assert names == (["permessage-deflate"] if compression else [])
    view = stage.realtime.select(of_type("long"))[0]
    assert view.text == long
    assert ("sec-websocket-extensions" in view.headers) == bool(names)


async def test_a_subprotocol_is_agreed_on(stage: Stage) -> None:
    """Browsers ask for `realtime` and hang up if nobody agrees."""
    async with open_socket(stage, subprotocols=["realtime", "beta"]) as client:
        assert client.subprotocol == "realtime"


async def test_the_server_can_close(stage: Stage) -> None:
    """`close` sends its code and reason; the peer's answer ends the connection."""
    stage.realtime.greet(CREATED, close(4001, "enough"))
    async with open_socket(stage) as client:
        await received(client)
        with pytest.raises(ConnectionClosedError) as caught:
            await client.recv()
    assert caught.value.rcvd is not None
    assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (4001, "enough")
    await stage.journal.wait_for(head("close") & direction("in"))
    assert frames(stage)[-2:] == [
        ("out", "close", b"\x0f\xa1enough"),
        ("in", "close", b"\x0f\xa1enough"),
    ]


async def test_messages_after_our_close_use_up_no_reply(stage: Stage) -> None:
    """What comes while the peer has not yet answered a Close is recorded only."""
    stage.realtime.greet(close())
    rule = stage.realtime.reply({"type": "x"}, optional=True)
    async with connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        assert await client.exactly(4) == b"\x88\x02\x03\xe8"
        await client.send(frame(1, UPDATE.encode()) + frame(8, b"\x03\xe8"))
        assert await client.rest() == (b"", None)
    assert [name for _, name, _ in frames(stage)] == ["close", "text", "close"]
    assert rule.answered == []


async def test_a_close_that_is_not_answered_ends_in_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A peer that ignores a Close frame loses the connection after a while."""
    monkeypatch.setattr(websocket, "CLOSE_WAIT", 0.01)
    stage.realtime.greet(close())
    async with connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        assert await client.rest() == (b"\x88\x02\x03\xe8", None)
    (noted,) = stage.journal.select(kind("close"))
    assert noted.head == "no answer to the Close frame"


@pytest.mark.parametrize(("fault", "error"), [(cut(), None), (reset(), ConnectionResetError)])
async def test_a_fault_ends_the_socket_without_a_close_frame(
    stage: Stage, fault: Any, error: type[Exception] | None
) -> None:
    """After what was sent the client sees the plain end of TCP, or a RST."""
    stage.realtime.greet(Raw(b"{}"), fault)
    async with connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        assert await client.rest() == (b"\x81\x02{}", error)
    assert not stage.journal.select(kind("close"))


async def test_a_stalled_socket_still_answers_pings(stage: Stage) -> None:
    """A reply that stalls stops no control frames; the client may leave."""
    stage.realtime.greet(stall())
    async with open_socket(stage) as client:
        await stage.journal.wait_for(kind("fault"))
        async with asyncio.timeout(5):
            await (await client.ping())


async def test_a_client_that_vanishes_is_recorded(stage: Stage) -> None:
    """No Close frame is no error: `client left`, with the upgrade that it ends."""
    gate = stage.realtime.gate("middle")
    stage.realtime.greet(CREATED, gate, {"type": "never"})
    async with open_socket(stage) as client:
        await gate.reached()
        client.transport.abort()
    left = await stage.journal.wait_for(kind("close"))
    gate.open()
    assert (left.head, left.re) == ("client left", 1)
    assert not findings(stage)


async def test_replies_are_played_in_the_order_of_their_messages(stage: Stage) -> None:
    """A held reply holds those after it, and reading goes on meanwhile."""
    gate = stage.realtime.gate("first")
    stage.realtime.reply(gate, {"type": "one"})
    stage.realtime.reply({"type": "two"})
    async with open_socket(stage) as client:
        await client.send('{"type": "a"}')
        await client.send('{"type": "b"}')
        await stage.realtime.wait_for(of_type("b"))
        gate.open()
        assert [(await received(client))["type"] for _ in range(2)] == ["one", "two"]


async def test_a_coroutine_talks_with_its_connection(stage: Stage) -> None:
    """It receives what comes while it runs; what it leaves unread goes to the rules."""
    listening = stage.realtime.gate("listening")

    async def talk(talk: Conversation) -> Any:
        await talk.send({"type": "hello"}, listening)
        said = await talk.receive()
        await talk.send({"type": "you.said", "what": said.type})
        return {"type": "bye"}

    stage.realtime.greet(talk)
    rule = stage.realtime.reply({"type": "ruled"})
    async with open_socket(stage) as client:
        assert (await received(client))["type"] == "hello"
        await client.send('{"type": "a"}')
        await client.send('{"type": "b"}')
        await stage.realtime.wait_for(of_type("b"))
        listening.open()
        assert (await received(client))["what"] == "a"
        assert (await received(client))["type"] == "bye"
        assert (await received(client))["type"] == "ruled"
    assert [entry.type for entry in rule.answered] == ["b"]


async def test_a_coroutine_that_hears_nothing_says_for_how_long() -> None:
    """A `receive` that times out names its connection's message and its deadline."""

    async def waits(talk: Conversation) -> None:
        await talk.receive(timeout=0.01)

    async with unchecked() as stage:
        stage.realtime.greet(waits)
        async with open_socket(stage) as client:
            with pytest.raises(ConnectionClosed):
                await client.recv()
    with pytest.raises(Violation, match=r"receive\(\) got no message within 0\.01 s"):
        stage.check()


@pytest.mark.parametrize("sent", [(), (CREATED,)], ids=["before it sent", "after it sent"])
async def test_a_reply_that_raises_closes_with_1011(sent: tuple[Any, ...]) -> None:
    """The finding names the place and fails waits at once; the client gets a Close frame."""

    async def broken(talk: Conversation) -> None:
        await talk.send(*sent)
        raise ZeroDivisionError("oops")

    async with unchecked() as stage:
        stage.realtime.reactive = False
        stage.realtime.reply(broken)
        async with open_socket(stage) as client:
            await client.send(UPDATE)
            for _ in sent:
                await received(client)
            with pytest.raises(ConnectionClosedError) as caught:
                await client.recv()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1011
        async with open_socket(stage) as client:
            await client.send('{"type": "next"}')
            assert await stage.realtime.wait_for(of_type("session.update"))
    with pytest.raises(Violation, match=r"reply-raised.*oops.*test_socket\.py:\d+, in broken"):
        stage.check()


async def test_a_message_can_leave_in_fragments(stage: Stage) -> None:
    """Under a fragment mark a message is many frames, and one entry of the journal."""
    stage.realtime.greet(fragment([1]), CREATED)
    async with open_socket(stage) as client:
        assert (await received(client))["type"] == CREATED["type"]
    (sent,) = stage.journal.select(kind("frame") & direction("out") & head("text"))
    assert sent.type == CREATED["type"]


async def test_connections_are_told_apart(stage: Stage) -> None:
    """Each has an id; a frame leads back to the headers of its own upgrade."""
    async with (
        open_socket(stage, additional_headers={"Agent": "ann"}) as ann,
        open_socket(stage, additional_headers={"Agent": "bob"}) as bob,
    ):
        await bob.send('{"type": "b"}')
        await ann.send('{"type": "a"}')
        first = await stage.realtime.wait_for(of_type("a"))
        second = await stage.realtime.wait_for(of_type("b"))
    assert (first.headers["agent"], second.headers["agent"]) == ("ann", "bob")
    assert stage.realtime.select(on(first) & kind("frame"))[0].type == "a"


async def test_the_stage_ends_open_sockets() -> None:
    """A stage that stops leaves no client waiting."""
    stage = Stage()
    stage.realtime.reactive = False
    async with stage, open_socket(stage) as client:
        await stage.stop()
        with pytest.raises(ConnectionClosedError):
            await client.recv()
    assert stage.journal.select(kind("close"))[0].head == "server stopped"


async def test_an_orderly_client_is_answered_in_kind(stage: Stage) -> None:
    """The peer's close is returned with its code."""
    async with open_socket(stage) as client:
        await client.close(4321, "done")
    with pytest.raises(ConnectionClosed) as caught:
        await client.recv()
    assert isinstance(caught.value, ConnectionClosedOK | ConnectionClosedError)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 4321


@pytest.mark.parametrize("part", ["text", {"no": "type"}, {"type": 1}, len])
async def test_a_wrong_part_is_refused_where_it_is_given(part: Any) -> None:
    """What is no event, mark or bytes raises in the test's own line."""
    async with Stage() as stage:
        with pytest.raises(TypeError, match="no part of a realtime reply"):
            stage.realtime.reply(part)


async def test_two_equal_greetings_are_used_in_turn(stage: Stage) -> None:
    """A greeting is used once, like a reply."""
    stage.realtime.greet({"type": "one"})
    stage.realtime.greet({"type": "two"})
    for expected in ("one", "two"):
        async with open_socket(stage) as client:
            assert (await received(client))["type"] == expected


async def test_an_upgrade_may_follow_a_request(stage: Stage) -> None:
    """On a connection that has served a request, a frame leads back to its upgrade all the same."""
    async with connected(stage) as client:
        await client.ask(method="GET", path="/v1/models")
        await client.send(upgrade(headers={"Agent": "ann"}))
        assert (await client.head())[0] == 101
        await client.send(frame(1, UPDATE.encode()))
        view = await stage.realtime.wait_for(carries("session"))
    assert view.headers["agent"] == "ann"
