"""Requests of the HTTP layer, with replies in order; what was sent is kept byte for byte."""

import asyncio
import base64
import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from codex_core import Command, ModelProvider, Runtime
from codex_core.model_client.auth import Auth, StaticAuth
from codex_core.model_client.http import HttpClient
from codex_core.model_client.transport import Reply, TransportError
from suites.core.fakes import PATIENCE, FakeReply, Sleeper

BASE = "http://mock.test/v1"


@dataclasses.dataclass(frozen=True)
class Sent:
    """One request as it left."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """A transport that answers with the given replies."""

    def __init__(self, *replies: FakeReply | TransportError) -> None:
        self.sent: list[Sent] = []
        self._replies = list(replies)

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        self.sent.append(Sent(method, url, dict(headers), body))
        chosen = self._replies.pop(0)
        if isinstance(chosen, TransportError):
            raise chosen
        return chosen

    async def close(self) -> None:
        """Nothing is open."""

    def values(self, header: str) -> list[str | None]:
        """One header of each request."""
        return [sent.headers.get(header) for sent in self.sent]


def ok(body: Any = None, **headers: str) -> FakeReply:
    """A reply with a JSON body; underscores of header names are hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return FakeReply(json.dumps(body).encode(), headers=named)


def refused(status: int, body: Any = None, **headers: str) -> FakeReply:
    """A refusal."""
    answer = ok(body, **headers)
    answer.status = status
    return answer


def client(
    wire: Wire, *, auth: Auth | None = None, runtime: Runtime | None = None, **provider: Any
) -> HttpClient:
    """An HTTP client that waits for nothing; `sleeper_of` tells what it would have waited."""
    made = ModelProvider(**{"name": "mock", "base_url": BASE, **provider})
    world = msgspec.structs.replace(
        runtime or Runtime.deterministic(root=Path("/")), sleep=Sleeper()
    )
    return HttpClient(
        provider=made, transport=wire, runtime=world, auth=auth or StaticAuth("literal")
    )


def slept(made: HttpClient) -> list[float]:
    """The pauses of a client that `client` made."""
    assert isinstance(made.runtime.sleep, Sleeper)
    return made.runtime.sleep.slept


def id_token(**claims: Any) -> str:
    """A token that claims something of an account; nobody signed it."""
    return token({"https://api.openai.com/auth": claims})


def token(claims: Any) -> str:
    """A JSON web token that claims this."""
    body = json.dumps(claims).encode()
    return f"e30.{base64.urlsafe_b64encode(body).decode().rstrip('=')}.sig"


def write_login(home: Path, access: str = "access-1", **fields: Any) -> Path:
    """An `auth.json` with the tokens of a ChatGPT account."""
    tokens = {
        "access_token": access,
        "refresh_token": "refresh-1",
        "id_token": id_token(),
        "account_id": "acct-1",
        **fields.pop("tokens", {}),
    }
    file = home / "auth.json"
    file.write_text(json.dumps({"OPENAI_API_KEY": None, "tokens": tokens, **fields}))
    return file


class TokenRunner:
    """Runs no command; each start prints the next of the outputs, or fails with its exit code."""

    def __init__(self, *outputs: str | int) -> None:
        self.commands: list[Command] = []
        self._outputs = list(outputs)

    async def start(self, command: Command) -> "_Printed":
        self.commands.append(command)
        output = self._outputs.pop(0)
        return _Printed(b"", output) if isinstance(output, int) else _Printed(output.encode(), 0)

    async def try_out(self, command: Command) -> str | None:
        return None

    def find(self, program: str, env: Mapping[str, str]) -> str | None:
        return program


class _Printed:
    """A process that has printed and ended."""

    strays = False

    def __init__(self, output: bytes, code: int) -> None:
        self._chunks = [output, b""]
        self._code = code

    async def read(self) -> bytes:
        return self._chunks.pop(0) if self._chunks else b""

    async def wait(self) -> int:
        return self._code

    async def write(self, data: bytes) -> None: ...

    def interrupt(self) -> None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


async def ask(made: HttpClient) -> None:
    """One request, whatever it is for."""
    reply = await made.send("POST", "responses", headers={}, body=b"{}")
    reply.close()


AUTHORITY = "https://auth.openai.com/oauth/token"


class Gate(Wire):
    """Refuses all tokens but one, the first two requests together; the authority gives that one."""

    def __init__(self, good: str) -> None:
        super().__init__()
        self._good = good
        self._both = asyncio.Barrier(2)

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        self.sent.append(Sent(method, url, dict(headers), body))
        if url == AUTHORITY:
            return ok({"access_token": self._good})
        if headers["authorization"] == f"Bearer {self._good}":
            return ok()
        if len(self.sent) <= self._both.parties:
            async with asyncio.timeout(PATIENCE):
                await self._both.wait()
        return refused(401)
