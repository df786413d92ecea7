"""`POST /v1/realtime/calls` and what may be done to a call: forms, answers, scripts, bad input."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError

from agent_rehearsal import Conversation, Stage, Violation, cut, kind, path, refuse
from agent_rehearsal.wire import Answer
from mock_realtime import call_answer
from mock_realtime.sdp import answer_to, read_offer
from suites.realtime.offers import OFFER, call, multipart, post
from suites.wire.raw_client import unchecked

pytestmark = pytest.mark.explore

SESSION = {"type": "realtime", "model": "gpt-realtime", "audio": {"output": {"voice": "marin"}}}
CALLS = "/v1/realtime/calls"


async def test_a_description_alone_makes_a_call(stage: Stage) -> None:
    """201, the answer as SDP, and where the call is."""
    status, headers, text = await post(stage, "calls", OFFER, content_type="application/sdp")
    assert status == 201
    assert headers["content-type"] == "application/sdp"
    assert headers["location"] == f"{CALLS}/rtc_00000001"
    assert text == answer_to(read_offer(OFFER), "rtc_00000001")
    (made,) = stage.realtime.calls
    assert (made.id, made.answer, dict(made.session)) == ("rtc_00000001", text, {})


async def test_a_form_has_the_session_beside_the_description(stage: Stage) -> None:
    """As the Codex CLI and the SDK send it; the request can be waited for by what it carries."""
    headers, body = multipart(
        sdp=("application/sdp", OFFER), session=("application/json", json.dumps(SESSION))
    )
    query = "?intent=quicksilver&architecture=avas"
    status, found, _ = await post(stage, f"calls{query}", body, **headers)
    assert (status, found["location"]) == (201, f"{CALLS}/rtc_00000001")
    view = await stage.realtime.wait_for(path(CALLS))
    assert view.sdp == OFFER
    assert view.session == SESSION
    assert view.entry.query == {"intent": "quicksilver", "architecture": "avas"}
    assert stage.realtime.calls[0].session == SESSION


async def test_json_has_both_as_well(stage: Stage) -> None:
    """So the Codex CLI asks its own backend."""
    body = json.dumps({"sdp": OFFER, "session": SESSION})
    assert (await post(stage, "calls", body, content_type="application/json"))[0] == 201
    assert stage.realtime.calls[0].session == SESSION


async def test_the_sdk_makes_and_ends_calls(stage: Stage) -> None:
    """The official client takes the answer, and has an error for what is none."""
    async with AsyncOpenAI(base_url=stage.base_url, api_key="k", max_retries=0) as client:
        calls = client.realtime.calls
        made = await calls.create(sdp=OFFER, session={"type": "realtime"})
        assert made.text.startswith("v=0\r\n")
        id = made.response.headers["location"].rpartition("/")[2]
        await calls.accept(id, type="realtime", instructions="be brief")
        assert stage.realtime.calls[0].session["instructions"] == "be brief"
        await calls.refer(id, target_uri="tel:+14155550123")
        await calls.hangup(id)
        with pytest.raises(NotFoundError, match="No session was found"):
            await calls.hangup(id)
        with pytest.raises(BadRequestError, match="expected a 'v=' line"):
            await calls.create(sdp="v=offer\r\n")


@pytest.mark.parametrize(
    ("headers", "body", "code", "param", "why"),
    [
        ("application/sdp", b"v=offer\r\n", "invalid_offer", None, "expected a 'v=' line"),
        ("application/sdp", b"", "invalid_offer", None, "the offer is empty"),
        ("application/sdp", b"\xff", None, "sdp", "no UTF-8"),
        ("text/plain", b"v=0", "unsupported_content_type", None, "expected application/sdp"),
        ("multipart/form-data", b"", None, None, "expected a boundary"),
        ("multipart/form-data; boundary=b", b"--b\r\n", None, None, "does not end with"),
        ("application/json", b"[]", None, None, "expected an object"),
        ("application/json", b"{", None, None, "is no JSON"),
        ("application/json", b"{}", "missing_required_parameter", "sdp", "no session descr"),
        ("application/json", b'{"sdp": 7}', None, "sdp", "sdp is 7; expected a text"),
        ("application/json", b'{"sdp": "v", "session": 1}', None, "session", "expected an object"),
        pytest.param(
            *("application/json", b'{"sdp": ' + b"[" * 20_000, None, None, "is no JSON"),
            id="nested without end",
        ),
    ],
)
async def test_what_makes_no_call_is_refused(
    stage: Stage, headers: str, body: bytes, code: str | None, param: str | None, why: str
) -> None:
    """400 in the API's shape, which says what is wrong; no call comes of it."""
    status, _, text = await post(stage, "calls", body, content_type=headers)
    error = json.loads(text)["error"]
    assert (status, error["type"]) == (400, "invalid_request_error")
    assert (error["code"], error["param"]) == (code, param)
    assert why in error["message"]
    assert stage.realtime.calls == []


