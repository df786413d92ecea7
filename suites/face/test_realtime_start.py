"""How a test starts a conversation of the agent's: by the fields of its operation."""

from typing import Any

import pytest

from agent_rehearsal.face.agent import Codex
from agent_rehearsal.face.realtime import start_of
from codex_core.protocol.realtime_ops import WebRtc

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"session_id": "s"}, "there is no 'session_id', did you mean 'realtime_session_id'?"),
    ({"sdp": "v=0"}, "there is no 'sdp'. Known are client_managed_handoffs, "),
    ({"version": "v3"}, "Invalid enum value 'v3'"),
    ({"transport": {"type": "post"}}, "Invalid value 'post'"),
    ({"transport": {"type": "webrtc"}}, "missing required field `sdp`"),
    ({"voice": 7}, "Expected `str | null`, got `int`"),
]


@pytest.mark.parametrize(("fields", "told"), WRONG)
async def test_a_wrong_field_is_refused_where_it_is_given(
    codex: Codex, fields: dict[str, Any], told: str
) -> None:
    """By its name and what there is; nothing is sent."""
    with pytest.raises(TypeError) as caught:
        await codex.start(realtime=fields)
    assert str(caught.value).startswith("realtime: ")
    assert told in str(caught.value)


@pytest.mark.parametrize("transport", [WebRtc(sdp="v"), {"type": "webrtc", "sdp": "v"}])
def test_an_object_may_be_a_dict(transport: Any) -> None:
    """As it stands on the wire."""
    assert start_of({"transport": transport}).transport == WebRtc(sdp="v")
