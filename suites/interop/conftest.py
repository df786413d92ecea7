"""Where the clients of these tests live and work, and how their requests are approved."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from agent_rehearsal.face.snapshots import request_snapshot_for


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The client's home."""
    return tmp_path.resolve() / "home"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The client's working folder."""
    folder = tmp_path.resolve() / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def labels(home: Path, work: Path) -> Mapping[str, str]:
    """What a snapshot shows in place of these folders."""
    return {"HOME": str(home), "CWD": str(work)}


@pytest.fixture
def approved(snapshot: SnapshotAssertion, labels: Mapping[str, str]) -> SnapshotAssertion:
    """A snapshot of requests that knows the folders."""
    return request_snapshot_for(snapshot, labels)
