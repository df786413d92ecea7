"""Virtual time, and the functions that stand in for those of `time` while a simulation is on.

They are made once and find the clock of the simulation in progress, so that a module which imports
one of them during a run has the real clock again afterwards. Other threads keep the real clock.
This module must not know what makes time pass.
"""

import time as _time
from collections.abc import Callable
from threading import get_ident
from typing import Any

TURN = 1e-6
"""Seconds of virtual time that one turn of the loop takes: strictly more than none, so that waiting
for the clock ends and no two turns are at the same time.
"""
PATIENCE = 100_000
"""Readings of the clock within one turn of the loop from which on time passes between them."""
SPIN = 1e-4
"""How many seconds of it: whoever reads that often does nothing but wait."""
MONOTONIC = 1_000.0
"""What `time.monotonic()` and the loop's `time()` say when a run begins."""
WALL = 1_767_225_600.0
"""What `time.time()` says when a run begins: 2026-01-01T00:00:00Z."""


class Clock:
    """The time of one run: `now` in seconds since it began; `sleep` is what `time.sleep` does."""

    __slots__ = ("now", "readings", "sleep", "thread")

    def __init__(self, now: float = 0.0) -> None:
        self.now = now
        self.readings = 0
        """How often it was read since the loop's turn began."""
        self.thread = get_ident()
        self.sleep: Callable[[float], None] = self.advance

    def here(self) -> bool:
        """Is this the thread of the run? Others have the real world."""
        return self.thread == get_ident()

    def advance(self, seconds: float) -> None:
        """Time passes and nothing else happens."""
        self.now += seconds

    def read(self) -> float:
        """The time; a program that waits for it by reading it comes to its end."""
        self.readings += 1
        if self.readings > PATIENCE:
            self.sleep(SPIN)
        return self.now


_REAL: dict[str, Callable[..., Any]] = {
    name: getattr(_time, name)
    for name in (
        "time",
        "time_ns",
        "monotonic",
        "monotonic_ns",
        "perf_counter",
        "perf_counter_ns",
        "process_time",
        "process_time_ns",
        "gmtime",
        "localtime",
        "sleep",
    )
}
_current: Clock | None = None


def install(clock: Clock | None) -> Clock | None:
    """Makes this the clock of the run in progress and returns the one that was."""
    global _current
    before, _current = _current, clock
    return before


def _virtual() -> Clock | None:
    clock = _current
    return clock if clock is not None and clock.here() else None


def _seconds(name: str, start: float) -> Callable[[], float]:
    real = _REAL[name]

    def read() -> float:
        clock = _virtual()
        return real() if clock is None else start + clock.read()

    read.__name__ = read.__qualname__ = name
    return read


def _nanoseconds(name: str, start: float) -> Callable[[], int]:
    real = _REAL[name]

    def read() -> int:
        clock = _virtual()
        if clock is None:
            return real()  # type: ignore[no-any-return]
        return int(start) * 1_000_000_000 + round(clock.read() * 1e9)

    read.__name__ = read.__qualname__ = name
    return read


def _calendar(name: str) -> Callable[..., _time.struct_time]:
    real = _REAL[name]

    def read(seconds: float | None = None) -> _time.struct_time:
        clock = _virtual()
        if seconds is None and clock is not None:
            seconds = WALL + clock.read()
        return real(seconds)  # type: ignore[no-any-return]

    read.__name__ = read.__qualname__ = name
    return read


def _sleep(seconds: float) -> None:
    clock = _virtual()
    if clock is None:
        _REAL["sleep"](seconds)
    elif seconds < 0:
        raise ValueError("sleep length must be non-negative")
    else:
        clock.sleep(seconds)


STAND_INS: dict[str, Callable[..., Any]] = {
    "time": _seconds("time", WALL),
    "time_ns": _nanoseconds("time_ns", WALL),
    "monotonic": _seconds("monotonic", MONOTONIC),
    "monotonic_ns": _nanoseconds("monotonic_ns", MONOTONIC),
    "perf_counter": _seconds("perf_counter", MONOTONIC),
    "perf_counter_ns": _nanoseconds("perf_counter_ns", MONOTONIC),
    "process_time": _seconds("process_time", 0.0),
    "process_time_ns": _nanoseconds("process_time_ns", 0.0),
    "gmtime": _calendar("gmtime"),
    "localtime": _calendar("localtime"),
    "sleep": _sleep,
}
"""What stands in for the functions of `time` of the same names."""

REPLACED: dict[str, Callable[..., Any]] = dict(_REAL)
"""The functions of `time` that are stood in for."""
