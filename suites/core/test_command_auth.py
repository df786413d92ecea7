"""Credentials of a command: when it runs, what it may say, how long it may take."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from codex_core import ModelProvider, ProviderAuth, Runtime
from codex_core.config.errors import ConfigError
from codex_core.model_client.command_auth import CommandAuth
from codex_core.model_client.errors import ModelError
from suites.core.exchanges import (
    Gate,
    TokenRunner,
    Wire,
    ask,
    client,
    ok,
    refused,
)
from suites.core.fakes import FakeRunner


def commanded(runner: Any, *, at: list[float] | None = None, **fields: Any) -> CommandAuth:
    """Credentials of a command; `at` is the time, in seconds."""
    runtime = Runtime.deterministic(runner=runner, root=Path("/base"), env={"PATH": "/bin"})
    clock = at or [0.0]
    runtime = msgspec.structs.replace(runtime, monotonic=lambda: clock[0])
    return CommandAuth(ProviderAuth(**{"command": "token", **fields}), runtime)


async def test_a_command_gives_the_token() -> None:
    """It runs once, with its arguments, where it is told to; its output is the token."""
    wire, runner = Wire(ok(), ok()), TokenRunner("  tok-1\n")
    made = client(wire, auth=commanded(runner, args=("--for", "me"), cwd="sub"))
    await ask(made)
    await ask(made)
    assert wire.values("authorization") == ["Bearer tok-1", "Bearer tok-1"]
    (command,) = runner.commands
    assert command.argv == ("token", "--for", "me")
    assert (command.cwd, command.env) == (Path("/base/sub"), {"PATH": "/bin"})
    assert command.quiet


async def test_a_refused_token_is_got_anew_once() -> None:
    """After a 401 the command runs again and the request is repeated; then it is given up."""
    wire, runner = Wire(refused(401), ok(), refused(401), refused(401)), TokenRunner("1", "2", "3")
    made = client(wire, auth=commanded(runner))
    await ask(made)
    with pytest.raises(ModelError, match="unexpected status 401"):
        await ask(made)
    assert wire.values("authorization") == ["Bearer 1", "Bearer 2", "Bearer 2", "Bearer 3"]


async def test_requests_at_the_same_time_share_a_token() -> None:
    """The command runs once for all of them, also when all of them were refused."""
    wire, runner = Gate("2"), TokenRunner("1", "2")
    made = client(wire, auth=commanded(runner))
    await asyncio.gather(ask(made), ask(made))
    assert len(runner.commands) == 2


@pytest.mark.parametrize(("interval", "age", "runs"), [(1000, 0.9, 1), (1000, 1.0, 2), (0, 1e9, 1)])
async def test_an_old_token_is_got_anew(interval: int, age: float, runs: int) -> None:
    """After the interval; with an interval of 0 never."""
    at = [0.0]
    auth = commanded(runner := TokenRunner("1", "2"), at=at, refresh_interval_ms=interval)
    await auth.prepare()
    at[0] = age
    await auth.prepare()
    assert len(runner.commands) == runs


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (3, "ended with exit code 3"),
        ("  \n", "printed no token"),
        ("two\nlines", "printed no token"),
        (None, "could not be started: nowhere"),
    ],
)
async def test_a_command_that_gives_none_is_told(output: str | int | None, told: str) -> None:
    """The error names the command and says what to do; no request is sent."""
    missing = FakeRunner(error=FileNotFoundError("nowhere"))
    runner = missing if output is None else TokenRunner(output)
    with pytest.raises(ModelError, match=f"The command `token`.* {told}. Run it") as caught:
        await ask(client(wire := Wire(), auth=commanded(runner)))
    assert not caught.value.retryable
    assert wire.sent == []


async def test_a_command_that_hangs_is_ended() -> None:
    """After its time it is killed."""
    runner = FakeRunner(endless=True)
    with pytest.raises(ModelError, match=r"gave no token within 0\.001 s"):
        await ask(client(Wire(), auth=commanded(runner, timeout_ms=1)))
    assert runner.processes[0].signals == [9]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"command": " "}, "`auth.command` is empty"),
        ({"timeout_ms": 0}, "`auth.timeout_ms` is 0; set a whole number of at least 1"),
        ({"refresh_interval_ms": -1}, "`auth.refresh_interval_ms` is -1"),
    ],
)
def test_a_command_that_cannot_work_is_refused(fields: dict[str, Any], problem: str) -> None:
    """The setting is named, with what it may be."""
    with pytest.raises(ConfigError, match=problem):
        ProviderAuth(**{"command": "token", **fields})


@pytest.mark.parametrize(
    "other",
    [{"env_key": "K"}, {"experimental_bearer_token": "t"}, {"requires_openai_auth": True}],
)
def test_a_command_stands_alone(other: dict[str, Any]) -> None:
    """Two sources of a token are a mistake, and both are named."""
    with pytest.raises(ConfigError, match=f"`auth` gives the token, and `{next(iter(other))}`"):
        ModelProvider(name="x", auth=ProviderAuth(command="token"), **other)
