"""The mock Realtime server under load: audio in, a written and a spoken answer out, every frame
recorded; beside aimock 1.43.0, and a bare `websockets` server that keeps nothing.

Server and client are processes of their own, each on one processor; rounds are interleaved, and the
best one counts, since whatever else the machine does can only slow a round down.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.sync.client import connect

from benchmarks.realtime_server import DELTAS
from benchmarks.report import MICROSECONDS, Finding, Remark
from benchmarks.servers import Running, aimock, aimock_missing, client, script
from benchmarks.timing import rounds_of

OURS, BARE, AIMOCK = "realtime_server.py", "websockets, bare", "aimock 1.43.0"
FIXTURE = {
    "match": {"userMessage": "bench"},
    "response": {"content": "word " * DELTAS},
    "chunkSize": len("word "),
}
"""The same text in the same deltas, as aimock takes it."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One direction, at one size of frames and number of connections."""

    title: str
    what: str
    connections: int = 1
    ms: int = 20
    """How much audio is in a frame that comes in."""
    goal: float | None = None
    """The least that our rate is to be of aimock's."""

    def once(self, server: Running, seconds: float) -> dict[str, Any]:
        """Frames a second, and the server's processor time for one."""
        options = {"what": self.what, "connections": self.connections, "ms": self.ms}
        asked = {"port": server.port, "pid": server.pid, "seconds": seconds, **options}
        return client("realtime_load.py", 2 * seconds, asked)


FLOWS = (
    Flow(title="audio in, 4.3 KB a frame, 1 connection", what="in", ms=67, goal=2.8),
    Flow(
        title="audio in, 4.3 KB a frame, 16 connections",
        what="in",
        connections=16,
        ms=67,
        goal=2.8,
    ),
    Flow(title="audio in, 20 ms a frame, 1 connection", what="in"),
    Flow(title="audio in, 20 ms a frame, 16 connections", what="in", connections=16),
    Flow(title="audio in, 100 ms a frame, 1 connection", what="in", ms=100),
    Flow(title="audio in, 1 s a frame, 1 connection", what="in", ms=1000),
    Flow(title="a written answer of 200 frames, 1 connection", what="text"),
    Flow(
        title="a written answer of 200 frames, 16 connections",
        what="text",
        connections=16,
        goal=50,
    ),
    Flow(title="a spoken answer, 20 ms a frame, 1 connection", what="audio"),
)


@dataclass(frozen=True, kw_only=True)
class Raced:
    """Every round of every server at one flow."""

    flow: Flow
    rounds: dict[str, list[dict[str, Any]]]

    def lines(self) -> Iterator[str]:
        """A line a server, then ours against each peer."""
        yield self.flow.title
        for name in self.rounds:
            best = self._best(name)
            cpu = f"   processor {MICROSECONDS.show(best['cpu'])} each" if best["cpu"] else ""
            yield f"  {name:<24}{best['rate']:>9.0f} frames/s{cpu}"
        for peer in self.rounds:
            if peer != OURS:
                yield self._ratio(peer)

    def _ratio(self, peer: str) -> str:
        mine, theirs = self._best(OURS), self._best(peer)
        rate = mine["rate"] / theirs["rate"]
        cpu = f", processor {mine['cpu'] / theirs['cpu']:.2f}" if theirs["cpu"] else ""
        goal = self.flow.goal if peer == AIMOCK else None
        met = "" if goal is None else f"; goal at least {goal:g}: {_verdict(rate, goal)}"
        return f"  ratio to {peer}: {rate:.2f}{cpu}{met}"

    def _best(self, name: str) -> dict[str, Any]:
        return max(self.rounds[name], key=lambda found: float(found["rate"]))


def run(*, quick: bool) -> Iterator[Finding]:
    """Every flow."""
    rounds, seconds = (1, 0.3) if quick else (5, 0.8)
    missing = aimock_missing()
    if missing:
        yield Remark(f"{AIMOCK}: not run, {missing}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        ours = stack.enter_context(script("realtime_server.py"))
        peer = None if missing else stack.enter_context(aimock(_written(folder, FIXTURE)))
        for flow in FLOWS:
            servers = {OURS: ours, BARE: stack.enter_context(bare(ours, flow, folder))}
            if peer is not None and flow.what != "audio":
                servers[AIMOCK] = peer
            runs: dict[str, Callable[[], dict[str, Any]]] = {
                name: partial(flow.once, server, seconds) for name, server in servers.items()
            }
            yield Raced(flow=flow, rounds=rounds_of(runs, rounds))
    yield Remark(f"{AIMOCK} has no spoken answers, and keeps nothing of what comes in")


def bare(ours: Running, flow: Flow, folder: Path) -> Any:
    """A bare server that answers with as many frames of as many bytes as ours."""
    kind = "audio" if flow.what == "audio" else "text"
    answers = folder / f"{kind}.json"
    answers.write_text(json.dumps(answer(ours, kind)), "utf-8")
    return script("realtime_bare.py", "--library", "websockets", "--answers", str(answers))


def answer(server: Running, kind: str) -> list[str]:
    """The frames with which our server answers."""
    content = [{"type": "input_text", "text": "bench"}]
    item = {"type": "message", "role": "user", "content": content}
    frames: list[str] = []
    with connect(f"ws://127.0.0.1:{server.port}/v1/realtime?model=gpt-realtime") as socket:
        session = {"type": "realtime", "output_modalities": [kind]}
        socket.send(json.dumps({"type": "session.update", "session": session}))
        socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
        socket.send(json.dumps({"type": "response.create"}))
        while not frames or json.loads(frames[-1])["type"] != "response.done":
            frames.append(str(socket.recv(timeout=10)))
    types = [json.loads(frame)["type"] for frame in frames]
    return frames[types.index("response.created") :]


def _written(folder: Path, fixture: object) -> Path:
    fixtures = folder / "fixtures.json"
    fixtures.write_text(json.dumps({"fixtures": [fixture]}), "utf-8")
    return fixtures


def _verdict(ratio: float, goal: float) -> str:
    return "met" if ratio >= goal else "MISSED"
