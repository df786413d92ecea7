"""The server that the benchmarks of the agent ask: `python benchmarks/agent_server.py`.

It answers every request at once with a short message; a frame whose words ask for a long history
with many messages. Runs as a script of its own, so it imports nothing of this folder. Prints a line
when it listens, and ends on SIGTERM.
"""

import asyncio
import signal

from agent_rehearsal import ALWAYS, Entry, Journal
from agent_rehearsal.wire import Findings, Server
from mock_responses import MockResponses, message

FILL = 98
"""Messages of a reply that makes a history long: with the user's words and its last one 100."""
WORD = b"a long history"
"""What asks for such a reply."""
CAP = 100_000
"""Entries of the journal that are kept: a load test would fill the memory."""


async def serve() -> None:
    """Serve on a free port until a signal comes."""
    journal = Journal(cap=CAP)
    async with Server(journal, Findings(journal, "error", "warn")) as server:
        responses = MockResponses(server)
        many = [message("A sentence of an answer.") for _ in range(FILL)]
        responses.reply(*many, message("done"), when=asks_for_many, times=ALWAYS)
        responses.reply(message("done"), times=ALWAYS)
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        print(f"ready: {responses.base_url}", flush=True)
        await ended.wait()


def asks_for_many(entry: Entry) -> bool:
    """Whether what the user says last asks for a long reply: a frame has no more than that."""
    return WORD in entry.content


if __name__ == "__main__":
    asyncio.run(serve())
