"""A patch that was found good: asked about, written, and told to clients.

It is one item that starts and completes, whatever becomes of it.
"""

from collections.abc import Mapping

import msgspec

from codex_core.approvals.desk import FileGrant, Question
from codex_core.protocol.approval_events import ApplyPatchApprovalRequest
from codex_core.protocol.events import (
    ItemCompleted,
    ItemStarted,
    PatchApplyBegin,
    PatchApplyEnd,
    TurnDiff,
)
from codex_core.protocol.turn_items import FileChangeItem
from codex_core.tools.patch.contents import Content
from codex_core.tools.patch.plan import Plan
from codex_core.tools.patch_disk import write_plan
from codex_core.tools.tool import ToolContext
from codex_core.tools.writable import real_places

__all__ = ["PatchChange"]


class PatchChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a patch does to the files that were found."""

    call_id: str
    context: ToolContext
    found: Mapping[str, Content]
    plan: Plan

    @property
    def places(self) -> frozenset[str]:
        """Where its files really are."""
        return frozenset(place for path in self.found for place in real_places(path))

    def question(self, reason: str | None) -> Question:
        """What to ask the user before it is written."""
        context = self.context

        def tell() -> None:
            context.emit(
                ApplyPatchApprovalRequest(
                    call_id=self.call_id,
                    turn_id=context.turn_id,
                    started_at_ms=int(context.runtime.now() * 1000),
                    changes=dict(self.plan.changes),
                    reason=reason,
                )
            )

        return Question(
            kind="patch",
            key=self.call_id,
            turn_id=context.turn_id,
            grants=frozenset(FileGrant(path=place) for place in self.places),
            tell=tell,
            cancelled=context.cancelled,
        )

    def apply(self, *, auto_approved: bool) -> str:
        """Writes it and tells of it; gives the text for the model."""
        started = self.context.runtime.monotonic()
        self._tell_begin(auto_approved=auto_approved)
        problem = self._write()
        result = problem or "\n".join(
            ["Success. Updated the following files:", *self.plan.summary, ""]
        )
        self._tell_end(result, failed=problem is not None)
        code = 0 if problem is None else 1
        seconds = round(self.context.runtime.monotonic() - started, 1)
        return f"Exit code: {code}\nWall time: {seconds:g} seconds\nOutput:\n{result}"

    def tell_started(self) -> None:
        """Its item begins."""
        context, item = self.context, self._item("in_progress")
        context.emit(ItemStarted(thread_id=context.thread_id, turn_id=context.turn_id, item=item))

    def tell_completed(self, status: str) -> None:
        """Its item ends."""
        context, item = self.context, self._item(status)
        context.emit(ItemCompleted(thread_id=context.thread_id, turn_id=context.turn_id, item=item))

    def _write(self) -> str | None:
        """Gives what went wrong; what was written counts either way."""
        written = write_plan(self.plan)
        texts = {path: self.plan.texts[path] for path in written.done}
        self.context.changes.note(self.found, texts)
        return written.problem

    def _item(self, status: str) -> FileChangeItem:
        return FileChangeItem(id=self.call_id, changes=dict(self.plan.changes), status=status)

    def _tell_begin(self, *, auto_approved: bool) -> None:
        self.context.emit(
            PatchApplyBegin(
                call_id=self.call_id,
                turn_id=self.context.turn_id,
                auto_approved=auto_approved,
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
        self.tell_completed(status)
        if context.changes:
            context.emit(TurnDiff(unified_diff=context.changes.diff(str(context.cwd))))
