"""Servers and the client as child processes, each on one processor. Knows no benchmark's figures.

A server is started once and says on its first line, or by accepting connections, that it listens.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from benchmarks.child import Unmeasured

HERE = Path(__file__).parent
AIMOCK = HERE.parent / ".interop" / "aimock-1.43.0"
"""Where `make bench` installs aimock, if there is npm."""
SERVER_CPU, CLIENT_CPU = 0, 1
_START = 20.0
"""Seconds that a server has to start, and a client beyond its own time to end."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A server that listens."""

    port: int
    pid: int


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one run of the client saw."""

    answers: int
    rate: float
    """Complete answers a second."""
    cpu: float
    """Seconds of the server's processor time for one answer; 0.0 where the system does not say."""
    p50: float
    p99: float
    """Seconds from a request to its last byte."""


@contextmanager
def script(name: str, *arguments: str) -> Iterator[Running]:
    """A server of this folder, on a free port that it prints."""
    with _child([sys.executable, str(HERE / name), *arguments]) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r":(\d+)/v1", line)
        if found is None:
            raise Unmeasured(f"{name} did not start: {line!r}")
        yield Running(port=int(found[1]), pid=process.pid)


def aimock_missing() -> str:
    """Why aimock cannot run here; empty where it can."""
    if shutil.which("node") is None:
        return "there is no node"
    return "" if _aimock_program().exists() else f"{AIMOCK.name} is not installed: run `make bench`"


@contextmanager
def aimock(fixtures: Path) -> Iterator[Running]:
    """aimock with its default settings on the replies of `fixtures`, without its log."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--fixtures", str(fixtures), "--port", str(port), "--log-level", "silent"]
    with _child(["node", str(_aimock_program()), *options]) as process:
        _await_port(port, process)
        yield Running(port=port, pid=process.pid)


def load(server: Running, *, events: int, connections: int, seconds: float) -> Load:
    """Run the client once. Raises Unmeasured where an answer is missing or wrong."""
    options = {
        "port": server.port,
        "pid": server.pid,
        "events": events,
        "connections": connections,
        "seconds": seconds,
    }
    return Load(**client("load.py", 2 * seconds, options))


def client(name: str, seconds: float, options: Mapping[str, object]) -> dict[str, Any]:
    """What a client of this folder prints, which takes about `seconds`. Raises Unmeasured."""
    words = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    try:
        done = subprocess.run(
            [*_pinned(CLIENT_CPU), sys.executable, str(HERE / name), *words],
            capture_output=True,
            text=True,
            timeout=seconds + _START,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise Unmeasured(f"{name} {options}: {error}\n{getattr(error, 'stderr', '')}") from error
    return dict(json.loads(done.stdout))


def _aimock_program() -> Path:
    return AIMOCK / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"


@contextmanager
def _child(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*_pinned(SERVER_CPU), *command], stdout=subprocess.PIPE, text=True, cwd=HERE.parent
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_START)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _pinned(cpu: int) -> list[str]:
    """The start of a command that keeps to one processor; empty where the system cannot."""
    if not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) <= cpu:
        return []
    code = (
        f"import os, sys; os.sched_setaffinity(0, {{{cpu}}}); os.execvp(sys.argv[1], sys.argv[1:])"
    )
    return [sys.executable, "-S", "-c", code]


def _await_port(port: int, process: subprocess.Popen[str]) -> None:
    end = monotonic() + _START
    while monotonic() < end and process.poll() is None:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.02)
    raise Unmeasured(f"{process.args!r} did not listen within {_START:g} s")
