"""Fixture files of aimock (`@copilotkit/aimock` 1.43) as replies of the mock Responses server.

`read_fixtures` takes the bytes of files and gives `Fixtures`, whose `reply_on` makes them answer.
Files and processes are the caller's business; nothing here opens one.
"""

from mock_responses.aimock.fixtures import Fixtures
from mock_responses.aimock.problems import FixtureError, Problem
from mock_responses.aimock.reading import read_fixtures

__all__ = ["FixtureError", "Fixtures", "Problem", "read_fixtures"]
