"""A pytest project of its own for each test of exploration."""

import pytest

from suites.explore.project import Exploring


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Exploring:
    """An empty project; its runs have a pinned hash seed, so that none starts again, and are no
    workers of the outer run.
    """
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    return Exploring(pytester)
