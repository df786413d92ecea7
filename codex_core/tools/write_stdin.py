"""The tool `write_stdin`: types to a command that runs, or looks what it wrote meanwhile.

Only a command with a terminal can be typed to; the interrupt character reaches the others too.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from codex_core.protocol.events import TerminalInteraction
from codex_core.tools.arguments import BadArguments, parse_arguments
from codex_core.tools.report import (
    DEFAULT_TOKENS,
    Patience,
    property_spec,
    report,
)
from codex_core.tools.session import Session
from codex_core.tools.tool import Call, ToolContext

__all__ = ["StdinArguments", "WriteStdin"]

_INTERRUPT = "\x03"
_AFTER_TYPING = Patience(least=250, most=30_000)
_LOOKING = Patience(least=5_000, most=300_000)


class StdinArguments(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of a call, as the model writes them; others are passed over."""

    session_id: int
    chars: str = ""
    yield_time_ms: float = 250
    max_output_tokens: float = DEFAULT_TOKENS


_ARGUMENTS = msgspec.json.Decoder(StdinArguments)


class WriteStdin:
    """Looks after a running command."""

    name = "write_stdin"
    parallel = False
    spec: Mapping[str, Any] = {
        "type": "function",
        "name": "write_stdin",
        "description": "Type to a command that still runs, or fetch what it wrote since; returns "
        "its new output, and its exit code once it has ended.",
        "strict": False,
        "parameters": {
            "type": "object",
            "properties": {
                "session_id": property_spec("number", "Session ID of the running command."),
                "chars": property_spec(
                    "string", "What to type; nothing to only fetch output, \\u0003 to interrupt."
                ),
                "yield_time_ms": property_spec(
                    "number", "How long to wait for output or the end, in milliseconds."
                ),
                "max_output_tokens": property_spec(
                    "number", "Most tokens of output to return; the middle is left out."
                ),
            },
            "required": ["session_id"],
            "additionalProperties": False,
        },
    }

    async def run(self, call: Call, context: ToolContext) -> str:
        """As the protocol says."""
        try:
            arguments = parse_arguments(_ARGUMENTS, call)
        except BadArguments as error:
            return str(error)
        session = context.sessions.use(arguments.session_id)
        if session is None:
            return _failure(f"Unknown process id {arguments.session_id}")
        if not await _typed(session, arguments.chars):
            return _failure(
                "stdin is closed for this session; "
                "rerun exec_command with tty=true to keep stdin open"
            )
        context.emit(
            TerminalInteraction(
                call_id=call.call_id, process_id=str(session.id), stdin=arguments.chars
            )
        )
        patience = _AFTER_TYPING if arguments.chars else _LOOKING
        return await report(
            session,
            context,
            seconds=patience.seconds(arguments.yield_time_ms),
            tokens=arguments.max_output_tokens,
        )


async def _typed(session: Session, chars: str) -> bool:
    """Types, if there is anything to type; False where that is not possible."""
    if session.has_terminal:
        await session.process.write(chars.encode(errors="surrogatepass"))
    elif chars == _INTERRUPT:
        session.process.interrupt()
    elif chars:
        return False
    return True


def _failure(problem: str) -> str:
    return f"write_stdin failed: {problem}"
