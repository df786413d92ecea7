"""Many realtime sessions at once: 1,000 that are used, and what one that says nothing takes of the
server's memory, beside a bare aiohttp WebSocket.

Server and client are processes of their own, each on one processor.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.realtime_frames import AIMOCK, BARE, FIXTURE, FLOWS, OURS, bare
from benchmarks.report import SECONDS, Finding, Remark, row
from benchmarks.servers import Running, aimock, aimock_missing, client, script
from benchmarks.timing import Samples, interleaved

AIOHTTP = "aiohttp, bare"
CROWD = 1000
ENTRIES = 100_000
"""More entries than the idle sessions make: none is dropped, and all of them count."""
MOST = 2.0
"""The most memory that an idle session is to take, in those of a bare aiohttp WebSocket."""


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Seconds for all sessions, a number a round."""

    samples: dict[str, Samples]

    def lines(self) -> Iterator[str]:
        """A line a server, then ours against each peer."""
        yield f"{CROWD:,} sessions open at once, each with 1 s of audio in and an answer out"
        for name, found in self.samples.items():
            yield row(name, SECONDS.show(found.best), SECONDS.show(found.median), "")
        mine = self.samples[OURS]
        for name, found in self.samples.items():
            if name != OURS:
                ratio = f"{mine.best / found.best:.2f}"
                yield row(f"ratio to {name}", ratio, f"{mine.over(found).median:.2f}", "")


@dataclass(frozen=True, kw_only=True)
class Idle:
    """Bytes that an idle session takes, a number a server process."""

    bytes: dict[str, list[float]]

    def lines(self) -> Iterator[str]:
        """A line a server, then the ratio of the medians."""
        yield "memory of a session that was greeted and says nothing"
        for name, found in self.bytes.items():
            yield f"  {name:<30}{median(found) / 1024:>10.1f} KiB"
        ratio = median(self.bytes[OURS]) / median(self.bytes[AIOHTTP])
        said = "met" if ratio <= MOST else "MISSED"
        yield f"  {'ratio':<30}{ratio:>10.2f}   goal at most {MOST:.2f}: {said}"


def run(*, quick: bool) -> Iterator[Finding]:
    """The crowd, then the memory."""
    yield from _crowd(1 if quick else 5)
    yield _idle(1 if quick else 5)


def _crowd(rounds: int) -> Iterator[Finding]:
    missing = aimock_missing()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        ours = stack.enter_context(script("realtime_server.py"))
        text = next(flow for flow in FLOWS if flow.what == "text")
        servers = {OURS: ours, BARE: stack.enter_context(bare(ours, text, folder))}
        if missing:
            yield Remark(f"{AIMOCK}: not run, {missing}")
        else:
            fixtures = folder / "fixtures.json"
            fixtures.write_text(json.dumps({"fixtures": [FIXTURE]}), "utf-8")
            servers[AIMOCK] = stack.enter_context(aimock(fixtures))
        runs = {name: partial(_used, server) for name, server in servers.items()}
        yield Crowd(samples=interleaved(runs, rounds))


def _used(server: Running) -> float:
    return float(_client(server, "crowd")["seconds"])


def _idle(rounds: int) -> Idle:
    """A server process of its own for each number: memory once taken is not given back."""
    found: dict[str, list[float]] = {OURS: [], AIOHTTP: []}
    for _ in range(rounds):
        with script("realtime_server.py", "--cap", str(ENTRIES)) as server:
            found[OURS].append(_client(server, "idle")["bytes"])
        with script("realtime_bare.py", "--library", "aiohttp") as server:
            found[AIOHTTP].append(_client(server, "idle")["bytes"])
    return Idle(bytes=found)


def _client(server: Running, what: str) -> dict[str, float]:
    options = {"port": server.port, "pid": server.pid, "what": what, "connections": CROWD}
    return client("realtime_load.py", 60, options)
