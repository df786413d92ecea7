"""Runs made by hand, in the shortest words: what was sent when, and when it arrived."""

from itertools import count
from zlib import compressobj

from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.keys import TIMER, Delay, Key, Schedule
from agent_rehearsal.interleave.trace import Link, Piece, Sent, Step, Trace, What
from agent_rehearsal.interleave.verdict import Found

MS = 1e-3
MASK = b"\x0f\xf0\x55\xaa"
UPGRADE = b"Host: mock\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
FAILURE = Failure("AssertionError", "test_a.py:41", "assert ['tool', 'stop'] == ['stop']")


def frame(
    payload: bytes, *, opcode: int = 1, masked: bool = False, final: bool = True, rsv1: bool = False
) -> bytes:
    """One WebSocket frame."""
    first = opcode | (0x80 if final else 0) | (0x40 if rsv1 else 0)
    size, flag = len(payload), 0x80 if masked else 0
    if size < 126:
        head = bytes([first, flag | size])
    elif size < 1 << 16:
        head = bytes([first, flag | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([first, flag | 127]) + size.to_bytes(8, "big")
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload))


def said(kind: str, *, masked: bool = False) -> bytes:
    """A WebSocket message of a type."""
    return frame(b'{"type": "%s", "n": 1}' % kind.encode(), masked=masked)


class Deflater:
    """Compresses the messages of one direction, each with what came before as its context."""

    def __init__(self) -> None:
        self._stream = compressobj(wbits=-15)

    def frame(self, payload: bytes) -> bytes:
        """One compressed message."""
        data = self._stream.compress(payload) + self._stream.flush(2)
        return frame(data.removesuffix(b"\0\0\xff\xff"), rsv1=True)


def chunk(data: bytes) -> bytes:
    """One chunk of the chunked transfer coding."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def event(name: str) -> bytes:
    """A server-sent event."""
    return f'event: {name}\ndata: {{"type": "{name}"}}\n\n'.encode()


class Play:
    """A run under way; times are milliseconds."""

    def __init__(self) -> None:
        self._trace = Trace()
        self._numbers: dict[str, count[int]] = {}
        self._steps: list[Step] = []

    def opened(self, link: str, path: str, *, at: float = 0.0) -> None:
        """A connection whose first request was answered with an upgrade."""
        self._trace.links[link] = Link(link, f"127.0.0.1:4000{link[1:]}", "127.0.0.1:8000")
        self.sent(f"{link}>", b"", at=at, piece="syn")
        self.sent(f"{link}<", b"", at=at, piece="syn-ack")
        self.sent(f"{link}>", f"GET {path} HTTP/1.1\r\n".encode() + UPGRADE, at=at)
        self.sent(f"{link}<", SWITCHING, at=at)

    def sent(
        self,
        way: str,
        data: bytes = b"",
        *,
        at: float,
        late: float = 0.0,
        piece: Piece = "data",
        lost: bool = False,
    ) -> Key:
        """A piece, `c1>` or `c1<`; a lost one never arrives."""
        numbers = self._numbers.setdefault(way, count())
        key = Key(f"{way}{'s'}#{next(numbers)}")
        arrived = None if lost else (at + late) * MS
        self._trace.sent[key] = Sent(key, piece, data, at * MS, 0, arrived, 0)
        self.step("send", key, at=at)
        if not lost:
            self.step("arrive", key, at=at + late)
        return key

    def said(self, way: str, kind: str, *, at: float, late: float = 0.0, lost: bool = False) -> Key:
        """A WebSocket message of a type."""
        data = said(kind, masked=">" in way)
        return self.sent(way, data, at=at, late=late, lost=lost)

    def step(self, what: What, key: Key, *, at: float) -> None:
        """Anything else that happened."""
        self._steps.append(Step(what, key, at * MS, 0))

    def timer(self, at: float) -> None:
        """A timer fired."""
        self.step("timer", TIMER, at=at)

    def trace(self) -> Trace:
        """The run, its steps in the order of time."""
        self._trace.steps = sorted(self._steps, key=lambda step: step.at)
        return self._trace


def race(late: float = 0.0, *, lost: bool = False) -> tuple[Trace, Key]:
    """A turn that is interrupted while its tool runs; the interrupt is so many ms late."""
    play = Play()
    play.opened("c1", "/v1/realtime?model=m")
    play.said("c1<", "tool.call", at=0)
    interrupt = play.said("c1<", "interrupt", at=20, late=late, lost=lost)
    play.said("c1>", "tool.result", at=30)
    if not lost:
        play.said("c1>", "interrupted", at=max(20 + late, 31))
    return play.trace(), interrupt


def found_race(window: tuple[float, float | None] = (0.015, 0.0299)) -> tuple[Found, Attempt]:
    """The finding of that race, and the run without it."""
    trace, key = race(30)
    return found(trace, {key: Delay(0.03, 4)}, {key: window}), Attempt(race()[0])


def found(
    trace: Trace,
    delays: dict[Key, Delay],
    window: dict[Key, tuple[float, float | None]] | None = None,
    *,
    salts: dict[int, int] | None = None,
    steps: dict[Key, int] | None = None,
    stalls: dict[int, float] | None = None,
    failure: Failure = FAILURE,
) -> Found:
    """A finding whose shrunk run is `trace`."""
    schedule = Schedule(delays, salts or {}, steps or {}, stalls or {})
    attempt = Attempt(trace, failure, schedule=schedule)
    return Found(
        first=attempt,
        strategy="sweep",
        tried=3,
        schedule=schedule,
        shrunk=attempt,
        shrinking=14,
        window=window or {},
    )
