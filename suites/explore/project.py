"""A pytest project whose tests are explored: its settings, programs with races in them, its runs.

Knows pytester; an inner run has a process of its own where it has to, else it shares this one.
"""

from collections.abc import Sequence
from textwrap import dedent

import pytest

# What an inner run imports is forgotten after it, unless it was there before: import it once.
import agent_rehearsal.face.agent  # noqa: F401
import agent_rehearsal.face.exploring.protocol  # noqa: F401
import agent_rehearsal.face.snapshots  # noqa: F401
import agent_rehearsal.face.stage  # noqa: F401
import mock_responses  # noqa: F401

OTHERS = (
    *("anyio", "cacheprovider", "hypothesispytest", "randomly", "replay", "syrupy"),
    *("timeout", "xdist", "xdist.looponfail"),
)
"""Plugins that an inner run does without, unless it is about them."""
IMPORTS = """
import asyncio
import pytest
from contextlib import asynccontextmanager
"""
RACE = '''
@asynccontextmanager
async def server(heard):
    """Notes the lines that two clients say, in the order of their coming."""
    async def serve(reader, writer):
        heard.append((await reader.readline()).decode().strip())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()

async def say(port, line):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(line.encode() + b"\\\\n")
    await reader.read()
    writer.close()
    await writer.wait_closed()

async def both():
    heard = []
    async with server(heard) as port:
        await asyncio.gather(say(port, "first"), say(port, "second"))
    return heard
'''.replace("\\\\", "\\")
"""A server and two clients that nobody keeps in order."""
RACY = """
async def test_racy():
    assert await both() == ["first", "second"]
"""
STEADY = """
async def test_steady():
    assert sorted(await both()) == ["first", "second"]
"""


class Exploring:
    """One project; every warning in it is an error."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        pytester.makepyfile(racing=IMPORTS + RACE)
        self.configure()

    def configure(self, *, mode: str = "auto", lines: Sequence[str] = ()) -> None:
        """Write the settings: pytest-asyncio's mode, and further lines."""
        settings = [
            f"asyncio_mode = {mode}",
            "asyncio_default_fixture_loop_scope = function",
            "filterwarnings = error",
            "markers =\n    real\n    flaky",
            *lines,
        ]
        self.pytester.makeini("\n".join(["[pytest]", *settings]))

    def write(self, *sources: str, name: str = "test_it") -> None:
        """Write a test module; what its tests need is imported already."""
        head = f"{IMPORTS}\nfrom racing import both, say, server\n"
        self.pytester.makepyfile(**{name: head + "\n".join(map(dedent, sources))})

    def run(self, *args: str, also: Sequence[str] = ()) -> pytest.RunResult:
        """Run the tests in this process, with the plugins `also`."""
        return self.pytester.runpytest_inprocess(*self._without(also), *args)

    def run_apart(self, *args: str, also: Sequence[str] = ()) -> pytest.RunResult:
        """Run the tests in a process of their own."""
        return self.pytester.runpytest_subprocess(*self._without(also), *args, timeout=50)

    def kept(self) -> list[str]:
        """The files of schedules, below their folder."""
        folder = self.path / "snapshots/schedules"
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.json"))

    def _without(self, also: Sequence[str]) -> list[str]:
        off = [name for name in OTHERS if name not in also]
        return [argument for name in off for argument in ("-p", f"no:{name}")]


def tokens(result: pytest.RunResult) -> set[str]:
    """The tokens of the replay lines that a run printed."""
    begin = "--explore-replay="
    return {line.partition(begin)[2].strip() for line in result.outlines if begin in line}
