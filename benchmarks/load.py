"""A client that asks as fast as it is answered: `python benchmarks/load.py --port N ...`.

A process of its own over plain non-blocking sockets, so that it costs less than any server that it
measures. Counts complete answers, each of which ends with its last event, and prints what it saw as
one line of JSON.
"""

import argparse
import contextlib
import json
import selectors
import socket
from pathlib import Path
from time import perf_counter

END = b"0\r\n\r\n"
LAST_EVENT = b'"response.completed"'
_BUFFER = 1 << 18
_COUNTED = 16
"""Of so many answers on a connection, the events of one are counted."""
_STALLED = 10.0
"""Seconds without any answer after which a server counts as hung."""


class Conversation:
    """One connection, on which a request follows each answer."""

    def __init__(self, port: int, request: bytes, events: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request
        self._events = events
        self._heard = bytearray(_BUFFER)
        self._room = memoryview(self._heard)
        self._size = 0
        self._answers = 0
        self._asked = 0.0

    def ask(self) -> None:
        """Send the request."""
        self._asked = perf_counter()
        self.sock.sendall(self._request)

    def hear(self) -> float | None:
        """Take what came; how long the answer took in seconds once it is whole, else None.

        Raises ValueError for an answer that is not the one asked for.
        """
        got = self.sock.recv_into(self._room[self._size :])
        if not got:
            raise ValueError("the server closed a connection that was to be kept alive")
        self._size += got
        if self._room[max(0, self._size - len(END)) : self._size] != END:
            return None
        took = perf_counter() - self._asked
        self._check()
        self._size = 0
        return took

    def _check(self) -> None:
        """Look for the last event of each answer; count the events of some."""
        found = self._events
        if self._answers % _COUNTED == 0:
            found = self._heard.count(b"\ndata:", 0, self._size)
        self._answers += 1
        if found != self._events or self._heard.rfind(LAST_EVENT, 0, self._size) < 0:
            tail = bytes(self._room[max(0, self._size - 400) : self._size])
            raise ValueError(f"expected {self._events} events, got {found}: {tail!r}")


def request(events: int, size: int) -> bytes:
    """A request of about `size` bytes for that many events."""
    body = {"model": "gpt-5", "stream": True, "instructions": "", "input": f"bench-{events}-events"}
    body["instructions"] = "x" * max(0, size - len(json.dumps(body)))
    data = json.dumps(body).encode()
    return (
        b"POST /v1/responses HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n"
        b"content-type: application/json\r\nauthorization: Bearer test\r\n"
        b"content-length: %d\r\n\r\n%b" % (len(data), data)
    )


def ask_for(
    seconds: float, talks: list[Conversation], selector: selectors.BaseSelector
) -> list[float]:
    """How long each answer took that was complete within `seconds`; all asked for are awaited."""
    took: list[float] = []
    open_ = len(talks)
    end = perf_counter() + seconds
    for talk in talks:
        talk.ask()
    while open_:
        ready = selector.select(_STALLED)
        if not ready:
            raise ValueError(f"{open_} answers did not come within {_STALLED:g} s")
        for key, _ in ready:
            answered = key.data.hear()
            if answered is None:
                continue
            took.append(answered)
            if perf_counter() < end:
                key.data.ask()
            else:
                open_ -= 1
    return took


def cpu_of(pid: int) -> float:
    """Seconds of processor time that a process has used; 0.0 where the system does not say.

    Of its threads that are there now: neither server ends one under load.
    """
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    with contextlib.suppress(OSError):
        return sum(int(thread.read_text("utf-8").split()[0]) for thread in threads) / 1e9
    return 0.0


def measure(options: argparse.Namespace) -> dict[str, float]:
    """A short time thrown away, then the one that counts."""
    asked = request(options.events, options.size)
    talks = [Conversation(options.port, asked, options.events) for _ in range(options.connections)]
    with selectors.DefaultSelector() as selector:
        for talk in talks:
            selector.register(talk.sock, selectors.EVENT_READ, talk)
        ask_for(options.seconds / 4, talks, selector)
        cpu, begin = cpu_of(options.pid), perf_counter()
        took = sorted(ask_for(options.seconds, talks, selector))
        wall = perf_counter() - begin
        cpu = cpu_of(options.pid) - cpu
    for talk in talks:
        talk.sock.close()
    return {
        "answers": len(took),
        "rate": len(took) / wall,
        "cpu": cpu / len(took),
        "p50": took[len(took) // 2],
        "p99": took[len(took) * 99 // 100],
    }


def main() -> None:
    """Measure once and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--pid", type=int, required=True, help="the server's, for its processor time"
    )
    parser.add_argument("--events", type=int, default=10)
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--size", type=int, default=1000, help="bytes of the request's body")
    print(json.dumps(measure(parser.parse_args())))


if __name__ == "__main__":
    main()
