"""Faults of the wire at each point of a stream, as a client's socket sees them."""

import asyncio
from typing import Any

import pytest

from agent_rehearsal import (
    Conversation,
    Stage,
    Violation,
    cut,
    delay,
    fragment,
    head,
    kind,
    reset,
    stall,
)
from agent_rehearsal.wire import Raw
from mock_responses import completed, created, message, status, stream, text_delta
from suites.wire.raw_client import RawClient, ask, connected, error_of, events, request, unchecked

BODY = {"model": "m", "input": "hi", "stream": True}
EVENTS = (created(), text_delta("a"), completed())
HALF = Raw(b'event: response.output_text.delta\ndata: {"type":"resp')
FAULTS = {"cut": cut(), "reset": reset(), "stall": stall()}
POINTS: dict[str, tuple[Any, ...]] = {
    "before the head": (),
    "after the first event": EVENTS[:1],
    "after the second event": EVENTS[:2],
    "after the last event": EVENTS,
    "in the middle of an event": (*EVENTS[:1], HALF),
}


async def read_all(stage: Stage, client: RawClient, fault: str) -> tuple[bytes, Any]:
    """What comes until the connection ends; a stalled one is ended by the client."""
    if fault == "stall":
        await stage.journal.wait_for(kind("fault"))
        await client.half_close()
    return await client.rest()


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_ends_the_stream_where_it_stands(fault: str, point: str) -> None:
    """The client gets what was sent before, no terminator, and the end that the fault means."""
    sent = POINTS[point]
    async with Stage() as stage:
        stage.responses.reply(stream(*sent, FAULTS[fault]))
        stage.responses.reply(message("again"))
        async with connected(stage) as client:
            await client.send(request(BODY))
            if sent:
                assert (await client.head())[0] == 200
                body = await client.chunk()
            else:
                body = b""
            rest, error = await read_all(stage, client, fault)
        assert (await ask(stage, BODY))[0] == 200
    assert rest == b""
    assert error is (ConnectionResetError if fault == "reset" else None)
    whole = [piece for piece in sent if not isinstance(piece, Raw)]
    assert len(events(body)) == len(whole)
    assert body.endswith(HALF.data) == (HALF in sent)
    (noted,) = stage.journal.select(kind("fault"))
    assert (noted.head, noted.json) == (fault, {"after": len(sent), "offset": len(body)})


async def test_a_fragmented_event_can_be_cut() -> None:
    """Data leaves in pieces of the given sizes up to the cut, and the last chunk never comes."""
    async with Stage() as stage:
        stage.responses.reply(stream(fragment([40]), created(), cut()))
        async with connected(stage) as client:
            await client.send(request(BODY))
            await client.head()
            first = await client.chunk()
            rest, error = await client.rest()
    assert len(first) == 40
    assert rest.startswith(b"28\r\n")
    assert not rest.endswith(b"0\r\n\r\n")
    assert error is None
    assert [entry.head for entry in stage.journal.select(kind("fault"))] == ["fragment", "cut"]


async def test_a_stall_lasts_until_the_client_leaves() -> None:
    """Nothing ends a stalled stream but the client, whose leaving is recorded and no error."""
    async with Stage() as stage:
        stage.responses.reply(stream(created(), stall()))
        async with connected(stage) as client:
            await client.send(request(BODY))
            await client.head()
            await client.chunk()
        left = await stage.journal.wait_for(kind("close"))
    assert left.head == "client left"
    assert left.re == stage.responses.requests[0].entry.seq


async def test_the_stage_ends_a_stall() -> None:
    """A stage that stops does not wait for a stalled stream."""
    async with Stage() as stage:
        stage.responses.reply(stream(created(), stall()))
        async with connected(stage) as client:
            await client.send(request(BODY))
            await client.head()
            await stage.journal.wait_for(kind("fault"))
            async with asyncio.timeout(5):
                await stage.stop()
    assert stage.journal.select(kind("close"))[0].head == "server stopped"


async def test_a_client_that_leaves_in_the_middle_is_no_error() -> None:
    """A client may go while a script is held: recorded, and the next request works."""
    async with Stage() as stage:
        gate = stage.responses.gate("middle")
        stage.responses.reply(stream(created(), gate, completed()))
        stage.responses.reply(message("next"))
        async with connected(stage) as client:
            await client.send(request(BODY))
            await gate.reached()
        await stage.journal.wait_for(kind("close") & head("client left"))
        gate.open()
        assert (await ask(stage, BODY))[0] == 200