async def test_a_session_that_is_no_json_is_refused(stage: Stage) -> None:
    """The part is named."""
    headers, body = multipart(sdp=("application/sdp", OFFER), session=("application/json", "{"))
    status, _, text = await post(stage, "calls", body, **headers)
    assert status == 400
    assert json.loads(text)["error"]["param"] == "session"


@pytest.mark.parametrize(
    ("session", "code", "param"),
    [
        ({"type": "other"}, "invalid_value", "session.type"),
        ({"type": "realtime", "session_id": "s"}, "unknown_parameter", "session.session_id"),
        ({"audio": {"output": {"voice": "cove"}}}, "invalid_value", "session.audio.output.voice"),
        ({"type": "quicksilver", "tools": []}, "unknown_parameter", "session.tools"),
        ({"output_modalities": []}, "invalid_value", "session.output_modalities"),
    ],
)
async def test_a_session_that_the_api_does_not_take_is_refused(
    stage: Stage, session: dict[str, Any], code: str, param: str
) -> None:
    """As in an update of one; no call comes of it."""
    told = json.dumps(session)
    headers, body = multipart(sdp=("application/sdp", OFFER), session=("application/json", told))
    status, _, text = await post(stage, "calls", body, **headers)
    error = json.loads(text)["error"]
    assert (status, error["code"], error["param"]) == (400, code, param)
    assert stage.realtime.calls == []


async def test_a_form_without_a_description_is_refused(stage: Stage) -> None:
    """What there was is listed."""
    headers, body = multipart(session=("application/json", "{}"))
    status, _, text = await post(stage, "calls", body, **headers)
    assert status == 400
    assert "the parts are session" in json.loads(text)["error"]["message"]


async def test_an_answer_can_be_scripted(stage: Stage) -> None:
    """With a description of its own a reply takes any offer; id and Location are its to choose."""
    stage.realtime.reply_call(
        call_answer("v=0\r\nanswer\r\n", id="rtc_mine", location="/v1/realtime/rtc_mine"),
        headers={"x-more": "1"},
    )
    status, headers, text = await post(
        stage, "calls", "v=offer\r\n", content_type="application/sdp"
    )
    assert (status, text) == (201, "v=0\r\nanswer\r\n")
    assert (headers["location"], headers["x-more"]) == ("/v1/realtime/rtc_mine", "1")
    assert [each.id for each in stage.realtime.calls] == ["rtc_mine"]
    assert stage.realtime.calls[0].offered is not None


async def test_a_call_can_be_refused_held_and_cut(stage: Stage) -> None:
    """The marks and whole answers of every reply, one after the other."""
    gate = stage.realtime.gate("before the answer")
    stage.realtime.reply_call(refuse(500, message="busy"))
    stage.realtime.reply_call(gate)
    stage.realtime.reply_call(cut())
    status, _, text = await post(stage, "calls", OFFER, content_type="application/sdp")
    assert (status, json.loads(text)["error"]["message"]) == (500, "busy")
    asking = asyncio.create_task(call(stage))
    await gate.reached()
    assert stage.realtime.calls == []
    gate.open()
    assert await asking == "rtc_00000001"
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await call(stage)
    assert [entry.head for entry in stage.journal.select(kind("fault"))] == ["cut"]


