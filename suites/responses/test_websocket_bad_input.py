"""Messages that are no requests: each is recorded, named and answered; none uses up a reply, and
the connection goes on.
"""

import json
from typing import Any

import pytest

from agent_rehearsal import Stage, direction, kind, of_type
from mock_responses import created, event, message, raw_event, stream, text_delta
from suites.responses.sockets import CREATE, ask, asked, by_hand, findings, open_socket, received
from suites.wire.raw_client import frame, unchecked

pytestmark = pytest.mark.explore

BROKEN = {
    "half an object": '{"type": "response.create", "input": ',
    "not JSON": "response.create",
    "nothing": "",
    "a list": "[1, 2]",
    "null": "null",
    "a number": "5",
    "deep": "[" * 5000,
}
UNKNOWN: dict[str, Any] = {
    "misspelt": {**CREATE, "type": "responses.create"},
    "another's": {"type": "session.update", "session": {}},
    "no type": {"input": "hi"},
    "a type that is a number": {**CREATE, "type": 5},
    "a type that is null": {**CREATE, "type": None},
}


@pytest.mark.parametrize("name", BROKEN)
async def test_what_is_no_object_is_named(name: str) -> None:
    """An error frame and the finding `undecodable`, with what came."""
    async with unchecked() as stage:
        stage.responses.reply(message("kept"))
        async with open_socket(stage) as client:
            (error,) = await ask(client, BROKEN[name])
            assert "kept" in json.dumps(await ask(client))
        assert list(findings(stage)) == ["undecodable"]
        assert stage.journal.select(kind("frame"))[0].raw == BROKEN[name].encode()
    assert error["error"]["code"] == "rehearsal_undecodable"


@pytest.mark.parametrize("name", UNKNOWN)
async def test_a_message_of_an_unknown_type_is_refused(name: str) -> None:
    """Its type is named, and what was expected."""
    async with unchecked() as stage:
        stage.responses.reply(message("kept"))
        async with open_socket(stage) as client:
            (error,) = await ask(client, UNKNOWN[name])
            assert "kept" in json.dumps(await ask(client))
        text = findings(stage)["refused-frame"]
    assert f"is of type {UNKNOWN[name].get('type')!r}" in text
    assert "expected 'response.create'" in text
    assert error["error"] == {
        "type": "invalid_request_error",
        "code": "rehearsal_refused_frame",
        "message": text,
    }


async def test_a_message_of_another_type_can_be_answered() -> None:
    """By a reply whose condition names the type; others do not answer it."""
    async with Stage() as stage:
        stage.responses.reply(message("for requests"))
        stage.responses.reply(stream(event("response.steered")), when=of_type("response.steer"))
        async with open_socket(stage) as client:
            await client.send('{"type": "response.steer"}')
            assert (await received(client))["type"] == "response.steered"
            assert "for requests" in json.dumps(await ask(client))


async def test_rivals_for_another_type_are_a_finding() -> None:
    """As for requests."""
    async with unchecked() as stage:
        for more in (kind("frame"), direction("in")):
            when = of_type("response.steer") & more
            stage.responses.reply(stream(created()), when=when, optional=True)
        async with open_socket(stage) as client:
            (error,) = await ask(client, {"type": "response.steer"})
        assert "ambiguous" in findings(stage)
    assert error["error"]["code"] == "rehearsal_ambiguous"


@pytest.mark.parametrize(
    "data", [b"\xff\x00", b"", json.dumps(CREATE).encode()], ids=["noise", "nothing", "a request"]
)
async def test_a_binary_message_is_refused(data: bytes) -> None:
    """Also one that holds a request: the API takes text."""
    async with unchecked() as stage:
        stage.responses.reply(message("kept"))
        async with open_socket(stage) as client:
            (error,) = await ask(client, data)
            assert "kept" in json.dumps(await ask(client))
        text = findings(stage)["refused-frame"]
        (recorded, *_) = stage.journal.select(kind("frame"))
    assert (recorded.head, recorded.raw) == ("binary", data)
    assert "is a binary message; send JSON in a text message" in text
    assert error["status"] == 400


async def test_a_refused_message_can_be_waived() -> None:
    """The client gets the error all the same."""
    async with Stage() as stage:
        stage.waive("refused-frame")
        async with open_socket(stage) as client:
            assert (await ask(client, b"x"))[0]["type"] == "error"


@pytest.mark.explore(0)  # its matter is size, not order
async def test_ten_megabytes_are_a_request() -> None:
    """There is no limit on the size of a message, in either direction."""
    long = "x" * 10_000_000
    async with Stage() as stage:
        stage.responses.reply(message(long))
        async with open_socket(stage, max_size=None, compression=None) as client:
            found = await ask(client, {**CREATE, "input": long})
        assert stage.responses.requests[0].texts("user") == [long]
    assert found[-1]["response"]["output"][0]["content"][0]["text"] == long


async def test_a_request_while_junk_is_answered_is_no_overlap() -> None:
    """Only requests are one at a time."""
    async with unchecked() as stage:
        stage.responses.reply(message("x"))
        async with open_socket(stage) as client:
            await client.send("junk")
            await client.send(json.dumps(CREATE))
            assert [(await received(client))["type"] for _ in range(2)] == [
                "error",
                "response.created",
            ]
        assert list(findings(stage)) == ["undecodable"]


async def test_the_same_request_twice_is_two_requests() -> None:
    """One after the other nothing is wrong with it: each uses up a reply."""
    async with Stage() as stage:
        stage.responses.reply(message("one"))
        stage.responses.reply(message("two"))
        async with open_socket(stage) as client:
            assert await asked(client) != await asked(client)


async def test_a_message_cut_off_by_the_client_is_no_request() -> None:
    """A frame that never ends is not answered; the end of the connection is recorded."""
    async with Stage() as stage:
        rule = stage.responses.reply(message("kept"), optional=True)
        async with by_hand(stage) as client:
            await client.send(frame(1, b'{"type":"response.create"}')[:-5])
        await stage.journal.wait_for(kind("close"))
        assert rule.answered == []


@pytest.mark.parametrize(
    "sent",
    [
        raw_event(b'{"type":"response.completed"'),
        raw_event(b'{"type":"response.completed","response":5}'),
        raw_event(b'{"type":"response.output_item.done","item":[]}'),
        raw_event(b'["response.completed"]'),
        raw_event(b'{"error":true}'),
        raw_event(b'{"type":["response.failed"],"response":{"id":5}}'),
        raw_event(b"\xff response.completed"),
        text_delta("response.completed"),
    ],
    ids=repr,
)
async def test_a_server_may_send_anything(sent: Any) -> None:
    """What a script sends is the script's: the server itself reads over what makes no sense."""
    async with Stage() as stage:
        stage.responses.reply(stream(created(), sent))
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            await received(client)
            assert await client.recv()
