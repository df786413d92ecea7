"""A marked test under pytest-xdist: k items `[explore 1/k]`, each with its share of one list of
schedules. What a test sees of itself while it runs is its plain name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

PARAMETER = "_rehearsal_shard"
_ID = "explore {}/{}"
Shard = tuple[int, int]
"""The number of a share, from 0, and how many there are."""
WHOLE: Shard = (0, 1)


def divide(metafunc: pytest.Metafunc) -> None:
    """Make the items of a marked test; called after all its own parameters were given."""
    shards = _shards(metafunc.config)
    if len(shards) > 1:
        metafunc.fixturenames.append(PARAMETER)
        ids = [_ID.format(at + 1, of) for at, of in shards]
        metafunc.parametrize(PARAMETER, shards, ids=ids)


def shard_of(item: pytest.Item) -> Shard:
    """The share of an item; all of it for one that is not divided."""
    callspec = getattr(item, "callspec", None)
    shard: Shard = callspec.params.get(PARAMETER, WHOLE) if callspec else WHOLE
    return shard


def plain(text: str, shard: Shard) -> str:
    """A name or node id without its share."""
    if shard == WHOLE:
        return text
    own = _ID.format(shard[0] + 1, shard[1])
    return text.removesuffix(f"[{own}]").removesuffix(f"-{own}]") + (
        "]" if text.endswith(f"-{own}]") else ""
    )


@contextmanager
def plainly_named(item: Any) -> Iterator[None]:
    """The item goes by its plain name: for snapshots, folders, and all that asks for it."""
    shard = shard_of(item)
    if shard == WHOLE:
        yield
        return
    id_at = "_id" if hasattr(item, "_id") else "_nodeid"  # pytest 9.1 and later, and before
    named = item.name, getattr(item, id_at)
    plain_id = plain(item.nodeid, shard)
    item.name = plain(item.name, shard)
    setattr(item, id_at, plain_id if isinstance(named[1], str) else type(named[1]).parse(plain_id))
    try:
        yield
    finally:
        item.name = named[0]
        setattr(item, id_at, named[1])


def _shards(config: pytest.Config) -> list[Shard]:
    worker = getattr(config, "workerinput", None)
    count = int(worker["workercount"]) if worker else 1
    return [(at, count) for at in range(count)]
