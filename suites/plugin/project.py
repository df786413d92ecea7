"""A pytest project that a test writes and runs: its settings, a client for its tests, its results.

Knows pytester; the plugin under test comes in by its entry point, as it does for users.
"""

from collections.abc import Sequence
from textwrap import dedent

import pytest

# What an inner run imports is forgotten after it, unless it was there before: import it once.
import agent_rehearsal.face.agent  # noqa: F401
import agent_rehearsal.face.snapshots  # noqa: F401
import agent_rehearsal.face.stage  # noqa: F401
import mock_responses  # noqa: F401

OTHERS = (
    *("anyio", "cacheprovider", "hypothesispytest", "randomly", "replay", "syrupy"),
    *("timeout", "xdist", "xdist.looponfail"),
)
"""Plugins that an inner run does without, unless it is about them."""
CLIENT = '''
import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import aiohttp

BODY = {"model": "m", "input": "hi"}

async def ask(url, headers=None, **more):
    """Status and text of the answer to one request."""
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(f"{url}/responses", json=BODY | more) as answer:
            return answer.status, await answer.text()

def ask_now(url, headers=None, **more):
    """The same, without an event loop."""
    body = json.dumps(BODY | more).encode()
    headers = {"content-type": "application/json"} | (headers or {})
    request = Request(f"{url}/responses", body, headers)
    try:
        with urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()
'''
IMPORTS = """
import asyncio
import pytest
from agent_rehearsal import WaitTimeout, carries
from asking import ask, ask_now
from mock_responses import message, shell_call, stream, created, text_delta, completed
"""


class Project:
    """One project; every warning in it is an error."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        pytester.makepyfile(asking=CLIENT)
        self.configure()

    def configure(self, *, mode: str = "auto", lines: Sequence[str] = ()) -> None:
        """Write the settings: pytest-asyncio's mode, and further lines."""
        settings = [
            f"asyncio_mode = {mode}",
            "asyncio_default_fixture_loop_scope = function",
            "filterwarnings = error",
            "markers = chosen",
            *lines,
        ]
        self.pytester.makeini("\n".join(["[pytest]", *settings]))

    def write(self, source: str, name: str = "test_it") -> None:
        """Write a test module; what tests need most is imported already."""
        self.pytester.makepyfile(**{name: IMPORTS + dedent(source)})

    def run(self, *args: str, also: Sequence[str] = ()) -> pytest.RunResult:
        """Run the tests in this process, with the plugins `also`."""
        return self.pytester.runpytest_inprocess(*self._without(also), *args)

    def run_apart(self, *args: str, also: Sequence[str] = ()) -> pytest.RunResult:
        """Run the tests in a process of their own, for plugins that keep state in it."""
        return self.pytester.runpytest_subprocess(*self._without(also), *args, timeout=50)

    def _without(self, also: Sequence[str]) -> list[str]:
        off = [name for name in OTHERS if name not in also]
        return [argument for name in off for argument in ("-p", f"no:{name}")]
