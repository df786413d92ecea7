"""`/v1/live`, where later previews of the Codex CLI look for a protocol v3: it is not served."""

import json

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from agent_rehearsal import Stage
from suites.realtime.offers import OFFER

pytestmark = pytest.mark.explore
PATHS = ["live?model=gpt-live-1-codex", "live/rtc_1", "live/rtc_1?call_id=rtc_1"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_socket_is_refused(live: Stage, path: str) -> None:
    """With 404 and where sockets are served; no session comes of it."""
    url = f"{live.base_url.replace('http', 'ws', 1)}/{path}"
    alpha = {"openai-alpha": "quicksilver=v2"}
    with pytest.raises(InvalidStatus) as caught:
        await connect(url, additional_headers=alpha)
    assert caught.value.response.status_code == 404
    assert "/v1/realtime" in json.loads(caught.value.response.body)["error"]["message"]
    assert live.realtime.sessions == []


async def test_a_call_is_refused(live: Stage) -> None:
    """404, and no call comes of it; it is recorded as no traffic of the API's."""
    headers = {"content-type": "application/sdp"}
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"{live.base_url}/live", data=OFFER, headers=headers) as answer,
    ):
        assert answer.status == 404
    assert live.realtime.calls == []
    assert {entry.source for entry in live.journal} == {"harness"}
