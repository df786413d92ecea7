"""Credentials on the wire, and what a 401 leads to."""

from pathlib import Path

import pytest

from agent_rehearsal import of_type
from agent_rehearsal.face.agent import Codex
from mock_responses import MockResponses, message, status
from suites.core.exchanges import write_login

pytestmark = pytest.mark.explore

OWN = {"requires_openai_auth": True, "experimental_bearer_token": None}
NO = {"error": {"message": "no"}}


def tokens(responses: MockResponses) -> list[str]:
    """The credentials of each request."""
    return [str(request.headers.get("authorization")) for request in responses.requests]


@pytest.mark.parametrize(
    ("provider", "sent"),
    [
        ({}, "Bearer test"),
        ({"env_key": "KEY"}, "Bearer from the variable"),
        ({"experimental_bearer_token": None}, "None"),
    ],
)
async def test_credentials_of_the_settings(
    responses: MockResponses, codex: Codex, provider: dict[str, str | None], sent: str
) -> None:
    """The variable wins over the literal token; a provider may want none."""
    responses.reply(message("hi"))
    thread = await codex(provider=provider, env={"KEY": "from the variable"}).start()
    await thread.run("go")
    assert tokens(responses) == [sent]


async def test_a_missing_variable_is_told_before_anything_is_sent(
    responses: MockResponses, codex: Codex
) -> None:
    """The turn ends with the variable's name; nothing is repeated."""
    thread = await codex(provider={"env_key": "KEY"}).start()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    assert error.get("message") == "Missing environment variable: `KEY`."
    await turn.ended()
    assert responses.requests == []


async def test_a_login_is_read_again_after_a_401(
    responses: MockResponses, codex: Codex, tmp_path: Path
) -> None:
    """Another program renewed it: the request is repeated with what stands there, unseen."""
    responses.reply(status(401))
    responses.reply(message("hi"))
    write_login(tmp_path)
    thread = await codex(config={"codex_home": tmp_path}, provider=OWN).start()
    write_login(tmp_path, "access-2")
    turn = await thread.submit("go")
    assert await turn.completed() == "hi"
    assert tokens(responses) == ["Bearer access-1", "Bearer access-2"]
    assert {r.headers["chatgpt-account-id"] for r in responses.requests} == {"acct-1"}
    assert "stream_error" not in [event.type for event in turn.events]


async def test_a_login_that_is_lost_ends_the_turn(
    responses: MockResponses, codex: Codex, tmp_path: Path
) -> None:
    """No repetition helps: the class says that the user has to log in."""
    responses.reply(status(401))
    file = write_login(tmp_path)
    thread = await codex(config={"codex_home": tmp_path}, provider=OWN).start()
    file.unlink()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    assert error.get("codex_error_info") == "unauthorized"
    await turn.ended()
    assert len(responses.requests) == 1


async def test_a_refused_key_is_repeated_by_the_turn_alone(
    responses: MockResponses, codex: Codex
) -> None:
    """There is nothing to recover: a 401 is an unexpected status, and told as that."""
    responses.reply(status(401, body=NO), times=3)
    thread = await codex(provider={"stream_max_retries": 2}).start()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    assert error.get("message").startswith("unexpected status 401 Unauthorized: no, url: http://")
    assert error.get("codex_error_info") == "other"
    await turn.ended()
    assert len(responses.requests) == 3
