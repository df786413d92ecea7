"""Schedules that broke a test, kept in files so that they are run first next time.

They lie in `snapshots/schedules` below pytest's root. Knows files, and no pytest.
"""

from pathlib import Path
from typing import Any

import msgspec

from agent_rehearsal.face.exploring.naming import file_of
from agent_rehearsal.interleave.search.plain import NotAReplay, from_plain
from agent_rehearsal.interleave.search.replay import Replay

FOLDER = "snapshots/schedules"
MOST = 10
"""Schedules of one test that are kept; older ones give way."""


class Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A schedule, and the failure that it brings about."""

    kind: str
    place: str
    found_by: str
    """The strategy."""
    replay: dict[str, Any]
    """As `plain` has it."""


class Shelf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file holds."""

    test: str
    schedules: tuple[Kept, ...]


class Damaged(Exception):
    """A file of schedules cannot be read. Names it, the place in it, and the remedy."""


def path_of(root: Path, test: str) -> Path:
    """The file of the test with this node id."""
    return root / FOLDER / file_of(test, "json")


def replays_for(root: Path, test: str) -> tuple[Replay, ...]:
    """What broke a test before, the newest first. Raises Damaged."""
    return tuple(replay for _, replay in _read(root, path_of(root, test)))


def _read(root: Path, path: Path) -> list[tuple[Kept, Replay]]:
    if not path.is_file():
        return []
    try:
        shelf = msgspec.json.decode(path.read_bytes(), type=Shelf)
        return [(kept, from_plain(kept.replay)) for kept in shelf.schedules]
    except (OSError, UnicodeDecodeError, msgspec.DecodeError, NotAReplay) as error:
        raise Damaged(
            f"{path.relative_to(root)} cannot be read as kept schedules: {error}; "
            "restore it, or remove it to begin anew"
        ) from None


def keep(root: Path, test: str, kept: Kept) -> Path:
    """Put a schedule before the others of its test, in place of one for the same failure.

    A damaged file is written anew. Raises OSError.
    """
    path = path_of(root, test)
    try:
        before = [each for each, _ in _read(root, path)]
    except Damaged:
        before = []
    others = [each for each in before if not _same(each, kept)]
    shelf = Shelf(test=test, schedules=(kept, *others)[:MOST])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(shelf), indent=2) + b"\n")
    return path


def read(plain: object) -> Kept:
    """A schedule that came with a report, as JSON has it."""
    return msgspec.convert(plain, Kept)


def _same(one: Kept, other: Kept) -> bool:
    return one.replay == other.replay or (one.kind, one.place) == (other.kind, other.place)
