"""Which request bodies are compressed."""

from pathlib import Path
from typing import Any

import pytest
import zstandard

from codex_core.model_client.auth import StaticAuth
from codex_core.model_client.errors import ModelError
from codex_core.model_client.http import HttpClient
from codex_core.model_client.transport import TransportError
from suites.core.exchanges import Wire, client, ok, slept, write_login
from suites.core.test_auth import chosen

BODY = b'{"input":[' + b'"word",' * 400 + b'"end"]}'


def account(wire: Wire, home: Path, **provider: Any) -> HttpClient:
    """A client for OpenAI with a ChatGPT account."""
    write_login(home)
    auth = chosen(wire, home=home, requires_openai_auth=True)
    return client(wire, auth=auth, **{"name": "OpenAI", **provider})


async def send(made: HttpClient, *, compress: bool = True) -> None:
    reply = await made.send("POST", "responses", headers={}, body=BODY, compress=compress)
    reply.close()


async def test_a_ChatGPT_account_sends_zstd(tmp_path: Path) -> None:
    """The body is what it was once it is decoded, and a good deal shorter."""
    wire = Wire(ok())
    await send(account(wire, tmp_path))
    (sent,) = wire.sent
    assert sent.headers["content-encoding"] == "zstd"
    assert zstandard.ZstdDecompressor().decompress(sent.body) == BODY
    assert len(sent.body) < len(BODY) / 10


async def test_a_body_is_compressed_once(tmp_path: Path) -> None:
    """What is sent again is the same object."""
    wire = Wire(TransportError("gone"), ok())
    made = account(wire, tmp_path)
    await send(made)
    assert slept(made) == [0.2]
    assert wire.sent[0].body is wire.sent[1].body


@pytest.mark.parametrize(
    "why", ["an API key", "another provider", "switched off", "another request"]
)
async def test_other_bodies_are_sent_as_they_are(tmp_path: Path, why: str) -> None:
    """Only OpenAI takes it, only of an account, and only where it is meant to be."""
    wire = Wire(ok())
    made = account(wire, tmp_path, name="mine" if why == "another provider" else "OpenAI")
    if why == "an API key":
        made.auth = StaticAuth("key")
    made.compresses = why != "switched off"
    await send(made, compress=why != "another request")
    assert "content-encoding" not in wire.sent[0].headers
    assert wire.sent[0].body == BODY


async def test_an_encoding_of_the_providers_own_is_a_mistake(tmp_path: Path) -> None:
    """Two encodings cannot be told apart: the error says which setting to change."""
    made = account(wire := Wire(), tmp_path, http_headers={"Content-Encoding": "gzip"})
    with pytest.raises(ModelError, match="content-encoding: gzip") as caught:
        await send(made)
    assert not caught.value.retryable
    assert wire.sent == []
