"""The server that `server-throughput` measures: `python benchmarks/bench_server.py --port N`.

A `POST /v1/responses` whose body contains `bench-10-events` or `bench-200-events` gets
exactly that many events, whatever its `stream` says, composed, numbered and recorded like any other
reply. Runs as a script of its own, so it imports nothing of this folder. Prints a line when it
listens, and ends on SIGTERM.
"""

import argparse
import asyncio
import signal
from collections.abc import Callable, Mapping
from typing import Any

from agent_rehearsal import ALWAYS, Entry, Journal
from agent_rehearsal.wire import Findings, Server
from mock_responses import MockResponses, message

AROUND = 8
"""Events of a message's reply besides its deltas."""
EVENTS = (10, 200)
CAP = 100_000
"""Entries of the journal that are kept: a load test would fill the memory."""


class Streaming(MockResponses):
    """A mock that answers every request with events."""

    def streams(self, body: Mapping[str, Any]) -> bool:
        """Yes."""
        return True


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    asyncio.run(serve(parser.parse_args().port))


async def serve(port: int) -> None:
    """Serve both replies on `port`, each as often as it is asked for."""
    journal = Journal(cap=CAP)
    async with Server(journal, Findings(journal, "error", "warn"), port=port) as server:
        responses = Streaming(server)
        for events in EVENTS:
            deltas = ["word "] * (events - AROUND)
            responses.reply(message(*deltas), when=asks_for(events), times=ALWAYS)
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        print(f"ready: {responses.base_url}", flush=True)
        await ended.wait()


def asks_for(events: int) -> Callable[[Entry], bool]:
    """Whether a request's body names a reply of so many events."""
    word = f"bench-{events}-events".encode()
    return lambda entry: word in entry.content


if __name__ == "__main__":
    main()
