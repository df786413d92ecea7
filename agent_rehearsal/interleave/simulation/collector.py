"""The cycle collector, which runs between simulated runs and never in one: what it finds and when
depends on all that the process did before.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

EVERY = 50
"""Runs between two collections of everything."""
YOUNG = 0
"""The generation of what was made since the last collection."""

_runs = 0


@contextmanager
def collector_off() -> Iterator[None]:
    """Collects nothing but between runs; for a whole exploration, or for one run.

    What is there on entering is not looked at: it would have to be gone through each time.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.enable()


def count_run() -> None:
    """A run begins: collects what the last one left behind, while little has been made since, and
    now and then what outlived more than one.
    """
    global _runs  # noqa: PLW0603  (of the process)
    _runs += 1
    if _runs % EVERY == 0:
        gc.collect()
    elif not gc.isenabled():
        gc.collect(YOUNG)
