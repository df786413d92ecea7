"""`request_snapshot` in a project of its own: its files, how they are updated and reported.

Each project runs in a process of its own, because syrupy keeps one session for a whole process.
"""

from pathlib import Path

import pytest

import agent_rehearsal

pytest_plugins = ["pytester"]

ROOT = Path(agent_rehearsal.__file__).parents[1]
UNUSED = ("anyio", "asyncio", "cacheprovider", "hypothesispytest", "randomly", "replay", "timeout")
"""Plugins that a project does without, for the sake of time."""
CONFTEST = """
import pytest
from agent_rehearsal.face.snapshots import request_snapshot_for

@pytest.fixture
def request_snapshot(snapshot):
    return request_snapshot_for(snapshot, {"CWD": "/srv/app"})

def body(text, thread="t1"):
    return {"model": "m", "prompt_cache_key": thread, "input": text}

@pytest.fixture
def request_body():
    return body
"""
TESTS = """
import pytest

def test_one(request_body, request_snapshot):
    assert request_body("in /srv/app", "t1") == request_snapshot
    assert [request_body("b", "t2")] == request_snapshot(name="second")
    assert request_body("c", "t1") == request_snapshot
    assert request_body("d") == request_snapshot

@pytest.mark.parametrize("case", ["x", "a/b c", pytest.param("y", id="y" * 150)])
def test_cases(case, request_body, request_snapshot):
    assert request_body(case) == request_snapshot

class TestGroup:
    def test_one(self, request_body, request_snapshot):
        assert request_body("group") == request_snapshot(name="n")
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with one test module, at `tests/turns/test_a.py`."""
    # Its processes are no workers of the run that this test may be in: syrupy would not report.
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    left_out = " ".join(f"-p no:{name}" for name in UNUSED)
    pytester.makeini(f"[pytest]\npythonpath = {ROOT}\naddopts = {left_out}")
    pytester.makeconftest(CONFTEST)
    folder = pytester.mkdir("tests") / "turns"
    folder.mkdir()
    (folder / "test_a.py").write_text(TESTS)
    return pytester


def run(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    return project.runpytest_subprocess("--snapshot-details", *options)


def files(project: pytest.Pytester) -> list[str]:
    folder = project.path / "snapshots"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_files_are_named_by_suite_module_test_and_name(project: pytest.Pytester) -> None:
    """One file an assertion; the second unnamed one is `.2`; cases are safe for file systems."""
    run(project, "--snapshot-update").assert_outcomes(passed=5)
    found = files(project)
    changed = [name for name in found if "~" in name]
    assert [name for name in found if name not in changed] == [
        "turns/test_a/test_cases[x].txt",
        "turns/test_a/test_one.2.txt",
        "turns/test_a/test_one.3.txt",
        "turns/test_a/test_one.second.txt",
        "turns/test_a/test_one.txt",
        "turns/test_a/test_one@TestGroup.n.txt",
    ]
    assert [name.split("~")[0].rstrip("y") for name in changed] == [
        "turns/test_a/test_cases[a-b-c",
        "turns/test_a/test_cases[",
    ]
    assert all(len(Path(name).name) < 140 for name in found)
    again = run(project)
    again.assert_outcomes(passed=5)
    again.stdout.fnmatch_lines(["8 snapshots passed."])


def test_labels_are_shared_within_a_test(project: pytest.Pytester) -> None:
    """An id keeps its label from one assertion of a test to the next; given values have theirs."""
    run(project, "--snapshot-update")
    folder = project.path / "snapshots/turns/test_a"
    texts = [(folder / f"test_one{end}.txt").read_text() for end in ("", ".second", ".2")]
    assert "| in <CWD>\n" in texts[0]
    assert [f"<CACHE_KEY {n}>" in text for n, text in zip((1, 2, 1), texts, strict=True)] == [
        True,
        True,
        True,
    ]


def test_a_difference_is_shown_and_an_update_accepts_it(project: pytest.Pytester) -> None:
    """A failure shows the old line and the new; `--snapshot-update` writes the new."""
    run(project, "--snapshot-update")
    module = project.path / "tests/turns/test_a.py"
    module.write_text(TESTS.replace('"in /srv/app"', '"under /srv/app"'))
    failed = run(project)
    failed.assert_outcomes(passed=4, failed=1)
    failed.stdout.fnmatch_lines(["E*-    | in <CWD>", "E*+    | under <CWD>"])
    run(project, "--snapshot-update").assert_outcomes(passed=5)
    run(project).assert_outcomes(passed=5)


def test_a_snapshot_without_its_assertion_is_unused(project: pytest.Pytester) -> None:
    """It fails the run, by name; an update removes the file; a module left out keeps its own."""
    other = project.path / "tests/turns/test_b.py"
    other.write_text(
        "def test_b(request_body, request_snapshot):\n"
        "    assert request_body('b') == request_snapshot\n"
    )
    run(project, "--snapshot-update")
    module = project.path / "tests/turns/test_a.py"
    module.write_text(TESTS.replace('    assert request_body("d") == request_snapshot\n', ""))
    failed = run(project, "--ignore=tests/turns/test_b.py")
    assert failed.ret == 1
    failed.stdout.fnmatch_lines(
        ["*1 snapshot unused.*", "Unused test_one[[]3[]] (*test_one.3.txt)"]
    )
    run(project, "--snapshot-update", "--ignore=tests/turns/test_b.py")
    assert "turns/test_a/test_one.3.txt" not in files(project)
    assert "turns/test_b/test_b.txt" in files(project)
    other.unlink()
    run(project, "--snapshot-update")
    assert "turns/test_b/test_b.txt" not in files(project)


def test_it_works_under_xdist(project: pytest.Pytester) -> None:
    """Workers write and compare; the controller reports, knowing the tests by their ids alone."""
    run(project, "--snapshot-update", "-n2").assert_outcomes(passed=5)
    (project.path / "snapshots/turns/test_a/test_one.gone.txt").write_text("x\n")
    failed = run(project, "-n2")
    failed.assert_outcomes(passed=5)
    failed.stdout.fnmatch_lines(["*1 snapshot unused.*", "Unused test_one[[]gone[]] (*)"])


def test_a_name_that_is_no_file_name_is_refused(project: pytest.Pytester) -> None:
    """The error says what a name becomes and what it may be made of."""
    module = project.path / "tests/turns/test_a.py"
    module.write_text(TESTS.replace('"second"', '"2"'))
    failed = run(project, "--snapshot-update")
    failed.stdout.fnmatch_lines(
        ["*ValueError: request_snapshot(name='2'): a name becomes part of*"]
    )


def test_what_has_no_body_says_so(project: pytest.Pytester) -> None:
    """A mistake in the test is told as such and writes nothing."""
    module = project.path / "tests/turns/test_a.py"
    module.write_text("def test_one(request_snapshot):\n    assert 3 == request_snapshot\n")
    failed = run(project, "--snapshot-update")
    failed.assert_outcomes(failed=1)
    failed.stdout.fnmatch_lines(["E*TypeError: 3 has no request to show: expected*"])
    assert files(project) == []
