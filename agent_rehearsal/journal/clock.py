"""The journal's two clocks: loop time for entries, wall time for the header of a written journal.

This is the one place of the harness that reads a real clock.
"""

import asyncio
import time


def loop_time() -> float:
    """Seconds of the running event loop's clock; 0.0 where no loop runs, as in a sync test."""
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:
        return 0.0


def wall_time() -> float:
    """Seconds since the epoch."""
    return time.time()
