"""What both command tools share: how long to wait for a session, and how to tell of it."""

import msgspec

from codex_core.tools.output import ExecResult, exec_text
from codex_core.tools.session import Session
from codex_core.tools.session_store import MOST_SESSIONS
from codex_core.tools.tool import ToolContext

__all__ = [
    "DEFAULT_TOKENS",
    "Patience",
    "property_spec",
    "report",
    "report_now",
]

DEFAULT_TOKENS = 10_000
_MANY_SESSIONS = 60


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of a wait, in milliseconds."""

    least: float
    most: float

    def seconds(self, milliseconds: float) -> float:
        """The wait that was asked for, within the bounds."""
        return min(max(milliseconds, self.least), self.most) / 1000


def property_spec(kind: str, description: str) -> dict[str, str]:
    """One property of a tool's parameters."""
    return {"type": kind, "description": description}


async def report(session: Session, context: ToolContext, *, seconds: float, tokens: float) -> str:
    """Waits for the end of a command, at most so long, and tells its news and its state.

    A command whose end was told is forgotten. `tokens` is what the model asked for of the output.
    """
    started = context.runtime.monotonic()
    await session.wait(seconds)
    return report_now(session, context, since=started, tokens=tokens)


def report_now(session: Session, context: ToolContext, *, since: float, tokens: float) -> str:
    """As `report`, without the wait, which began at `since`."""
    if session.exit_code is not None:
        context.sessions.drop(session)
    result = ExecResult(
        chunk_id=context.runtime.uuid()[-6:],
        wall_time=context.runtime.monotonic() - since,
        session_id=session.id,
        exit_code=session.exit_code,
        output=session.take_news(),
    )
    text = exec_text(result, tokens=min(max(int(tokens), 0), context.output_tokens))
    return _crowd_warning(context) + text


def _crowd_warning(context: ToolContext) -> str:
    count = len(context.sessions)
    if count < _MANY_SESSIONS:
        return ""
    return (
        f"Warning: {count} sessions are kept, and at most {MOST_SESSIONS}; end those that are "
        "not needed, or the one used least is killed when there is no room for another.\n"
    )
