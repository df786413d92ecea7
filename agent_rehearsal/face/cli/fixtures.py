"""Fixture files of aimock, read and converted before anything is served."""

from collections.abc import Iterable
from pathlib import Path

from agent_rehearsal.face.cli.mishap import Mishap
from mock_responses.aimock import FixtureError, Fixtures, read_fixtures


def load_fixtures(paths: Iterable[Path]) -> Fixtures:
    """The fixtures in these files. Raises Mishap that names each problem."""
    try:
        return read_fixtures({str(path): _content(path) for path in paths})
    except FixtureError as error:
        raise Mishap(f"the fixtures cannot be served:\n{error}") from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except IsADirectoryError as error:
        inside = ", ".join(sorted(str(each) for each in path.glob("*.json"))) or "no .json file"
        raise Mishap(f"{path}: is a folder; name its files ({inside})") from error
    except OSError as error:
        raise Mishap(
            f"{path}: cannot be read: {error.strerror}; --aimock takes a fixture file of aimock"
        ) from error
