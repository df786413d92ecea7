"""A pytest project of its own for each test of the plugin."""

import pytest

from suites.plugin.project import Project


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    """An empty project with a client in `asking.py`."""
    return Project(pytester)
