"""Is this interpreter's asyncio the one that the simulation was made for? Asked once, on first use.

The simulation replaces what a kernel provides and so needs some names that asyncio keeps to itself.
Each is checked here by what is done with it.
"""

import asyncio
import functools
import inspect
import sys
from asyncio import base_events, events, selector_events
from typing import Any

from agent_rehearsal.interleave.errors import Unsupported

TESTED = ((3, 11), (3, 13))
"""The first and the last version of Python that the suites ran on."""

NEEDED: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (base_events.BaseEventLoop, "_run_once", ("self",)),
    (base_events.BaseEventLoop, "_check_closed", ("self",)),
    (selector_events.BaseSelectorEventLoop, "_make_self_pipe", ("self",)),
    (selector_events.BaseSelectorEventLoop, "_close_self_pipe", ("self",)),
    (selector_events.BaseSelectorEventLoop, "_write_to_self", ("self",)),
    (selector_events.BaseSelectorEventLoop, "_ensure_fd_no_transport", ("self", "fd")),
    (selector_events.BaseSelectorEventLoop, "_process_events", ("self", "event_list")),
    (events, "_get_running_loop", ()),
    (events, "_set_running_loop", ("loop",)),
)
"""(owner, name, its parameters)."""
FIELDS = ("_ready", "_scheduled", "_clock_resolution", "_executor_shutdown_called")
"""What a stock loop has."""
FUTURE_FIELDS = ("_log_traceback", "_log_destroy_pending")
"""What a stock task has."""


def missing() -> list[str]:
    """What is not as it was, in words; nothing where all is well."""
    found = [
        f"{owner.__name__}.{name}"
        for owner, name, params in NEEDED
        if not _has(owner, name, params)
    ]
    source = inspect.getsource(base_events.BaseEventLoop.__init__)
    found += [f"BaseEventLoop().{name}" for name in FIELDS if f"self.{name} =" not in source]
    found += [f"Task().{name}" for name in FUTURE_FIELDS if not hasattr(asyncio.Task, name)]
    run_once = inspect.getsource(base_events.BaseEventLoop._run_once)  # type: ignore[attr-defined]
    if run_once.count("self._selector.select(timeout)") != 1:
        found.append("BaseEventLoop._run_once: one call of self._selector.select(timeout)")
    return found


def _has(owner: Any, name: str, params: tuple[str, ...]) -> bool:
    value = getattr(owner, name, None)
    if value is None:
        return False
    try:
        return tuple(inspect.signature(value).parameters) == params
    except (TypeError, ValueError):
        return True


@functools.cache
def require_supported() -> None:
    """Raises `Unsupported` where something that is needed is not there."""
    if not hasattr(asyncio, "SelectorEventLoop") or sys.platform == "win32":
        raise Unsupported("exploring schedules needs the selector event loop of Linux or macOS")
    if found := missing():
        version = ".".join(map(str, sys.version_info[:3]))
        first, last = (".".join(map(str, each)) for each in TESTED)
        raise Unsupported(
            f"exploring schedules relies on parts of asyncio that Python {version} does not have "
            f"as expected: {', '.join(found)}; run the tests without exploring, or on "
            f"Python {first} to {last}"
        )
