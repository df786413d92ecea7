"""The calls of clients that are not ours: a secret, an offer, a WebSocket beside it, the end."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mock_realtime import MockRealtime, call_answer, text
from mock_responses import MockResponses
from suites.interop.drivers.turns import Told
from suites.interop.sdks import CALLING_SDKS, Sdk
from suites.realtime.offers import OFFER

pytestmark = [
    pytest.mark.interop,
    pytest.mark.parametrize("sdk", CALLING_SDKS, ids=[sdk.label for sdk in CALLING_SDKS]),
]
ANSWER = "v=0\r\nthe answer\r\n"


@pytest.fixture
def env(responses: MockResponses, home: Path) -> Mapping[str, str]:
    """What a library finds the mock by, and what it is to offer."""
    home.mkdir()
    return {**responses.env, "HOME": str(home), "OFFER": OFFER}


async def test_a_call_with_a_client_secret_and_a_sideband(
    sdk: Sdk,
    realtime: MockRealtime,
    env: Mapping[str, str],
    works: Callable[[str, str], None],
) -> None:
    """The call has the session of the secret that it was made with; it ends when it is hung up."""
    realtime.reply_call(call_answer(ANSWER, id="rtc_1"))
    realtime.reply(text("hello", " there"))
    version, told = await sdk.take("call", env)

    assert told == Told(text=ANSWER, deltas=["hello", " there"])
    (made,) = realtime.calls
    assert made.entry is not None
    assert str(made.entry.header("authorization")).startswith("Bearer ek_")
    assert made.offered is not None
    assert made.offered.sdp == OFFER
    assert made.session["output_modalities"] == ["text"]
    assert made.state == "hung up"
    (session,) = realtime.sessions
    assert session.opened.query == {"call_id": "rtc_1"}
    works(sdk.name, version)
