"""What clients cannot do in realtime whatever the mock does; the table of clients says so."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from mock_realtime import MockRealtime
from mock_responses import MockResponses
from suites.interop.codex_cli import VERSIONS
from suites.interop.codex_realtime import talking
from suites.interop.sdks import BETA_SDKS, REALTIME_SDKS, Sdk
from suites.realtime.offers import OFFER

pytestmark = pytest.mark.interop
(NODE,) = (sdk for sdk in REALTIME_SDKS if sdk.name == "openai Node")
NEED_TLS = [(NODE, "written"), *((sdk, "beta") for sdk in BETA_SDKS)]


@pytest.mark.rehearsal(waive="damaged-head")
@pytest.mark.parametrize(("sdk", "turn"), NEED_TLS, ids=[f"{sdk.label}-{t}" for sdk, t in NEED_TLS])
async def test_a_client_that_dials_wss_reaches_no_plain_server(
    sdk: Sdk, turn: str, realtime: MockRealtime, responses: MockResponses, home: Path
) -> None:
    """It says that this is no TLS, and there is no session."""
    home.mkdir()
    with pytest.raises(AssertionError, match=r"(?i)ssl"):
        await sdk.take(turn, {**responses.env, "HOME": str(home)})
    assert realtime.sessions == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_codex_cli_does_not_speak_v2_over_webrtc(
    version: str, realtime: MockRealtime, responses: MockResponses, home: Path, work: Path
) -> None:
    """It says which version that needs, and asks for nothing."""
    env: Mapping[str, str] = responses.codex_home(home)
    async with talking(version, work=work, env=env) as talk:
        await talk.start(version="v2", transport={"type": "webrtc", "sdp": OFFER})
        assert "v1" in (await talk.told("error"))["message"]
    assert realtime.calls == []
    assert talk.names() == ["error"]
