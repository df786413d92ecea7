"""The shape of the Realtime API before GA, which the openai SDK for Python still speaks.

It dials `wss` whatever URL it is given.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agent_rehearsal import of_type
from mock_realtime import MockRealtime, text
from mock_responses import MockResponses
from suites.interop.drivers.turns import Told
from suites.interop.sdks import BETA_SDKS, Sdk

pytestmark = [
    pytest.mark.interop,
    pytest.mark.rehearsal(tls=True),
    pytest.mark.parametrize("sdk", BETA_SDKS, ids=[sdk.label for sdk in BETA_SDKS]),
]


@pytest.fixture
def env(responses: MockResponses, home: Path) -> Mapping[str, str]:
    """What a library finds the mock by."""
    home.mkdir()
    return {**responses.env, "HOME": str(home)}


async def test_a_written_answer_in_the_beta_shape(
    sdk: Sdk,
    realtime: MockRealtime,
    env: Mapping[str, str],
    works: Callable[[str, str], None],
) -> None:
    """Where the mock serves it, the names and the settings are those of the beta."""
    realtime.beta = "serve"
    realtime.reply(text("hello", " there"))
    version, told = await sdk.take("beta", env)

    assert told == Told(text="hello there", deltas=["hello", " there"])
    (session,) = realtime.sessions
    assert session.shape == "beta"
    assert session.opened.header("openai-beta") == "realtime=v1"
    assert session.received(of_type("session.update"))[0].session == {"modalities": ["text"]}
    works(sdk.name, version)
