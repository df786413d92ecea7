"""`POST /v1/realtime/client_secrets`: what is made, what it stands for, and when it is over."""

import json
from typing import Any

import pytest
from openai import AsyncOpenAI, BadRequestError

from agent_rehearsal import Stage, path, refuse
from mock_realtime.secrets import EPOCH, merged
from suites.realtime.offers import OFFER, call, post

SESSION = {"type": "realtime", "instructions": "be brief", "audio": {"output": {"voice": "cedar"}}}


async def secret(stage: Stage, **asked: Any) -> str:
    """A client secret."""
    status, _, text = await post(
        stage, "client_secrets", json.dumps(asked), content_type="application/json"
    )
    assert status == 200, text
    return str(json.loads(text)["value"])


@pytest.mark.explore
async def test_the_sdk_gets_a_secret(stage: Stage) -> None:
    """Of the official shape, for both kinds of session, with and without a wish."""
    async with AsyncOpenAI(base_url=stage.base_url, api_key="k", max_retries=0) as client:
        secrets = client.realtime.client_secrets
        made = await secrets.create(session=SESSION, expires_after={"seconds": 60})  # type: ignore[arg-type]
        assert made.value.startswith("ek_")
        assert made.session.type == "realtime"
        assert made.session.instructions == "be brief"
        other = await secrets.create(session={"type": "transcription"})
        assert (other.session.type, other.value != made.value) == ("transcription", True)
        assert 0 <= other.expires_at - made.expires_at - (600 - 60) <= 5
        assert other.expires_at > EPOCH
        assert (await secrets.create()).session.id.startswith("sess_")
        with pytest.raises(BadRequestError, match="expected 10 to 7200"):
            await secrets.create(expires_after={"seconds": 5})


@pytest.mark.explore
@pytest.mark.parametrize(
    ("body", "code", "param", "why"),
    [
        (b"[]", None, None, "expected an object"),
        (b'{"session": 1}', None, "session", "expected an object"),
        (b'{"session": {"type": "x"}}', None, "session.type", "expected one of realtime"),
        (
            b'{"session": {"session_id": "s"}}',
            "unknown_parameter",
            "session.session_id",
            "unknown field",
        ),
        (b'{"session": {"audio": 7}}', "invalid_type", "session.audio", "got `int`"),
        (b'{"expires_after": {"seconds": "soon"}}', None, "expires_after", "Expected `int`"),
        (b'{"expires_after": {"seconds": 7201}}', None, "expires_after.seconds", "10 to 7200"),
        (b'{"expires_after": {"anchor": "now"}}', None, "expires_after.anchor", "'created_at'"),
    ],
)
async def test_what_makes_no_secret_is_refused(
    stage: Stage, body: bytes, code: str | None, param: str | None, why: str
) -> None:
    """400 that names the field; with the code of an update where that would refuse it too."""
    status, _, text = await post(stage, "client_secrets", body, content_type="application/json")
    error = json.loads(text)["error"]
    assert (status, error["code"], error["param"]) == (400, code, param)
    assert why in error["message"]


@pytest.mark.explore
async def test_a_secret_gives_a_call_its_session(stage: Stage) -> None:
    """What the call itself asks for is laid over it, field by field."""
    value = await secret(stage, session=SESSION)
    own = {"type": "realtime", "audio": {"input": {"noise_reduction": None}}}
    body = json.dumps({"sdp": OFFER, "session": own})
    headers = {"content_type": "application/json", "authorization": f"Bearer {value}"}
    assert (await post(stage, "calls", body, **headers))[0] == 201
    assert stage.realtime.calls[0].session == {
        "type": "realtime",
        "instructions": "be brief",
        "audio": {"output": {"voice": "cedar"}, "input": {"noise_reduction": None}},
    }


@pytest.mark.explore
async def test_a_secret_ends_with_its_time(stage: Stage) -> None:
    """By the clock of the loop; then 401, and another key is as good as ever."""
    value = await secret(stage, session=SESSION, expires_after={"seconds": 10})
    await call(stage, authorization=f"Bearer {value}")
    view = await stage.realtime.wait_for(path("/v1/realtime/calls"))
    assert stage.realtime.session_of(view.entry) == SESSION
    stage.realtime.expire_client_secrets()
    status, _, text = await post(
        stage, "calls", OFFER, content_type="application/sdp", authorization=f"Bearer {value}"
    )
    assert (status, json.loads(text)["error"]["code"]) == (401, "client_secret_expired")
    await call(stage, authorization="Bearer ek_of_somebody_else")


@pytest.mark.explore
async def test_a_secret_is_shown_nowhere(stage: Stage) -> None:
    """It has a label in place of its value."""
    value = await secret(stage)
    assert value not in stage.timeline()
    assert "<secret " in stage.timeline()


@pytest.mark.explore
async def test_a_secret_can_be_refused(stage: Stage) -> None:
    """As every answer."""
    stage.realtime.reply_client_secret(refuse(403), headers={"x-more": "1"})
    assert (await post(stage, "client_secrets"))[0] == 403


def test_sessions_are_merged_field_by_field() -> None:
    """Objects inside are merged, all else is replaced; nothing that was given is changed."""
    below = {"a": {"b": 1, "c": [1]}, "d": 1}
    assert merged(below, {"a": {"c": [2]}, "d": {"e": 1}}) == {
        "a": {"b": 1, "c": [2]},
        "d": {"e": 1},
    }
    assert below == {"a": {"b": 1, "c": [1]}, "d": 1}
