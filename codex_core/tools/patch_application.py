"""A patch of a call on its way: checked as a whole, asked about where it has to be, then written.

Reading, checking and writing is one step of the event loop: an interrupt comes before or after it.
Where the user has to be asked in between, the patch is read and checked again after the answer, and
written only if it is still the one that was approved. A patch that is refused without asking
changes nothing and tells clients nothing.
"""

import asyncio
import os
from pathlib import Path

import msgspec

from codex_core.approvals.desk import is_approval
from codex_core.approvals.policy import Ask, Forbid, Ruling, decide_patch
from codex_core.tools.clearance import rejection_reason
from codex_core.tools.patch.errors import PatchError
from codex_core.tools.patch.hunks import paths_of
from codex_core.tools.patch.parser import parse_patch
from codex_core.tools.patch.plan import plan_patch
from codex_core.tools.patch_change import PatchChange
from codex_core.tools.patch_disk import read_contents
from codex_core.tools.tool import ToolContext
from codex_core.tools.writable import refusal

__all__ = ["PatchApplication"]


class PatchApplication(msgspec.Struct, frozen=True):
    """One patch of a call; its relative paths start at `folder`."""

    patch: str
    call_id: str
    context: ToolContext
    folder: Path

    async def text(self) -> str:
        """Applies it; gives the text for the model, of one that cannot be applied too."""
        try:
            return await self._run()
        except PatchError as error:
            return f"apply_patch verification failed: {error}"

    async def _run(self) -> str:
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
