"""Recordings come back as they were written; what they share is kept once."""

import json
from pathlib import Path

import pytest

from suites.parity.recordings import TOOLS, NotRecorded, Recordings

TOOL = {"type": "function", "name": "f"}
LANES = {
    "responses": [
        {"what": "POST /v1/responses", "body": {"input": [], "tools": [TOOL]}},
        {"what": "POST /v1/responses", "body": {"input": ["x"], "tools": [TOOL]}},
        {"what": "POST /v1/responses", "body": {"tools": []}},
    ]
}


def test_a_recording_comes_back(tmp_path: Path) -> None:
    """What was written is read, lists of tools and all."""
    kept = Recordings(tmp_path)
    kept.write("one", LANES)
    assert kept.read("one") == LANES
    assert kept.names() == ["one"]


def test_lists_of_tools_are_kept_once(tmp_path: Path) -> None:
    """Recordings with the same tools share them."""
    kept = Recordings(tmp_path)
    kept.write("one", LANES)
    kept.write("two", LANES)
    assert list(json.loads((tmp_path / TOOLS).read_text()).values()) == [[TOOL]]
    assert '"f"' not in (tmp_path / "one.json").read_text()


def test_what_is_no_scenario_any_more_is_forgotten(tmp_path: Path) -> None:
    """Pruning leaves the named recordings, and the lists that they have."""
    kept = Recordings(tmp_path)
    kept.write("one", LANES)
    other = {"responses": [{"body": {"tools": [{"name": "g"}]}}]}
    kept.write("two", other)
    kept.prune(["two"])
    assert kept.names() == ["two"]
    assert list(json.loads((tmp_path / TOOLS).read_text()).values()) == [[{"name": "g"}]]


def test_a_scenario_that_is_not_recorded_says_how_it_is(tmp_path: Path) -> None:
    """The error has the command."""
    with pytest.raises(NotRecorded, match=r"python -m suites\.parity record one"):
        Recordings(tmp_path).read("one")
