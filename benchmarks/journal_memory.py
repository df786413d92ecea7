"""What the journal's memory comes to for many requests and their replies, against the bytes that
crossed the wire.
"""

import asyncio
import gc
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass

from agent_rehearsal import ALWAYS, Stage
from benchmarks.bench_server import AROUND
from benchmarks.load import request
from benchmarks.one_turn.client import LAST_CHUNK
from benchmarks.report import Finding
from mock_responses import message

EVENTS, SIZE = 10, 1000
EACH = 1000
"""Bytes for each request beyond `FACTOR` times its bytes that the goal allows."""
FACTOR = 1.25
_BLANK = b"\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """Bytes on the heap that the journal holds, and bytes that it recorded."""

    requests: int
    heap: int
    raw: int

    def lines(self) -> Iterator[str]:
        """The ratio, and what is left of it for each request."""
        allowed = FACTOR * self.raw + EACH * self.requests
        said = "met" if self.heap <= allowed else "MISSED"
        beyond = (self.heap - self.raw) / self.requests
        yield f"journal of {self.requests:,} requests of {SIZE} bytes, {EVENTS} events each"
        yield f"  ratio of heap to raw bytes   {self.heap / self.raw:>10.2f}"
        yield f"  heap beyond the raw bytes    {beyond:>10.0f} bytes a request"
        yield f"  ratio to the goal            {self.heap / allowed:>10.2f}   at most 1.00: {said}"


def run(*, quick: bool) -> Iterator[Finding]:
    """One run; counting bytes needs no rounds."""
    yield asyncio.run(_measured(1_000 if quick else 10_000))


async def _measured(requests: int) -> Footprint:
    async with Stage() as stage:
        stage.responses.reply(message(*["word "] * (EVENTS - AROUND)), times=ALWAYS)
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
        asked, raw = request(EVENTS, SIZE), 0
        head, _, body = asked.partition(_BLANK)
        tracemalloc.start()
        before = _heap()
        for number in range(requests):
            writer.write(head + _BLANK + body.replace(b"xxxxxxxx", b"%08d" % number, 1))
            raw += len(asked) + len(await reader.readuntil(LAST_CHUNK))
        heap = _heap() - before
        tracemalloc.stop()
        writer.close()
        await writer.wait_closed()
    return Footprint(requests=requests, heap=heap, raw=raw)


def _heap() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
