"""Rehearsal: the other side of an agent's wire, recorded, waited on and broken on purpose.

Start with `Stage` (or the pytest fixtures made from it), `carries` and the mock servers' `reply`.
The names here are loaded on first use, so importing this package imports nothing else.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent_rehearsal.face.stage import Stage
    from agent_rehearsal.journal import (
        Connection,
        Entry,
        Journal,
        JournalFile,
        Predicate,
        WaitTimeout,
        assert_partial_order,
        assert_unordered,
        before,
        carries,
        direction,
        head,
        header,
        kind,
        like,
        of_type,
        on,
        path,
        read,
        source,
    )
    from agent_rehearsal.wire import (
        ALWAYS,
        Conversation,
        Gate,
        PortInUse,
        Violation,
        at_random,
        close,
        cut,
        delay,
        duplicate,
        fragment,
        garbage,
        half_close,
        paced,
        ping,
        raw,
        refuse,
        reorder,
        reset,
        split_utf8,
        stall,
        withhold_pongs,
        within,
    )

_HOMES = {
    "Stage": "agent_rehearsal.face.stage",
    "Connection": "agent_rehearsal.journal",
    "Entry": "agent_rehearsal.journal",
    "Journal": "agent_rehearsal.journal",
    "JournalFile": "agent_rehearsal.journal",
    "Predicate": "agent_rehearsal.journal",
    "WaitTimeout": "agent_rehearsal.journal",
    "assert_partial_order": "agent_rehearsal.journal",
    "assert_unordered": "agent_rehearsal.journal",
    "before": "agent_rehearsal.journal",
    "carries": "agent_rehearsal.journal",
    "direction": "agent_rehearsal.journal",
    "head": "agent_rehearsal.journal",
    "header": "agent_rehearsal.journal",
    "kind": "agent_rehearsal.journal",
    "like": "agent_rehearsal.journal",
    "of_type": "agent_rehearsal.journal",
    "on": "agent_rehearsal.journal",
    "path": "agent_rehearsal.journal",
    "read": "agent_rehearsal.journal",
    "source": "agent_rehearsal.journal",
    "ALWAYS": "agent_rehearsal.wire",
    "Conversation": "agent_rehearsal.wire",
    "Gate": "agent_rehearsal.wire",
    "PortInUse": "agent_rehearsal.wire",
    "Violation": "agent_rehearsal.wire",
    "close": "agent_rehearsal.wire",
    "cut": "agent_rehearsal.wire",
    "delay": "agent_rehearsal.wire",
    "fragment": "agent_rehearsal.wire",
    "ping": "agent_rehearsal.wire",
    "raw": "agent_rehearsal.wire",
    "reset": "agent_rehearsal.wire",
    "stall": "agent_rehearsal.wire",
    "at_random": "agent_rehearsal.wire",
    "duplicate": "agent_rehearsal.wire",
    "garbage": "agent_rehearsal.wire",
    "half_close": "agent_rehearsal.wire",
    "paced": "agent_rehearsal.wire",
    "refuse": "agent_rehearsal.wire",
    "reorder": "agent_rehearsal.wire",
    "split_utf8": "agent_rehearsal.wire",
    "withhold_pongs": "agent_rehearsal.wire",
    "within": "agent_rehearsal.wire",
}

__all__ = [
    "ALWAYS",
    "Connection",
    "Conversation",
    "Entry",
    "Gate",
    "Journal",
    "JournalFile",
    "PortInUse",
    "Predicate",
    "Stage",
    "Violation",
    "WaitTimeout",
    "assert_partial_order",
    "assert_unordered",
    "at_random",
    "before",
    "carries",
    "close",
    "cut",
    "delay",
    "direction",
    "duplicate",
    "fragment",
    "garbage",
    "half_close",
    "head",
    "header",
    "kind",
    "like",
    "of_type",
    "on",
    "paced",
    "path",
    "ping",
    "raw",
    "read",
    "refuse",
    "reorder",
    "reset",
    "source",
    "split_utf8",
    "stall",
    "withhold_pongs",
    "within",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'agent_rehearsal' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
