"""Events as the JSON lines of `exec --json`. A translation without input or output.

Shapes are those of the reference client: `thread.started`, `turn.started`, `item.started`,
`item.completed`, `turn.completed`, `turn.failed`, `error`. Items are numbered within a run.
"""

import shlex
from itertools import count
from typing import Any

from codex_core.protocol.events import (
    Error,
    Event,
    ExecCommandBegin,
    ExecCommandEnd,
    ItemCompleted,
    ItemStarted,
    SessionConfigured,
    StreamError,
    TaskComplete,
    TaskStarted,
    TokenCount,
    TurnAborted,
    Warning,
)
from codex_core.protocol.turn_items import AgentMessageItem, FileChangeItem, ReasoningItem, TurnItem
from codex_core.protocol.usage import TokenUsage

__all__ = ["JsonLines"]

Line = dict[str, Any]


class JsonLines:
    """Translates the events of one thread, in order."""

    def __init__(self) -> None:
        self._numbers = count()
        self._numbered: dict[str, str] = {}
        """Call id -> item id, of commands and patches that have begun."""
        self._usage = TokenUsage()
        self._error: str | None = None

    def lines(self, event: Event) -> list[Line]:
        """The lines for one event; most have none."""
        match event.msg:
            case SessionConfigured() as msg:
                return [{"type": "thread.started", "thread_id": msg.thread_id}]
            case TaskStarted():
                self._error = None
                return [{"type": "turn.started"}]
            case ExecCommandBegin() as msg:
                return [self._command_started(msg)]
            case ExecCommandEnd() as msg:
                return [self._command_completed(msg)]
            case ItemStarted(item=FileChangeItem() as item):
                return [self._patch_started(item)]
            case ItemCompleted(item=FileChangeItem() as item):
                return [self._patch_completed(item)]
            case ItemCompleted() as msg:
                return self._item(msg.item)
            case Warning() as msg:
                return [self._completed({"type": "error", "message": msg.message})]
            case StreamError() as msg:
                text = f"{msg.message} ({msg.additional_details})"
                return [{"type": "error", "message": text}]
            case Error() as msg:
                self._error = msg.message
                return [{"type": "error", "message": msg.message}]
            case TokenCount() as msg:
                self._usage = msg.info.total_token_usage if msg.info else self._usage
            case TaskComplete():
                return [self._turn_end(self._error)]
            case TurnAborted() as msg:
                return [self._turn_end(f"turn {msg.reason}")]
        return []

    def _turn_end(self, error: str | None) -> Line:
        if error is not None:
            return {"type": "turn.failed", "error": {"message": error}}
        usage = {
            "input_tokens": self._usage.input_tokens,
            "cached_input_tokens": self._usage.cached_input_tokens,
            "output_tokens": self._usage.output_tokens,
            "reasoning_output_tokens": self._usage.reasoning_output_tokens,
        }
        return {"type": "turn.completed", "usage": usage}

    def _item(self, item: TurnItem) -> list[Line]:
        match item:
            case AgentMessageItem():
                return [self._completed({"type": "agent_message", "text": item.text})]
            case ReasoningItem() if item.summary_text:
                text = "\n\n".join(item.summary_text)
                return [self._completed({"type": "reasoning", "text": text})]
        return []

    def _completed(self, fields: Line) -> Line:
        return {"type": "item.completed", "item": {"id": self._new_id(), **fields}}

    def _new_id(self) -> str:
        return f"item_{next(self._numbers)}"

    def _command_started(self, msg: ExecCommandBegin) -> Line:
        item_id = self._numbered[msg.call_id] = self._new_id()
        item = {
            "id": item_id,
            "type": "command_execution",
            "command": shlex.join(msg.command),
            "aggregated_output": "",
            "exit_code": None,
            "status": "in_progress",
        }
        return {"type": "item.started", "item": item}

    def _command_completed(self, msg: ExecCommandEnd) -> Line:
        item = {
            "id": self._numbered.pop(msg.call_id, None) or self._new_id(),
            "type": "command_execution",
            "command": shlex.join(msg.command),
            "aggregated_output": msg.aggregated_output,
            "exit_code": msg.exit_code,
            "status": msg.status,
        }
        return {"type": "item.completed", "item": item}

    def _patch_started(self, item: FileChangeItem) -> Line:
        item_id = self._numbered[item.id] = self._new_id()
        return {"type": "item.started", "item": {"id": item_id, **_file_change(item)}}

    def _patch_completed(self, item: FileChangeItem) -> Line:
        item_id = self._numbered.pop(item.id, None) or self._new_id()
        return {"type": "item.completed", "item": {"id": item_id, **_file_change(item)}}


def _file_change(item: FileChangeItem) -> Line:
    changes = [
        {"path": path, "kind": str(change.__struct_config__.tag)}
        for path, change in item.changes.items()
    ]
    return {"type": "file_change", "changes": changes, "status": item.status}
