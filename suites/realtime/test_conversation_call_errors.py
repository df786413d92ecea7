"""What the user is told of a call that the server does not make."""

import pytest

from agent_rehearsal import refuse
from agent_rehearsal.face.agent import AgentFailed, Codex
from codex_core.protocol.realtime_ops import WebRtc
from mock_realtime import MockRealtime
from suites.realtime.talking import STARTED, closes, errors

pytestmark = pytest.mark.explore
OFFER = WebRtc(sdp="v=offer\r\n")
TOLD: list[tuple[int, int, str]] = [
    (400, 1, '{"error":{"message":"no such thing"'),
    (401, 1, "unexpected status 401 Unauthorized: no such thing, url: "),
    (404, 1, "unexpected status 404 Not Found: no such thing, url: "),
    (429, 1, "exceeded retry limit, last status: 429 Too Many Requests"),
    (500, 3, "The provider had an internal error (status 500). That often passes"),
    (503, 3, "unexpected status 503 Service Unavailable: no such thing, url: "),
]


@pytest.mark.parametrize(("status", "asked", "text"), TOLD)
async def test_the_error_says_what_the_server_said(
    realtime: MockRealtime, codex: Codex, status: int, asked: int, text: str
) -> None:
    """Nothing was started, so nothing is closed; what may pass is tried again before."""
    realtime.reply_call(refuse(status, message="no such thing"), times=asked)
    thread = await codex(provider={"request_max_retries": 2}).start()
    with pytest.raises(AgentFailed):
        await thread.start_realtime(transport=OFFER)
    (error,) = errors(thread)
    assert error.startswith(text)
    assert closes(thread) == []
    assert not [event for event in thread.events if STARTED(event)]
