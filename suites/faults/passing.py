"""Time that passes at once: the clock of the running loop is put forward, so no test waits."""

import asyncio


def let_pass(seconds: float) -> None:
    """Let `seconds` of loop time pass: whatever is due by then is due now."""
    loop = asyncio.get_running_loop()
    time = loop.time
    loop.time = lambda: time() + seconds  # type: ignore[method-assign]
