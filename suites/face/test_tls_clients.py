"""Over TLS the clients of a stage trust it by themselves: the SDK's sockets, the agent."""

import ssl
from typing import Any

import pytest
from openai import APIConnectionError, AsyncOpenAI

from agent_rehearsal import Stage, carries, like
from agent_rehearsal.face.agent import AgentFailed, Codex
from mock_responses import MockResponses, message

pytestmark = pytest.mark.real


async def first_type(client: AsyncOpenAI, **options: Any) -> str:
    """The type of what a realtime server says first."""
    given: dict[str, Any] = {"websocket_connection_options": options} if options else {}
    async with client.realtime.connect(model="gpt-realtime", **given) as connection:
        return str((await connection.recv()).type)


async def test_the_sdk_s_realtime_connection_needs_no_setting() -> None:
    """Nor does that of a copy of the client."""
    async with Stage(tls=True) as stage:
        client = stage.openai(max_retries=0)
        assert await first_type(client) == "session.created"
        assert await first_type(client.with_options(timeout=5)) == "session.created"


async def test_a_context_of_the_test_s_own_goes_first() -> None:
    """One that trusts nobody of ours is not served."""
    async with Stage(tls=True) as stage:
        with pytest.raises((ssl.SSLCertVerificationError, APIConnectionError)):
            await first_type(stage.openai(), ssl=ssl.create_default_context())


async def test_the_sdk_s_responses_socket_needs_no_setting() -> None:
    """The Responses API has sockets too."""
    async with Stage(tls=True) as stage:
        stage.responses.reply(message("hello"))
        async with stage.openai().responses.connect() as connection:
            await connection.response.create(model="m", input="hi")
            async for event in connection:
                if event.type == "response.completed":
                    break
    assert event.response.output_text == "hello"


@pytest.mark.parametrize("websockets", [False, True], ids=["http", "websocket"])
async def test_the_agent_trusts_the_stage(websockets: bool) -> None:  # noqa: FBT001
    """By the variable that the reference client reads; on both of its transports."""
    async with Stage(tls=True) as stage:
        stage.responses.reply(message("hello"))
        thread = await stage.codex(websockets=websockets).start()
        assert await thread.run("hi") == "hello"
    assert stage.responses.base_url.startswith("https://")


async def test_the_agent_s_conversation_trusts_the_stage() -> None:
    """Its settings arrive, and what the server says comes back."""
    async with Stage(tls=True) as stage:
        thread = await stage.codex().start(realtime={"prompt": "p"})
        update = await stage.realtime.wait_for(carries("session.instructions"))
        assert update.session["instructions"].startswith("p")
        told = like({"payload": {"type": "session_updated"}})
        await thread.wait_for(told)


async def test_an_agent_that_is_told_of_nobody_trusts_nobody() -> None:
    """It says what is wrong with the certificate."""
    async with Stage(tls=True) as stage:
        patient = {"request_max_retries": 0, "stream_max_retries": 0}
        alone = stage.codex(env={"CODEX_CA_CERTIFICATE": "", "SSL_CERT_FILE": ""})
        thread = await alone(provider=patient).start()
        with pytest.raises(AgentFailed, match="CERTIFICATE_VERIFY_FAILED"):
            await thread.run("hi")


@pytest.mark.rehearsal(tls=True)
async def test_the_fixture_does_as_well(responses: MockResponses, codex: Codex) -> None:
    """Where a marker asks for TLS."""
    responses.reply(message("hello"))
    thread = await codex.start(realtime=True)
    assert await thread.run("hi") == "hello"
    assert responses.base_url.startswith("https://")
