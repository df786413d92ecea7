"""Handshakes and frames that are none: each is recorded, named and answered."""

import pytest

from agent_rehearsal import Stage, direction, kind
from suites.realtime.sockets import findings, frames, open_socket, received
from suites.wire.raw_client import connected, error_of, frame, upgrade

pytestmark = pytest.mark.explore


@pytest.mark.parametrize(
    ("opcode", "payload", "why"),
    [
        (1, b"no json", "not JSON (7 bytes)"),
        (1, b"[]", "a JSON list, expected an object"),
        (2, b"\x00\x01", "not JSON (2 bytes)"),
    ],
    ids=["text", "list", "binary"],
)
async def test_a_message_that_is_no_object_is_named(
    stage: Stage, opcode: int, payload: bytes, why: str
) -> None:
    """Recorded as it came, answered with an error event; no reply is used up."""
    rule = stage.realtime.reply({"type": "x"}, optional=True)
    async with connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        await client.send(frame(opcode, payload))
        await stage.journal.wait_for(kind("frame") & direction("out"))
    (incoming, answer) = stage.journal.select(kind("frame"))
    assert incoming.raw == payload
    error = answer.json["error"]
    assert error["code"] == "rehearsal_undecodable"
    assert (error["param"], error["event_id"]) == (None, None)
    assert why in findings(stage)["undecodable"]
    assert rule.answered == []


async def test_a_message_that_is_nested_without_end_is_named(stage: Stage) -> None:
    """As one that is no JSON; those who look at it afterwards pass it over."""
    async with open_socket(stage) as client:
        await client.send('{"other":' + "[" * 100_000)
        assert (await received(client))["error"]["code"] == "rehearsal_undecodable"
    assert "undecodable" in findings(stage)


async def test_text_that_is_no_utf8_is_kept_and_refused(stage: Stage) -> None:
    """The bytes are in the journal, the client gets 1007 as RFC 6455 asks."""
    async with connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        await client.send(frame(1, b'"\xff"'))
        assert (await client.exactly(4))[2:] == b"\x03\xef"
        await client.send(frame(8, b"\x03\xef"))
        await client.rest()
    assert frames(stage)[0] == ("in", "text", b'"\xff"')
    assert "no UTF-8" in findings(stage)["damaged-frame"]


async def test_what_is_no_frame_is_named(stage: Stage) -> None:
    """A frame that breaks the protocol: a finding, a Close frame, an end."""
    async with connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        await client.send(b"\xf3\x80\x00\x00\x00\x00")
        raw, _ = await client.rest()
    assert raw[2:4] == b"\x03\xea"
    assert "broke RFC 6455" in findings(stage)["damaged-frame"]
    assert stage.journal.select(kind("close"))[0].head == "protocol error"


@pytest.mark.parametrize("missing", ["Sec-WebSocket-Key", "Sec-WebSocket-Version", "Connection"])
async def test_a_handshake_lacks_nothing(stage: Stage, missing: str) -> None:
    """An upgrade without what RFC 6455 asks for gets a 400 that says what, and no 101."""
    async with connected(stage) as client:
        await client.send(upgrade(headers={missing: ""}))
        code, _, body = await client.answer()
    assert code == 400
    assert missing.lower() in error_of(body)["message"]
    assert "bad-handshake" in findings(stage)
    assert [e.status for e in stage.journal.select(kind("response"))] == [400]


async def test_an_upgrade_of_another_path_is_not_served(stage: Stage) -> None:
    """404, and where upgrades are served."""
    async with connected(stage) as client:
        await client.send(upgrade("/v1/other"))
        code, _, body = await client.answer()
    assert code == 404
    assert "a WebSocket upgrade of /v1/other is not served" in error_of(body)["message"]
    assert "upgrades of /v1/realtime" in error_of(body)["message"]
