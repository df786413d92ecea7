"""`request_snapshot`: approved shapes of requests in files, one an assertion.

The one module that knows syrupy. A file is `snapshots/<suite>/<module>/<test>[.<name>].txt` below
pytest's root: the suite is the test's folder without a leading `suites` or `tests`, a test of a
class is `<test>@<Class>`. What stands in a file, `shapes` decides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath
from typing import Any

from syrupy.assertion import SnapshotAssertion
from syrupy.data import Snapshot, SnapshotCollection, SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

from agent_rehearsal.face.shapes import Labels, shape
from agent_rehearsal.face.shapes.hashing import digest

FOLDER = "snapshots"
_SUITES = ("suites", "tests")
_UNSAFE = re.compile(r"[^\w.\[\]=+,-]", re.ASCII)
_NAME = re.compile(r"(?=.*[^\d])[\w-]+", re.ASCII)
_STEM = re.compile(r"(?P<test>[^.\[@]+(?:\[.*\])?)(?P<classes>(?:@\w+)*)(?:\.(?P<index>[\w-]+))?")
_LONGEST = 120
"""Characters of a test's name in a file name; the rest gives way to a hash."""


def request_snapshot_for(
    snapshot: SnapshotAssertion, labels: Mapping[str, str] | None = None
) -> SnapshotAssertion:
    """What `request_snapshot` is in one test, made of syrupy's own fixture `snapshot`.

    `labels` names values that differ from run to run: `{"CWD": str(tmp_path)}` shows it as `<CWD>`.
    Ids keep their labels from one assertion of the test to the next.
    """
    options = {each.name: getattr(snapshot, each.name) for each in fields(snapshot) if each.init}
    options["extension_class"] = RequestSnapshotExtension
    options["matcher"] = _Shaper(Labels(labels))
    return RequestSnapshot(**options)


@dataclass(frozen=True, slots=True)
class _Shaper:
    """Turns what a test compares into text, as syrupy's matchers do."""

    labels: Labels

    def __call__(self, *, data: Any, path: Any) -> str:
        return shape(data, self.labels)


@dataclass(eq=False, order=False, repr=False)
class RequestSnapshot(SnapshotAssertion):
    """An assertion whose unnamed snapshots are counted on their own: none, `.2`, `.3`."""

    @property
    def index(self) -> str | int:
        """The name given to this assertion, else how many unnamed ones came before it."""
        if self._custom_index:
            return self._custom_index
        return sum(isinstance(index, int) for index in self._execution_name_index)


class RequestSnapshotExtension(SingleFileSnapshotExtension):
    """Where syrupy keeps the shapes of requests, and how it tells whose they are."""

    _write_mode = WriteMode.TEXT
    _context_line_count = 3
    file_extension = "txt"
    snapshot_dirname = FOLDER

    def serialize(self, data: Any, *, matcher: Any = None, **_: Any) -> str:
        """The shape of `data`. Raises TypeError for what has no body to show."""
        return str(matcher(data=data, path=())) if matcher else shape(data)

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """The folder of the test's module."""
        root, suite = _root_and_suite(test_location)
        return str(root.joinpath(FOLDER, *suite, test_location.basename))

    @classmethod
    def get_file_basename(cls, *, test_location: PyTestLocation, index: str | int) -> str:
        """`<test>[@<Class>][.<name>]`, safe on every file system."""
        return _owner(test_location) + _suffix(index)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: str | int = 0) -> str:
        """`<Class>.<test>[<name>]`, from which syrupy tells the test."""
        return _name_of(cls.get_file_basename(test_location=test_location, index=index))

    def read_snapshot_collection(self, *, snapshot_location: str) -> SnapshotCollection:
        """The one snapshot of a file."""
        collection = SnapshotCollection(location=snapshot_location)
        collection.add(Snapshot(name=_name_of(Path(snapshot_location).stem)))
        return collection

    @classmethod
    def matches_test_location(
        cls, *, test_location: PyTestLocation, snapshot_location: str
    ) -> bool:
        """Whether the file is of this test's module and, with parameters, of this very case."""
        path = Path(snapshot_location)
        if path.parent != Path(cls.dirname(test_location=test_location)):
            return False
        return not test_location.is_item_parametrized or _same_test(path.stem, test_location)

    @classmethod
    def discovery_dirname(cls, *, test_location: PyTestLocation) -> str:
        """The folder of the test's module: others may be left out of this run."""
        return cls.dirname(test_location=test_location)

    def discover_snapshots(
        self, *, test_location: PyTestLocation, ignore_extensions: list[str] | None = None
    ) -> SnapshotCollections:
        """The snapshots of the test's module, and those beside it whose module is gone."""
        found = SnapshotCollections()
        own = Path(self.dirname(test_location=test_location))
        for folder in own.parent.iterdir() if own.parent.is_dir() else ():
            module = Path(test_location.filepath).with_name(f"{folder.name}.py")
            if folder == own or not module.is_file():
                for path in sorted(folder.glob(f"*.{self.file_extension}")):
                    found.add(self.read_snapshot_collection(snapshot_location=str(path)))
        return found

    def delete_snapshots(self, *, snapshot_location: str, snapshot_names: set[str]) -> None:
        """Remove the file, and its folder with the last one."""
        path = Path(snapshot_location)
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()


def _root_and_suite(location: PyTestLocation) -> tuple[Path, tuple[str, ...]]:
    """pytest's root and the folders between it and the file, told from the node id alone.

    The controller of pytest-xdist has no more than that.
    """
    path = Path(location.filepath)
    folders = PurePosixPath(location.nodeid.split("::")[0]).parent.parts
    if not folders or path.parent.parts[-len(folders) :] != folders:
        return path.parent, ()
    root = path.parents[len(folders)]
    return root, folders[1:] if folders[0] in _SUITES else folders


def _owner(location: PyTestLocation) -> str:
    classes = (location.classname or "").split(".") if location.classname else []
    return "@".join([_safe(location.testname), *classes])


def _safe(name: str) -> str:
    """`name` as it may stand in a file name; told apart by a hash where it had to change."""
    safe = _UNSAFE.sub("-", name)
    if safe == name and len(name) <= _LONGEST:
        return name
    test, bracket, _ = safe.partition("[")
    kept = safe[: _LONGEST - 10].rstrip("]")
    return f"{kept}~{digest(name)[:8]}{']' if bracket and len(test) < len(kept) else ''}"


def _suffix(index: str | int) -> str:
    if isinstance(index, int):
        return f".{index + 1}" if index else ""
    if not _NAME.fullmatch(index):
        raise ValueError(
            f"request_snapshot(name={index!r}): a name becomes part of a file name; "
            "expected letters, digits, '_' and '-', and not digits alone"
        )
    return f".{index}"


def _name_of(stem: str) -> str:
    found = _STEM.fullmatch(stem)
    if not found:
        return stem
    classes = [each for each in found["classes"].split("@") if each]
    index = f"[{found['index']}]" if found["index"] else ""
    return ".".join([*classes, found["test"]]) + index


def _same_test(stem: str, location: PyTestLocation) -> bool:
    owner = _owner(location)
    return stem == owner or (stem.startswith(f"{owner}.") and "]" not in stem[len(owner) :])
