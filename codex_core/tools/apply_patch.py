"""The tool `apply_patch`: the model edits files with a patch in its own text.

What a patch takes is loaded with the first one.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from codex_core.protocol.items import CustomToolCall
from codex_core.tools.patch.grammar import GRAMMAR
from codex_core.tools.tool import Call, ToolContext
from codex_core.tools.truncate import truncate_middle

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
    from codex_core.tools.patch_application import PatchApplication

    text = await PatchApplication(patch, call_id, context, folder).text()
    return truncate_middle(text, context.output_tokens)
