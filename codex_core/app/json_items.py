"""The items of `exec --json` that take their time: started, maybe updated, completed once.

What is open when a turn ends is completed as it stands then.
"""

import shlex
from collections.abc import Callable
from typing import Any

import msgspec

from codex_core.protocol.events import (
    ExecCommandBegin,
    ExecCommandEnd,
    ExecCommandOutputDelta,
    PlanUpdate,
)
from codex_core.protocol.items import WebSearchAction
from codex_core.protocol.turn_items import CommandExecutionItem, FileChangeItem, WebSearchItem
from codex_core.tools.output import OutputBuffer

__all__ = ["Line", "LongItem", "OpenItems"]

Line = dict[str, Any]
LongItem = FileChangeItem | CommandExecutionItem | WebSearchItem
_PLAN = "plan"


class _Open(msgspec.Struct, frozen=True, kw_only=True):
    """An item that has started: its number and its fields."""

    id: str
    fields: Line

    def line(self, kind: str) -> Line:
        return {"type": f"item.{kind}", "item": {"id": self.id, **self.fields}}


class OpenItems:
    """The open items of one thread; `new_id` numbers them."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._open: dict[str, _Open] = {}
        """By call, or by process for a command."""
        self._output: dict[str, OutputBuffer] = {}
        """By call: what a running command wrote."""

    def begin_command(self, msg: ExecCommandBegin) -> Line:
        """A command has started."""
        self._output[msg.call_id] = OutputBuffer()
        fields = _command(msg.command, output="", exit_code=None, status="in_progress")
        return self._start(msg.call_id, fields)

    def note_output(self, msg: ExecCommandOutputDelta) -> None:
        """A command wrote something."""
        if msg.call_id in self._output:
            self._output[msg.call_id].add(msg.chunk)

    def end_command(self, msg: ExecCommandEnd) -> list[Line]:
        """A command has ended; nothing if it was completed with its turn."""
        self._output.pop(msg.call_id, None)
        fields = _command(
            msg.command,
            output=msg.aggregated_output,
            exit_code=msg.exit_code,
            status=msg.status,
        )
        return self._complete(msg.call_id, fields)

    def start(self, item: LongItem) -> Line:
        """A patch, a command that was declined, or a search begins."""
        return self._start(item.id, _fields(item))

    def complete(self, item: LongItem) -> list[Line]:
        """It ends."""
        return self._complete(item.id, _fields(item))

    def plan(self, msg: PlanUpdate) -> Line:
        """The plan is one item of the turn, updated as it changes."""
        items = [{"text": each.step, "completed": each.status == "completed"} for each in msg.plan]
        fields = {"type": "todo_list", "items": items}
        if _PLAN not in self._open:
            return self._start(_PLAN, fields)
        self._open[_PLAN] = msgspec.structs.replace(self._open[_PLAN], fields=fields)
        return self._open[_PLAN].line("updated")

    def end_turn(self) -> list[Line]:
        """All that is open is completed; a command that goes on has no exit code."""
        lines = [self._at_end(key).line("completed") for key in self._open]
        self._open.clear()
        self._output.clear()
        return lines

    def _at_end(self, key: str) -> _Open:
        item = self._open[key]
        if key not in self._output:
            return item
        ended = {**item.fields, "aggregated_output": self._output[key].text, "status": "completed"}
        return msgspec.structs.replace(item, fields=ended)

    def _start(self, key: str, fields: Line) -> Line:
        item = self._open[key] = _Open(id=self._new_id(), fields=fields)
        return item.line("started")

    def _complete(self, key: str, fields: Line) -> list[Line]:
        item = self._open.pop(key, None)
        return [msgspec.structs.replace(item, fields=fields).line("completed")] if item else []


def _command(
    argv: tuple[str, ...], *, output: str, exit_code: int | None, status: str
) -> dict[str, Any]:
    return {
        "type": "command_execution",
        "command": shlex.join(argv),
        "aggregated_output": output,
        "exit_code": exit_code,
        "status": status,
    }


def _fields(item: LongItem) -> Line:
    if isinstance(item, CommandExecutionItem):
        return _command(item.command, output="", exit_code=None, status=item.status)
    if isinstance(item, WebSearchItem):
        action = msgspec.to_builtins(item.action or WebSearchAction(type="other"))
        return {"type": "web_search", "query": item.query, "action": action}
    changes = [
        {"path": path, "kind": str(change.__struct_config__.tag)}
        for path, change in item.changes.items()
    ]
    return {"type": "file_change", "changes": changes, "status": item.status}
