"""`Stage(tls=True)`: https and wss by an authority of its own, for both APIs."""

import asyncio
import ssl

import aiohttp
import pytest
from websockets.asyncio.client import connect

from agent_rehearsal import Stage, Violation, cut, half_close, kind, of_type, reset
from agent_rehearsal.wire import tls
from mock_responses import MockResponses, message
from suites.wire.raw_client import connected, unchecked

pytestmark = pytest.mark.real
BODY = {"model": "m", "input": "hi", "stream": True}


def trusting(stage: Stage) -> ssl.SSLContext:
    """What a client trusts that was given the stage's file."""
    return ssl.create_default_context(cafile=stage.ca_file)


async def posted(stage: Stage, context: ssl.SSLContext | None = None) -> str:
    """The answer to a streamed request, by a client that trusts what `context` trusts."""
    async with aiohttp.ClientSession() as session:
        url = f"{stage.base_url}/responses"
        async with session.post(url, json=BODY, ssl=context or True) as answer:
            return await answer.text()


async def test_responses_are_served_over_tls() -> None:
    """A client that trusts the authority is answered, and the journal has what it said in clear."""
    async with Stage(tls=True) as stage:
        stage.responses.reply(message("hello"))
        assert stage.base_url.startswith("https://127.0.0.1:")
        assert "response.completed" in await posted(stage, trusting(stage))
    assert stage.responses.requests[0].json == BODY


async def test_a_client_without_the_authority_is_not_served() -> None:
    """Nobody else vouches for the certificate."""
    async with Stage(tls=True) as stage:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await posted(stage)
    assert list(stage.journal) == []


async def test_a_client_that_speaks_in_clear_is_not_served() -> None:
    """Its connection ends, and nothing of it is taken for a request."""
    async with Stage(tls=True) as stage, connected(stage) as client:
        await client.send(b"GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n")
        await client.rest()
    assert list(stage.journal) == []


async def test_realtime_sockets_are_served_over_tls() -> None:
    """The URL begins with wss, and messages go both ways."""
    async with Stage(tls=True) as stage:
        stage.realtime.reply({"type": "answered"}, when=of_type("asked"))
        assert stage.realtime.websocket_url.startswith("wss://127.0.0.1:")
        async with connect(stage.realtime.websocket_url, ssl=trusting(stage)) as client:
            await client.send('{"type": "asked"}')
            async with asyncio.timeout(5):
                while '"answered"' not in str(await client.recv()):
                    pass


async def test_the_sdk_needs_no_setting() -> None:
    """The client that the stage makes trusts it."""
    async with Stage(tls=True) as stage:
        stage.responses.reply(message("hello"))
        client = stage.openai(max_retries=0)
        answer = await client.responses.create(model="m", input="hi")
    assert answer.output_text == "hello"


async def test_child_processes_are_told_by_their_environment() -> None:
    """Every variable names the file, which is gone with the stage."""
    async with Stage(tls=True) as stage:
        found = {name: value for name, value in stage.env().items() if name in tls.VARIABLES}
        assert found == dict.fromkeys(tls.VARIABLES, str(stage.ca_file))
        kept = stage.ca_file
        assert kept.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    assert not kept.exists()
    with pytest.raises(RuntimeError, match="async with Stage"):
        _ = stage.ca_file


async def test_a_plain_stage_has_no_authority() -> None:
    """Neither a file nor a variable; asking says what to do."""
    async with Stage() as stage:
        assert stage.base_url.startswith("http://")
        assert set(stage.env()) == {"OPENAI_BASE_URL", "OPENAI_API_KEY"}
        with pytest.raises(RuntimeError, match="tls=True"):
            _ = stage.ca_file


@pytest.mark.parametrize("fault", [cut(), reset()])
async def test_the_wire_breaks_as_it_does_in_clear(fault: object) -> None:
    """A fault ends the connection in the middle of the stream."""
    async with Stage(tls=True) as stage:
        stage.responses.reply(message("hello"), fault)
        with pytest.raises(aiohttp.ClientError):
            await posted(stage, trusting(stage))
    assert len(stage.journal.select(kind("fault"))) == 1


async def test_half_a_close_is_refused() -> None:
    """TLS has none; the finding says so and what to take."""
    async with unchecked(tls=True) as stage:
        stage.responses.reply(message("hello"), half_close())
        with pytest.raises(aiohttp.ClientError):
            await posted(stage, trusting(stage))
        with pytest.raises(Violation, match="use cut"):
            stage.check()


async def test_a_client_that_stays_does_not_hold_up_the_end() -> None:
    """The stage stops while a connection is open and idle."""
    async with Stage(tls=True) as stage:
        port = stage.server.port
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting(stage))
    writer.transport.abort()


def test_a_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where TLS is asked for, and not where a client connects."""
    monkeypatch.setattr(tls, "LIBRARY", "not_installed_anywhere")
    with pytest.raises(ModuleNotFoundError, match=r"agent-rehearsal\[tls\]"):
        Stage(tls=True)


@pytest.mark.rehearsal(tls=True)
async def test_a_marker_asks_for_it(responses: MockResponses) -> None:
    """As for the other settings of a stage."""
    assert responses.base_url.startswith("https://")
