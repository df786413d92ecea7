"""The limit: a bare asyncio protocol that finds the end of each request and writes prebuilt bytes.

`python benchmarks/raw_server.py --answers FILE` serves, for a body that contains one of the words
of FILE (JSON, word -> body of the answer), that body in one chunk. Keeps nothing.
"""

import argparse
import asyncio
import json
import signal
from pathlib import Path
from typing import cast

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"cache-control: no-store\r\ntransfer-encoding: chunked\r\n\r\n"
)
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"


class Raw(asyncio.Protocol):
    """One connection."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers = answers
        self._heard = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._heard += data
        while (end := self._heard.find(b"\r\n\r\n")) >= 0:
            whole = end + 4 + content_length(self._heard[:end])
            if len(self._heard) < whole:
                return
            body, self._heard = self._heard[end + 4 : whole], self._heard[whole:]
            self._transport.write(self._answer(body))

    def _answer(self, body: bytes) -> bytes:
        return next((answer for word, answer in self._answers.items() if word in body), NOT_FOUND)


def content_length(head: bytes) -> int:
    """The length that the head of a request announces, 0 where it does not."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def main() -> None:
    """Serve on a free port until a signal comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=Path, required=True)
    texts = json.loads(parser.parse_args().answers.read_bytes())
    asyncio.run(serve({word.encode(): chunked(text.encode()) for word, text in texts.items()}))


def chunked(body: bytes) -> bytes:
    """A whole answer."""
    return b"%b%x\r\n%b\r\n0\r\n\r\n" % (HEAD, len(body), body)


async def serve(answers: dict[bytes, bytes]) -> None:
    """Listen and say where."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Raw(answers), "127.0.0.1", 0)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    print(f"ready: http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await ended.wait()
    server.close()


if __name__ == "__main__":
    main()
