"""The server that the realtime benchmarks measure: `python benchmarks/realtime_server.py`.

Every session reacts as the API does, and every frame of it is recorded. A `response.create` gets
`DELTAS` deltas, written or spoken as the session asks. Runs as a script of its own, so it imports
nothing of this folder. Prints a line when it listens, and ends on SIGTERM.
"""

import argparse
import asyncio
import signal

from agent_rehearsal import Journal
from agent_rehearsal.wire import Findings, Server
from mock_realtime import MockRealtime, message

DELTAS = 190
"""Deltas of an answer: with the events around them a written one has 200."""
CAP = 1_000
"""Entries of the journal that are kept, as many as aimock keeps: a load test would fill the memory.
"""


async def serve(cap: int) -> None:
    """Serve on a free port until a signal comes."""
    journal = Journal(cap=cap)
    async with Server(journal, Findings(journal, "error", "warn")) as server:
        realtime = MockRealtime(server)
        realtime.answer = (message(*["word "] * DELTAS),)
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        print(f"ready: {realtime.base_url}", flush=True)
        await ended.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cap", type=int, default=CAP, help="entries of the journal that are kept")
    asyncio.run(serve(parser.parse_args().cap))
