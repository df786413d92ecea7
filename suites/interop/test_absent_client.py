"""A client that is not installed fails its tests; it does not let them pass by."""

import pytest

from suites.interop.codex_cli import program
from suites.interop.sdks import Sdk

pytestmark = pytest.mark.interop


def test_an_absent_cli_is_told_with_its_remedy() -> None:
    """The message names the make target that installs it."""
    with pytest.raises(
        AssertionError, match=r"Codex CLI 0.0.0 is not in .*`make interop` installs"
    ):
        program("0.0.0")


async def test_an_absent_library_is_told_with_its_remedy() -> None:
    """So does that of a library."""
    absent = Sdk(name="nobody's SDK", place="nowhere", driver="openai_python.py")
    with pytest.raises(AssertionError, match=r"nobody's SDK is not in .*`make interop` installs"):
        await absent.take("plain", {})