async def test_a_client_that_does_not_read_does_not_hold_the_stage() -> None:
    """A large answer that nobody reads is dropped when the stage stops."""
    async with Stage() as stage:
        stage.responses.reply(stream(Raw(b"x" * 50_000_000)))
        async with connected(stage) as client:
            await client.send(request(BODY))
            await stage.journal.wait_for(kind("chunk"))
            async with asyncio.timeout(5):
                await stage.stop()


async def test_a_delay_is_loop_time() -> None:
    """A delay holds what follows for as long as it says, by the loop's clock."""
    async with Stage() as stage:
        stage.responses.reply(stream(created(), delay(0.05), completed()))
        await ask(stage, BODY)
    first, second = stage.journal.select(kind("chunk"))
    assert second.at - first.at >= 0.049


@pytest.mark.parametrize("sends", [(), (created(),)], ids=["before it sent", "after it sent"])
async def test_a_coroutine_that_raises_fails_the_test(sends: tuple[Any, ...]) -> None:
    """The finding names the place; the client gets a 500, or the end of what had begun."""

    async def broken(talk: Conversation) -> None:
        await talk.send(*sends)
        raise ZeroDivisionError("oops")

    async with unchecked() as stage:
        stage.responses.reply(broken)
        stage.responses.reply(message("next"))
        async with connected(stage) as client:
            await client.send(request(BODY))
            if sends:
                assert (await client.head())[0] == 200
                assert len(events(await client.chunk())) == 1
                assert await client.rest() == (b"", None)
            else:
                code, _, body = await client.answer()
                assert code == 500
                assert "oops" in error_of(body)["message"]
        assert (await ask(stage, BODY))[0] == 200
    with pytest.raises(Violation, match=r"reply-raised.*oops.*test_faults\.py:\d+, in broken"):
        stage.check()


async def test_a_connection_error_of_the_test_itself_is_no_departure() -> None:
    """A coroutine whose own client fails has raised; the mock's client has not left."""

    async def broken(_: Conversation) -> None:
        raise ConnectionRefusedError("another server")

    async with Stage() as stage:
        stage.waive("reply-raised")
        stage.responses.reply(broken)
        assert (await ask(stage, BODY))[0] == 500
    assert not stage.journal.select(kind("close"))


async def test_a_status_cannot_follow_data() -> None:
    """A coroutine that answers after it has streamed is told what to do instead."""

    async def late(talk: Conversation) -> None:
        await talk.send(created())
        await talk.send(status(429))

    async with unchecked() as stage:
        stage.responses.reply(late)
        async with connected(stage) as client:
            await client.send(request(BODY))
            await client.rest()
    with pytest.raises(Violation, match=r"status\(429\) cannot follow data"):
        stage.check()


async def test_a_coroutine_cannot_send_after_the_end() -> None:
    """After a mark that ends the connection, `send` says so."""

    async def dead(talk: Conversation) -> None:
        await talk.send(created(), cut())
        await talk.send(completed())

    async with unchecked() as stage:
        stage.responses.reply(dead)
        async with connected(stage) as client:
            await client.send(request(BODY))
            await client.rest()
    with pytest.raises(Violation, match="a mark has ended the connection"):
        stage.check()


async def test_a_coroutine_cannot_send_what_is_no_part() -> None:
    """A text or a script given to `send` is refused by name."""

    async def wrong(talk: Conversation) -> None:
        await talk.send("hello")

    async with unchecked() as stage:
        stage.responses.reply(wrong)
        assert (await ask(stage, BODY))[0] == 500
    with pytest.raises(Violation, match=r"send\(\): 'hello' cannot be sent by itself"):
        stage.check()


@pytest.mark.parametrize(
    ("parts", "error", "text"),
    [
        (("hello",), TypeError, r"message\('\.\.\.'\)"),
        ((), ValueError, "at least one part"),
        ((status(500), message("x")), TypeError, "comes last"),
        ((stream(created()), message("x")), ValueError, "stands alone"),
    ],
    ids=["text", "nothing", "status first", "two scripts"],
)
async def test_a_wrong_reply_is_refused_where_it_is_given(
    parts: tuple[Any, ...], error: type[Exception], text: str
) -> None:
    """What makes no reply raises in the test's own line."""
    async with Stage() as stage:
        with pytest.raises(error, match=text):
            stage.responses.reply(*parts)


async def test_a_coroutine_stands_alone() -> None:
    """A coroutine function beside other parts is refused."""

    async def reply(_: Conversation) -> None: ...

    async with Stage() as stage:
        with pytest.raises(TypeError, match="give it alone"):
            stage.responses.reply(reply, message("x"))
