"""The limit: a bare asyncio protocol that parses each request, as shortly as that can be done, and
writes prebuilt bytes.

`python benchmarks/raw_server.py --answers FILE` serves, for a body whose `input` is one of the
words of FILE (JSON, word -> body of the answer), that body in one chunk. Keeps nothing.
"""

import argparse
import asyncio
import json
import signal
from pathlib import Path
from typing import cast

import msgspec

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"cache-control: no-store\r\ntransfer-encoding: chunked\r\n\r\n"
)
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"


class Raw(asyncio.Protocol):
    """One connection."""

    def __init__(self, answers: dict[str, bytes]) -> None:
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
            line, headers = parsed(self._heard[:end])
            whole = end + 4 + int(headers.get(b"content-length", b"0"))
            if len(self._heard) < whole:
                return
            body, self._heard = self._heard[end + 4 : whole], self._heard[whole:]
            self._transport.write(self._answer(line, body))

    def _answer(self, line: bytes, body: bytes) -> bytes:
        if not line.startswith(b"POST /v1/responses "):
            return NOT_FOUND
        return self._answers.get(msgspec.json.decode(body)["input"], NOT_FOUND)


def parsed(head: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """The request line and the headers by lower-case name."""
    line, *rest = head.split(b"\r\n")
    pairs = [text.partition(b":") for text in rest]
    return line, {name.lower(): value.strip() for name, _, value in pairs}


def main() -> None:
    """Serve on a free port until a signal comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=Path, required=True)
    texts = json.loads(parser.parse_args().answers.read_bytes())
    asyncio.run(serve({word: chunked(text.encode()) for word, text in texts.items()}))


def chunked(body: bytes) -> bytes:
    """A whole answer."""
    return b"%b%x\r\n%b\r\n0\r\n\r\n" % (HEAD, len(body), body)


async def serve(answers: dict[str, bytes]) -> None:
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
