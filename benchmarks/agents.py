"""The two agents that are measured against each other, each with threads of turns over a WebSocket:
`codex_core` as a library in this process, and the app server of the Codex CLI as a child process,
spoken to over its pipes.

A turn is measured from handing in the user's words to the word that it is complete. Knows no
benchmark.
"""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import IO, Any

from benchmarks.child import Unmeasured
from codex_core import Codex, Config, ModelProvider, Runtime, Thread
from codex_core.protocol.events import Error, TaskComplete
from codex_core.protocol.ops import user_text
from mock_responses.clients import KEY, KEY_VARIABLE
from suites.interop.codex_cli import NotInstalled, program
from suites.parity.settings import Own, Settings, config_toml, environment

CORE = "codex_core"
VERSION = "0.142.0"
CLI = f"Codex CLI {VERSION}"
SAID = "hello"
_LIMIT = 20.0
"""Seconds that a child process has to end."""


def cli_program() -> Path:
    """The CLI, if `make interop` has installed it. Raises NotInstalled."""
    return program(VERSION)


def cli_missing() -> str:
    """Why the CLI cannot run here; empty where it can."""
    try:
        cli_program()
    except NotInstalled as error:
        return str(error)
    return ""


def cli_home(folder: Path, base_url: str) -> dict[str, str]:
    """Make a fresh home of a quiet CLI; returns its environment."""
    home = folder / ".codex"
    home.mkdir(parents=True)
    settings = Settings(websockets=True)
    (home / "config.toml").write_text(config_toml(settings, base_url, own=Own()), "utf-8")
    return environment(settings, folder, home)


class Core:
    """The library, with one thread at a time."""

    def __init__(self, runner: asyncio.Runner, base_url: str, folder: Path) -> None:
        self._runner = runner
        self._stack = AsyncExitStack()
        self._thread: Thread
        provider = ModelProvider(
            name="mock", base_url=base_url, env_key=KEY_VARIABLE, supports_websockets=True
        )
        config = Config(
            model="mock-model",
            model_provider="mock",
            providers={"mock": provider},
            cwd=folder,
            approval_policy="never",
            sandbox_mode="danger-full-access",
        )
        runtime = Runtime(env={KEY_VARIABLE: KEY, "PATH": "/usr/bin:/bin"})
        self._codex = Codex(config, runtime=runtime)

    def fresh(self) -> None:
        """Begin another thread."""
        self._runner.run(self._fresh())

    def turns(self, count: int, said: str = SAID) -> float:
        """The seconds that `count` turns take. Raises Unmeasured for one that fails."""
        return self._runner.run(self._turns(count, said))

    def close(self) -> None:
        """End the thread."""
        self._runner.run(self._stack.aclose())

    async def _fresh(self) -> None:
        await self._stack.aclose()
        self._thread = await self._codex.start_thread()
        self._stack.push_async_callback(self._thread.shutdown)

    async def _turns(self, count: int, said: str) -> float:
        begin = perf_counter()
        for _ in range(count):
            await self._thread.submit(user_text(said))
            await self._complete()
        return perf_counter() - begin

    async def _complete(self) -> None:
        while True:
            event = (await self._thread.next_event()).msg
            if isinstance(event, Error):
                raise Unmeasured(f"{CORE}: {event.message}")
            if isinstance(event, TaskComplete):
                return


class Cli:
    """A running app server, with one thread at a time, which it keeps in memory alone."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._into: IO[bytes] = process.stdin
        self._out: IO[bytes] = process.stdout
        self._folder = folder
        self._number = 0
        self._thread_id = ""
        self._call("initialize", clientInfo={"name": "benchmark", "version": "1"})

    def fresh(self) -> None:
        """Begin another thread."""
        started = self._call("thread/start", cwd=str(self._folder), ephemeral=True)
        self._thread_id = started["thread"]["id"]

    def turns(self, count: int) -> float:
        """The seconds that `count` turns take. Raises Unmeasured for one that fails."""
        begin = perf_counter()
        for _ in range(count):
            said = [{"type": "text", "text": SAID}]
            self._write("turn/start", threadId=self._thread_id, input=said)
            line = self._line(b'"turn/completed"')
            if b'"status":"completed"' not in line:
                raise Unmeasured(f"{CLI}: {line!r}")
        return perf_counter() - begin

    def _call(self, method: str, **params: Any) -> Any:
        self._write(method, **params)
        answer = json.loads(self._line(f'"id":{self._number},'.encode()))
        if "result" not in answer:
            raise Unmeasured(f"{CLI}: {method}: {answer}")
        return answer["result"]

    def _write(self, method: str, **params: Any) -> None:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        self._into.write(json.dumps(message).encode() + b"\n")
        self._into.flush()

    def _line(self, sign: bytes) -> bytes:
        """The next line with `sign` in it; those before it are not looked at."""
        for line in self._out:
            if sign in line:
                return line
        raise Unmeasured(f"{CLI}: its app server has ended")


@contextmanager
def cli(base_url: str, folder: Path) -> Iterator[Cli]:
    """The CLI's app server in a fresh home below `folder`."""
    process = subprocess.Popen(
        [cli_program(), "app-server"],
        cwd=folder,
        env=cli_home(folder / "home", base_url),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        try:
            yield Cli(process, folder)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(_LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def core(base_url: str, folder: Path) -> Iterator[Core]:
    """The library in this process."""
    with asyncio.Runner() as runner:
        agent = Core(runner, base_url, folder)
        try:
            yield agent
        finally:
            agent.close()
