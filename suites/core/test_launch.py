"""The start of a command: once more without the sandbox where that stopped it, and only there."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from codex_core import Command, Runtime
from codex_core.tools.launch import launched
from codex_core.tools.session import Origin, Session
from suites.core.fakes import FakeRunner, tool_context

CONFINED = Command(argv=("make",), cwd=Path("/"), confinement=("box",))
FREE = replace(CONFINED, confinement=())
DENIED = b"Read-only file system\n"


class Clearance:
    """Lets a command run as it is, and then as `released`, if at all."""

    def __init__(self, command: Command, released: Command | None) -> None:
        self._command = command
        self._released = released

    async def clear(self) -> Command:
        return self._command

    async def clear_retry(self) -> Command | None:
        return self._released


async def started(
    first: Command, released: Command | None, policy: Any, output: bytes = DENIED
) -> tuple[list[Command], int]:
    """What is started under a policy where everything fails so, and how many of that are kept."""
    runner = FakeRunner(output, code=1)
    plain = tool_context(runtime=Runtime.deterministic(runner=runner))
    context = replace(plain, policy=policy)

    async def start(command: Command) -> Session:
        session = await context.sessions.start(command, Origin(call_id="c", turn_id="turn"))
        await session.wait()
        return session

    clearance: Any = Clearance(first, released)
    session = await launched(first, clearance, context, start)
    assert isinstance(session, Session)
    assert context.sessions.use(session.id) is session
    return runner.commands, len(context.sessions)


async def test_a_command_that_the_sandbox_stopped_is_started_again() -> None:
    """Of the two only the second is kept."""
    assert await started(CONFINED, FREE, "on-failure") == ([CONFINED, FREE], 1)


@pytest.mark.parametrize(
    ("first", "released", "policy", "output"),
    [
        (CONFINED, None, "on-failure", DENIED),
        (CONFINED, FREE, "on-request", DENIED),
        (CONFINED, FREE, "on-failure", b"no rule to make target\n"),
        (FREE, FREE, "on-failure", DENIED),
    ],
    ids=["not released", "other policy", "other failure", "no sandbox"],
)
async def test_any_other_is_started_once(
    first: Command, released: Command | None, policy: str, output: bytes
) -> None:
    """And is what the call is about, however it failed."""
    assert await started(first, released, policy, output) == ([first], 1)
