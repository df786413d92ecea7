"""The tool `apply_patch`: a patch by the model is checked as a whole, then written.

Reading, checking and writing is one step of the event loop: an interrupt comes before or after it.
A patch that is refused changes nothing and tells clients nothing.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codex_core.protocol.events import (
    ItemCompleted,
    ItemStarted,
    PatchApplyBegin,
    PatchApplyEnd,
    TurnDiff,
)
from codex_core.protocol.items import CustomToolCall
from codex_core.protocol.turn_items import FileChangeItem
from codex_core.tools.patch.contents import Content
from codex_core.tools.patch.errors import PatchError
from codex_core.tools.patch.grammar import GRAMMAR
from codex_core.tools.patch.hunks import paths_of
from codex_core.tools.patch.parser import parse_patch
from codex_core.tools.patch.plan import Plan, plan_patch
from codex_core.tools.patch_disk import read_contents, write_plan
from codex_core.tools.tool import Call, ToolContext
from codex_core.tools.truncate import truncate_middle
from codex_core.tools.writable import refusal

__all__ = ["ApplyPatch", "apply_patch"]


class ApplyPatch:
    """Edits files; the model writes the patch as plain text, held to a grammar."""

    name = "apply_patch"
    parallel = False
    spec: Mapping[str, Any] = {
        "type": "custom",
        "name": "apply_patch",
        "description": "Edit files with a patch. Write the patch itself, not JSON.",
        "format": {"type": "grammar", "syntax": "lark", "definition": GRAMMAR},
    }

    async def run(self, call: Call, context: ToolContext) -> str:
        """As the protocol says."""
        if not isinstance(call, CustomToolCall):
            return "apply_patch takes the text of a patch: call it as a custom tool, without JSON"
        return apply_patch(call.input, call.call_id, context, folder=context.cwd)


def apply_patch(patch: str, call_id: str, context: ToolContext, *, folder: Path) -> str:
    """Applies a patch whose relative paths start at `folder`; gives the text for the model.

    What may be written depends on the working folder of the context, wherever `folder` is.
    """
    try:
        change = _verified(patch, call_id, context, folder)
    except PatchError as error:
        text = f"apply_patch verification failed: {error}"
    else:
        text = change.apply()
    return truncate_middle(text, context.output_tokens)


def _verified(patch: str, call_id: str, context: ToolContext, folder: Path) -> "_Change":
    def locate(path: str) -> str:
        return os.path.normpath(folder / path)

    hunks = parse_patch(patch)
    paths = list(map(locate, paths_of(hunks)))
    for path in paths:
        if refused := refusal(path, context.cwd, context.sandbox_mode):
            raise PatchError(refused)
    found = read_contents(dict.fromkeys(paths))
    plan = plan_patch(hunks, found, locate=locate)
    return _Change(call_id=call_id, context=context, found=found, plan=plan)


@dataclass(frozen=True, kw_only=True)
class _Change:
    """A patch that can be applied."""

    call_id: str
    context: ToolContext
    found: Mapping[str, Content]
    plan: Plan

    def apply(self) -> str:
        """Writes it and tells of it; gives the text for the model."""
        started = self.context.runtime.monotonic()
        self._tell_begin()
        problem = self._write()
        result = problem or "\n".join(
            ["Success. Updated the following files:", *self.plan.summary, ""]
        )
        self._tell_end(result, failed=problem is not None)
        code = 0 if problem is None else 1
        seconds = round(self.context.runtime.monotonic() - started, 1)
        return f"Exit code: {code}\nWall time: {seconds:g} seconds\nOutput:\n{result}"

    def _write(self) -> str | None:
        """Gives what went wrong; what was written counts either way."""
        written = write_plan(self.plan)
        texts = {path: self.plan.texts[path] for path in written.done}
        self.context.changes.note(self.found, texts)
        return written.problem

    def _item(self, status: str) -> FileChangeItem:
        return FileChangeItem(id=self.call_id, changes=dict(self.plan.changes), status=status)

    def _tell_begin(self) -> None:
        context = self.context
        context.emit(
            ItemStarted(
                thread_id=context.thread_id, turn_id=context.turn_id, item=self._item("in_progress")
            )
        )
        context.emit(
            PatchApplyBegin(
                call_id=self.call_id,
                turn_id=context.turn_id,
                auto_approved=True,
                changes=dict(self.plan.changes),
            )
        )

    def _tell_end(self, result: str, *, failed: bool) -> None:
        context, status = self.context, "failed" if failed else "completed"
        context.emit(
            PatchApplyEnd(
                call_id=self.call_id,
                turn_id=context.turn_id,
                stdout="" if failed else result,
                stderr=result if failed else "",
                success=not failed,
                changes=dict(self.plan.changes),
                status=status,
            )
        )
        context.emit(
            ItemCompleted(
                thread_id=context.thread_id, turn_id=context.turn_id, item=self._item(status)
            )
        )
        if context.changes:
            context.emit(TurnDiff(unified_diff=context.changes.diff(str(context.cwd))))
