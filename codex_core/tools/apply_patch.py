"""The tool `apply_patch`: a patch by the model is checked as a whole, then written.

Reading, checking and writing is one step of the event loop: an interrupt comes before or after it.
Where the user has to be asked in between, the patch is read and checked again after the answer, and
written only if it is still the one that was approved. A patch that is refused without asking
changes nothing and tells clients nothing.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codex_core.approvals.desk import is_approval
from codex_core.approvals.policy import Ask, Forbid, Ruling, decide_patch
from codex_core.protocol.items import CustomToolCall
from codex_core.tools.clearance import rejection_reason
from codex_core.tools.patch.errors import PatchError
from codex_core.tools.patch.grammar import GRAMMAR
from codex_core.tools.patch.hunks import paths_of
from codex_core.tools.patch.parser import parse_patch
from codex_core.tools.patch.plan import plan_patch
from codex_core.tools.patch_change import PatchChange
from codex_core.tools.patch_disk import read_contents
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
        return await apply_patch(call.input, call.call_id, context, folder=context.cwd)


async def apply_patch(patch: str, call_id: str, context: ToolContext, *, folder: Path) -> str:
    """Applies a patch whose relative paths start at `folder`; gives the text for the model.

    What may be written unasked is what the context's sandbox lets commands write, wherever `folder`
    is.
    """
    application = _Application(patch, call_id, context, folder)
    try:
        text = await application.run()
    except PatchError as error:
        text = f"apply_patch verification failed: {error}"
    return truncate_middle(text, context.output_tokens)


@dataclass(frozen=True)
class _Application:
    """One patch of a call."""

    patch: str
    call_id: str
    context: ToolContext
    folder: Path

    async def run(self) -> str:
        """Applies it; raises `PatchError` for one that cannot be."""
        change, ruling = self._verified()
        if not isinstance(ruling, Ask):
            change.tell_started()
            return change.apply(auto_approved=True)
        return await self._run_asked(change, ruling.reason)

    async def _run_asked(self, change: PatchChange, reason: str | None) -> str:
        change.tell_started()
        try:
            decision = await self.context.desk.ask(change.question(reason))
            if not is_approval(decision):
                change.tell_completed("declined")
                return f"patch {rejection_reason(decision)}"
            return self._as_approved(change).apply(auto_approved=False)
        except asyncio.CancelledError:
            change.tell_completed("declined")
            raise
        except PatchError:
            change.tell_completed("failed")
            raise

    def _as_approved(self, approved: PatchChange) -> PatchChange:
        """The patch as it would be written now, if that is still what the user saw."""
        change, _ = self._verified()
        if change.plan.changes != approved.plan.changes or change.places != approved.places:
            raise PatchError(
                "its files changed while the user was asked about it; look at them and try again"
            )
        return change

    def _verified(self) -> tuple[PatchChange, Ruling]:
        """What it does, and whether it may be done."""
        hunks = parse_patch(self.patch)
        paths = list(dict.fromkeys(map(self._locate, paths_of(hunks))))
        reasons = (refusal(path, self.context.sandbox) for path in paths)
        refused = next((reason for reason in reasons if reason), None)
        ruling = decide_patch(self.context.policy, refused)
        if isinstance(ruling, Forbid):
            raise PatchError(ruling.reason)
        found = read_contents(paths)
        plan = plan_patch(hunks, found, locate=self._locate)
        change = PatchChange(call_id=self.call_id, context=self.context, found=found, plan=plan)
        return change, ruling

    def _locate(self, path: str) -> str:
        return os.path.normpath(self.folder / path)
