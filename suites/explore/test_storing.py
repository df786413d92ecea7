"""Files of schedules: where they lie, what is kept in them, what is refused."""

from pathlib import Path

import pytest

from agent_rehearsal.face.exploring.storing import (
    MOST,
    Damaged,
    Kept,
    keep,
    path_of,
    read,
    replays_for,
)
from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.search.plain import to_plain
from agent_rehearsal.interleave.search.replay import Replay

TEST = "suites/races/test_order.py::TestIt::test_first[a/b]"


def kept(place: str = "test_order.py:7", *, late: float = 0.05) -> Kept:
    """A kept schedule."""
    schedule = Schedule(delays={Key("c1>s#2"): Delay(late)}, salts={3: 0})
    replay = Replay(test=TEST, schedule=schedule, python="3.11")
    return Kept(kind="AssertionError", place=place, found_by="sweep", replay=to_plain(replay))


def test_a_test_has_a_file_of_its_own(tmp_path: Path) -> None:
    """Named after it; what no file system takes is replaced, and told apart."""
    folder = tmp_path / "snapshots/schedules"
    path = path_of(tmp_path, TEST)
    assert path.parent == folder / "suites/races/test_order"
    assert path.name.startswith("TestIt.test_first[a-b]~")
    assert path_of(tmp_path, "test_a.py::test_b[1]") == folder / "test_a/test_b[1].json"
    others = {path_of(tmp_path, f"test_a.py::test_b[{case}]") for case in ("a b", "a-b", "a/b")}
    assert len(others) == 3
    assert len(path_of(tmp_path, f"test_a.py::test_b[{'x' * 999}]").name) < 140


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    """The schedule, to the nanosecond; also by way of a report."""
    path = keep(tmp_path, TEST, kept(late=0.123456789))
    (replay,) = replays_for(tmp_path, TEST)
    assert replay.schedule.delays == {Key("c1>s#2"): Delay(0.123456789)}
    assert path.read_text().endswith("}\n")
    assert read({**{name: getattr(kept(), name) for name in Kept.__struct_fields__}}) == kept()


def test_a_test_without_a_file_has_none(tmp_path: Path) -> None:
    """Nothing is made by asking."""
    assert replays_for(tmp_path, TEST) == ()
    assert list(tmp_path.iterdir()) == []


def test_the_newest_is_first_and_replaces_its_like(tmp_path: Path) -> None:
    """One schedule for a failure; as many failures as are kept at most."""
    for number in range(MOST + 2):
        keep(tmp_path, TEST, kept(f"test_order.py:{number}", late=0.001 * (number + 1)))
    keep(tmp_path, TEST, kept("test_order.py:5", late=0.09))
    replays = replays_for(tmp_path, TEST)
    assert len(replays) == MOST
    assert [replay.schedule.delays[Key("c1>s#2")].dt for replay in replays][:2] == [0.09, 0.012]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        '{"test": "a"}',
        '{"test": "a", "schedules": [{}]}',
        '{"test": "a", "schedules": [], "more": 1}',
        '{"test": "a", "schedules": [{"kind": "", "place": "", "found_by": "", "replay": {}}]}',
        b"\xff\xfe",
    ],
)
def test_a_damaged_file_is_named_with_the_remedy(tmp_path: Path, text: str | bytes) -> None:
    """Never taken for an empty one; what is found next is written over it."""
    path = path_of(tmp_path, TEST)
    path.parent.mkdir(parents=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Damaged, match=r"snapshots/schedules/suites/.* cannot be read .*; restore"):
        replays_for(tmp_path, TEST)
    keep(tmp_path, TEST, kept())
    assert len(replays_for(tmp_path, TEST)) == 1
