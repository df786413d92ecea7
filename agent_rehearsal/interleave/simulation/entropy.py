"""Where chance comes from while a simulation is on: a seed, and nothing else.

`os.urandom` and all that draws on it (`uuid4`, `secrets`, `SystemRandom`), the functions of
`random`, generators that seed themselves, and those that libraries made when they were imported.
This module must not know what is drawn for.
"""

import gc
import os
import random
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import get_ident
from typing import Any

from agent_rehearsal.interleave.simulation.bindings import Bindings

REAL_URANDOM = os.urandom
_seed = random.Random.seed


class Entropy:
    """The chance of one run."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.thread = get_ident()

    @cached_property
    def _source(self) -> random.Random:
        """Made when it is first drawn from: many runs never do."""
        return random.Random(self._number)

    def bytes(self, count: int) -> bytes:
        """As many bytes as asked for."""
        return self._source.randbytes(count)

    def seed(self) -> int:
        """A seed for a generator that asked for none."""
        return self._source.getrandbits(64)


_current: Entropy | None = None
_owned: "weakref.WeakSet[random.Random]" = weakref.WeakSet()
_modules = 0
_kept = False


def _virtual() -> Entropy | None:
    source = _current
    return source if source is not None and source.thread == get_ident() else None


def urandom(size: int, /) -> bytes:
    """Stands in for `os.urandom`."""
    source = _virtual()
    return REAL_URANDOM(size) if source is None else source.bytes(size)


def getrandom(size: int, flags: int = 0) -> bytes:
    """Stands in for `os.getrandom`."""
    return urandom(size)


def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
    """Stands in for `Random.seed`: a generator that asks for none gets a seed of the run's."""
    source = _virtual()
    if source is not None:
        _keep(self)
        if a is None:
            a = source.seed()
    _seed(self, a, version)


def _seed_shared(a: Any = None, version: int = 2) -> None:
    random.Random.seed(_shared(), a, version)


def _shared() -> random.Random:
    shared: random.Random = random._inst
    return shared


def _keep(generator: random.Random) -> None:
    if type(generator) is random.Random:
        _owned.add(generator)


def _find_owned() -> None:
    """Generators made when modules were imported; looked for again when more modules were."""
    global _modules  # noqa: PLW0603  (what the process has, not what a run has)
    if _modules == len(sys.modules):
        return
    found = [each for each in _all_objects() if type(each) is random.Random]
    spared = _spared(found)
    for each in found:
        if id(each) not in spared:
            _owned.add(each)
    _modules = len(sys.modules)


def _all_objects() -> list[object]:
    """What the collector knows; it hides what it was told to leave alone."""
    if not gc.get_freeze_count():
        return gc.get_objects()
    gc.unfreeze()
    try:
        return gc.get_objects()
    finally:
        gc.freeze()


def _spared(found: list[random.Random]) -> set[int]:
    """The identities of the generators that decide what is explored."""
    holders = [
        each
        for each in gc.get_referrers(*found)
        if type(each).__module__.startswith(("agent_rehearsal.interleave", "hypothesis"))
    ]
    return {id(each) for each in gc.get_referents(*holders)}


@contextmanager
def chance_kept() -> Iterator[None]:
    """The functions of `random` go on afterwards where they were before; for a whole exploration,
    or for one run. Keeping their state takes longer than most of what a run begins with.
    """
    global _kept  # noqa: PLW0603  (one exploration at a time in a process)
    if _kept:
        yield
        return
    state, _kept = _shared().getstate(), True
    try:
        yield
    finally:
        _kept = False
        _shared().setstate(state)


def begin(number: int, bindings: Bindings) -> Callable[[], None]:
    """Entropy comes from the seed `number` from now on; what is returned ends it. What has drawn
    from the functions of `random` meanwhile, `chance_kept` undoes.
    """
    global _current  # noqa: PLW0603  (one run at a time in a process)
    before, shared = _current, _shared()
    _find_owned()
    for owned in _owned:
        if owned is not shared:
            _seed(owned, number)
    _seed(shared, number)
    _current = Entropy(number)
    bindings.bind(os, "urandom", urandom)
    if hasattr(os, "getrandom"):
        bindings.bind(os, "getrandom", getrandom)
    bindings.bind(random, "_urandom", urandom)
    bindings.bind(random.Random, "seed", seed)
    bindings.bind(random, "seed", _seed_shared)

    def end() -> None:
        global _current  # noqa: PLW0603
        _current = before

    return end
