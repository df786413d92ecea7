"""The start of a command that the model wants: cleared first, and once more without the sandbox
where that stopped it and the policy says to ask.
"""

from collections.abc import Awaitable, Callable

from codex_core.approvals.policy import retries_unconfined
from codex_core.runtime import Command
from codex_core.tools.clearance import CommandClearance
from codex_core.tools.denial import looks_denied
from codex_core.tools.session import Session
from codex_core.tools.tool import ToolContext

__all__ = ["LaunchError", "Start", "launched"]

Start = Callable[[Command], Awaitable[Session]]
"""Starts a command and waits for it, for as long as its tool does; raises `OSError`."""


class LaunchError(Exception):
    """A command that may be run cannot be; the text says why."""


async def launched(
    command: Command, clearance: CommandClearance, context: ToolContext, start: Start
) -> Session | str:
    """The session of a command, or what the model is told where it may not be run.

    Raises `LaunchError`.
    """
    if not command.cwd.is_dir():
        raise LaunchError(f"the working folder {command.cwd} does not exist or is no folder")
    cleared = await clearance.clear()
    if isinstance(cleared, str):
        return cleared
    try:
        return await _started(cleared, clearance, context, start)
    except OSError as error:
        raise LaunchError(f"{command.argv[0]} cannot be started: {error}") from error


async def _started(
    command: Command, clearance: CommandClearance, context: ToolContext, start: Start
) -> Session:
    session = await start(command)
    if not (command.confinement and _was_denied(session, context)):
        return session
    released = await clearance.clear_retry()
    if released is None:
        return session
    context.sessions.drop(session)
    return await start(released)


def _was_denied(session: Session, context: ToolContext) -> bool:
    if not retries_unconfined(context.policy):
        return False
    return looks_denied(session.exit_code, session.output.text)
