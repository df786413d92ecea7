"""Events as text for a person: what happens goes to one stream, the final message to another."""

import shlex
from typing import TextIO

from codex_core.protocol.events import (
    AgentMessageContentDelta,
    Error,
    Event,
    ExecCommandBegin,
    ExecCommandEnd,
    ItemCompleted,
    PatchApplyEnd,
    StreamError,
    TaskComplete,
    TurnAborted,
    Warning,
)
from codex_core.protocol.turn_items import AgentMessageItem

__all__ = ["PlainText"]


class PlainText:
    """Writes events as they come: `progress` is for the eye, `result` for the next program."""

    def __init__(self, *, progress: TextIO, result: TextIO) -> None:
        self._progress = progress
        self._result = result
        self._streamed: str | None = None

    def tell(self, event: Event) -> None:
        """Writes one event."""
        match event.msg:
            case AgentMessageContentDelta() as msg:
                self._streamed = msg.item_id
                self._write(msg.delta)
            case ItemCompleted(item=AgentMessageItem() as item):
                self._write("\n" if self._streamed == item.id else f"{item.text}\n")
            case ExecCommandBegin() as msg:
                self._write(f"$ {shlex.join(msg.command)}\n")
            case ExecCommandEnd() as msg:
                self._write(f"{msg.aggregated_output}[exit code {msg.exit_code}]\n")
            case PatchApplyEnd() as msg:
                self._write(msg.stdout or msg.stderr)
            case StreamError() as msg:
                self._write(f"{msg.message} ({msg.additional_details})\n")
            case Warning() as msg:
                self._write(f"warning: {msg.message}\n")
            case Error() as msg:
                self._write(f"error: {msg.message}\n")
            case TurnAborted() as msg:
                self._write(f"\nturn {msg.reason}\n")
            case TaskComplete(last_agent_message=str() as text):
                print(text, file=self._result, flush=True)

    def _write(self, text: str) -> None:
        self._progress.write(text)
        self._progress.flush()
