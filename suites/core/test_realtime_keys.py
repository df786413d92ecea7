"""The key of a realtime WebSocket beside a ChatGPT account, which is none."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from codex_core import Codex, Runtime
from codex_core.protocol.realtime_ops import RealtimeConversationStart
from suites.core.exchanges import Wire, ok, write_login
from suites.core.fakes import events_until, make_config
from suites.core.sockets import FakeSocket, Opener

ENV = {"OPENAI_API_KEY": "from-env"}
OPENAI = {"name": "OpenAI", "requires_openai_auth": True}


async def started(
    home: Path, provider: Mapping[str, Any], env: Mapping[str, str]
) -> tuple[str | None, Mapping[str, str]]:
    """The error of a start, if there is one, and the headers of the handshake."""
    opener = Opener(FakeSocket())
    core = Codex(
        make_config(provider=provider, codex_home=home),
        runtime=Runtime.deterministic(env=env),
        transport=Wire(ok({"models": []})),
        open_socket=opener,
    )
    async with core:
        thread = await core.start_thread()
        await thread.submit(RealtimeConversationStart())
        first = "realtime_conversation_started", "realtime_conversation_realtime"
        msg: Any = (await events_until(thread, *first))[-1].msg
    error = getattr(getattr(msg, "payload", None), "message", None)
    return error, next((headers for _, headers in opener.asked), {})


@pytest.mark.explore
async def test_an_account_falls_back_to_the_environment_s_key(tmp_path: Path) -> None:
    """The account's own token is not for this API, nor is its id."""
    write_login(tmp_path)
    error, headers = await started(tmp_path, OPENAI, ENV)
    assert error is None
    assert headers["authorization"] == "Bearer from-env"
    assert "chatgpt-account-id" not in headers


@pytest.mark.explore
@pytest.mark.parametrize(
    ("provider", "env"), [(OPENAI, {}), ({**OPENAI, "name": "mine"}, ENV)], ids=["no key", "mine"]
)
async def test_an_account_alone_is_no_key(
    provider: dict[str, Any], env: dict[str, str], tmp_path: Path
) -> None:
    """The environment's is for OpenAI only."""
    write_login(tmp_path)
    error, headers = await started(tmp_path, provider, env)
    assert (error, headers) == ("realtime conversation requires API key auth", {})


@pytest.mark.explore
async def test_a_stored_key_goes_before_the_environment_s(tmp_path: Path) -> None:
    """It is what the user has logged in with."""
    (tmp_path / "auth.json").write_text(json.dumps({"OPENAI_API_KEY": "stored"}))
    error, headers = await started(tmp_path, OPENAI, ENV)
    assert (error, headers["authorization"]) == (None, "Bearer stored")