async def test_a_coroutine_can_answer_a_call(stage: Stage) -> None:
    """It is given the request, and returns what answers it."""

    async def answer(talk: Conversation) -> Answer | None:
        return refuse(503) if "video" in talk.request.sdp else None  # type: ignore[attr-defined]

    stage.realtime.reply_call(answer, times=2)
    assert (await post(stage, "calls", OFFER, content_type="application/sdp"))[0] == 503
    assert await call(stage, OFFER.replace("m=video", "m=text")) == "rtc_00000001"


async def test_what_cannot_answer_a_call_is_refused(stage: Stage) -> None:
    """Where it is given, with what can."""
    with pytest.raises(TypeError, match=r"call_answer\(\.\.\.\) or refuse"):
        stage.realtime.reply_call({"type": "session.created"})
    with pytest.raises(TypeError, match="cannot be given here"):
        stage.realtime.reply_call(call_answer(), refuse(500))
    with pytest.raises(TypeError, match="expected a text"):
        call_answer(1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="accept, reject, refer, hangup"):
        stage.realtime.reply_call_action("hold", refuse(500))


async def test_an_unused_reply_to_a_call_is_a_finding() -> None:
    """As for every reply."""
    async with unchecked() as stage:
        stage.realtime.reply_call(refuse(500))
        stage.realtime.reply_client_secret(refuse(500))
        stage.realtime.reply_call_action("hangup", refuse(500))
        with pytest.raises(Violation) as caught:
            stage.check()
    assert str(caught.value).count("was not asked for") == 3


@pytest.mark.parametrize(
    ("action", "body", "param"),
    [
        ("accept", {"type": "other"}, "type"),
        ("accept", {}, "type"),
        ("accept", {"type": "realtime", "session_id": "s"}, "session_id"),
        ("reject", {"status_code": "busy"}, "status_code"),
        ("reject", {"status_code": 200}, "status_code"),
        ("refer", {"target_uri": 1}, "target_uri"),
        ("refer", {}, "target_uri"),
        ("hangup", [], None),
    ],
)
async def test_an_action_checks_its_body(
    stage: Stage, action: str, body: object, param: str | None
) -> None:
    """400 that names the field, and the call goes on."""
    id = await call(stage)
    status, _, text = await post(
        stage, f"calls/{id}/{action}", json.dumps(body), content_type="application/json"
    )
    assert (status, json.loads(text)["error"]["param"]) == (400, param)
    assert not stage.realtime.calls[0].ended


async def test_a_call_ends_once(stage: Stage) -> None:
    """Rejected or hung up it is not found any more; one of another server can be made known."""
    id = await call(stage)
    stage.realtime.add_call("rtc_phone")
    assert (await post(stage, "calls/rtc_phone/reject"))[0] == 200
    assert (await post(stage, f"calls/{id}/hangup"))[0] == 200
    status, _, text = await post(stage, f"calls/{id}/hangup")
    assert (status, json.loads(text)["error"]["code"]) == (404, "call_id_not_found")
    assert [each.state for each in stage.realtime.calls] == ["hung up", "rejected"]


async def test_an_action_can_be_refused(stage: Stage) -> None:
    """The refusal changes nothing."""
    id = await call(stage)
    stage.realtime.reply_call_action("hangup", refuse(500))
    assert (await post(stage, f"calls/{id}/hangup"))[0] == 500
    assert not stage.realtime.calls[0].ended


async def test_an_id_is_a_call_s_and_its_own(stage: Stage) -> None:
    """Another prefix, or one that is taken, is refused."""
    stage.realtime.add_call("rtc_1")
    with pytest.raises(ValueError, match="there is a call 'rtc_1' already"):
        stage.realtime.add_call("rtc_1")
    with pytest.raises(ValueError, match="expected rtc_"):
        stage.realtime.add_call("call_1")
