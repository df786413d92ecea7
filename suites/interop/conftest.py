"""Where the clients of these tests live and work, how their requests are approved, and how what
they were seen to do gets into `docs/clients.md`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from agent_rehearsal.face.snapshots import request_snapshot_for
from suites.interop import table

PROOFS = pytest.StashKey[set[table.Proof]]()
NEWS = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--clients-table`, which `make interop` gives."""
    parser.addoption(
        "--clients-table",
        action="store_true",
        help="write docs/clients.md from what this run proves; fail where a claim is not proven",
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the table of clients, if it is asked for and all tests passed."""
    config = session.config
    if session.testsfailed or not config.getoption("clients_table", default=False):
        return
    proofs = config.stash.setdefault(PROOFS, set())
    try:
        text = table.render(table.rows(proofs))
    except ValueError as error:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        config.stash[NEWS] = f"docs/clients.md is not written: {error}"
    else:
        table.FILE.write_text(text, "utf-8")
        config.stash[NEWS] = "docs/clients.md is written"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell what became of the table."""
    if NEWS in config.stash:
        terminalreporter.write_line(config.stash[NEWS])


@pytest.fixture
def works(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Ends a test: `works(client, version)` records that the client does what the test claims."""
    name = getattr(request.node, "originalname", request.node.name)

    def record(client: str, version: str) -> None:
        proof = table.Proof(client=client, version=version, what=table.what(name))
        request.config.stash.setdefault(PROOFS, set()).add(proof)

    return record


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
