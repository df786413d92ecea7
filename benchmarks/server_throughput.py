"""The mock Responses server under load, beside aimock 1.43.0 and a raw asyncio server that writes
prebuilt bytes of equal length.

Server and client are processes of their own, each on one processor; rounds are interleaved, and the
best one counts, since whatever else the machine does can only slow a round down.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bench_server import AROUND, EVENTS
from benchmarks.child import Unmeasured
from benchmarks.report import MILLISECONDS, Finding, Remark
from benchmarks.servers import Load, Running, aimock, aimock_missing, load, script
from benchmarks.timing import rounds_of

OURS, RAW, AIMOCK = "bench_server.py", "raw asyncio, prebuilt", "aimock 1.43.0"
CONNECTIONS = (1, 16, 64)
GOALS = {(200, 16, AIMOCK): 6.0, (200, 16, RAW): 0.6, (10, 16, AIMOCK): 3.0}
"""The least that our throughput is to be of a peer's, by events, connections and peer."""


@dataclass(frozen=True, kw_only=True)
class Race:
    """Every round of every server at one number of events and connections."""

    events: int
    connections: int
    loads: dict[str, list[Load]]

    def lines(self) -> Iterator[str]:
        """A line a server, then ours against each peer."""
        yield f"{self.events} events, {self.connections} connections"
        for name in self.loads:
            yield self._row(name)
        for peer in self.loads:
            if peer != OURS:
                yield self._ratios(peer)

    def _row(self, name: str) -> str:
        best, show = self._best(name), MILLISECONDS.show
        cpu = f"processor {show(best.cpu)} each" if best.cpu else ""
        times = f"p50 {show(best.p50)}   p99 {show(best.p99)}"
        return f"  {name:<24}{best.rate:>8.0f}/s   {times}   {cpu}".rstrip()

    def _ratios(self, peer: str) -> str:
        mine, theirs = self._best(OURS), self._best(peer)
        rate = mine.rate / theirs.rate
        cpu = f", processor {mine.cpu / theirs.cpu:.2f}" if theirs.cpu else ""
        times = f", p50 {mine.p50 / theirs.p50:.2f}, p99 {mine.p99 / theirs.p99:.2f}"
        goal = GOALS.get((self.events, self.connections, peer))
        said = "" if goal is None else f"; goal at least {goal:.2f}: {_verdict(rate, goal)}"
        return f"  ratio to {peer}: throughput {rate:.2f}{cpu}{times}{said}"

    def _best(self, name: str) -> Load:
        return max(self.loads[name], key=lambda found: found.rate)


def run(*, quick: bool) -> Iterator[Finding]:
    """Every number of events at every number of connections."""
    rounds, seconds = (1, 0.3) if quick else (5, 0.8)
    missing = aimock_missing()
    if missing:
        yield Remark(f"{AIMOCK}: not run, {missing}")
    with ExitStack() as stack:
        servers = _started(stack, with_aimock=not missing)
        for events in EVENTS:
            for connections in CONNECTIONS:
                once = partial(load, events=events, connections=connections, seconds=seconds)
                runs: dict[str, Callable[[], Load]] = {
                    name: partial(once, server) for name, server in servers.items()
                }
                yield Race(events=events, connections=connections, loads=rounds_of(runs, rounds))


def _started(stack: ExitStack, *, with_aimock: bool) -> dict[str, Running]:
    """Ours, then the peers, which answer with as many bytes and as many events."""
    folder = Path(stack.enter_context(TemporaryDirectory()))
    ours = stack.enter_context(script("bench_server.py"))
    answers = folder / "answers.json"
    answers.write_text(json.dumps({_word(n): _answer(ours, n) for n in EVENTS}), "utf-8")
    raw = stack.enter_context(script("raw_server.py", "--answers", str(answers)))
    servers = {OURS: ours, RAW: raw}
    if with_aimock:
        fixtures = folder / "fixtures.json"
        fixtures.write_text(json.dumps({"fixtures": [_fixture(n) for n in EVENTS]}), "utf-8")
        servers[AIMOCK] = stack.enter_context(aimock(fixtures))
    return servers


def _answer(server: Running, events: int) -> str:
    """The events that our server sends, joined."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    asked = {"model": "gpt-5", "stream": True, "input": _word(events)}
    connection.request("POST", "/v1/responses", json.dumps(asked))
    answer = connection.getresponse().read().decode()
    connection.close()
    found = answer.count("\ndata:")
    if found != events:
        raise Unmeasured(f"{OURS}: expected {events} events, got {found}: {answer!r}")
    return answer


def _fixture(events: int) -> dict[str, object]:
    """The same text in the same deltas, as aimock takes it."""
    return {
        "match": {"userMessage": _word(events)},
        "response": {"content": "word " * (events - AROUND)},
        "chunkSize": len("word "),
    }


def _word(events: int) -> str:
    return f"bench-{events}-events"


def _verdict(ratio: float, goal: float) -> str:
    return "met" if ratio >= goal else "MISSED"
