"""A history that is too long for the request that is to shorten it: what is left out of that.

Pure: items in, items out. The thread's own history is not touched.
"""

from collections.abc import Sequence

import msgspec

from codex_core.protocol.items import (
    CustomToolCallOutput,
    FunctionCallOutput,
    KnownItem,
    ToolSearchOutput,
)
from codex_core.session.estimate import item_tokens
from codex_core.session.hygiene import answers, calls

__all__ = ["OUTPUT_LEFT_OUT", "without_oldest", "without_trailing_outputs"]

OUTPUT_LEFT_OUT = "Output exceeded the available model context and was truncated"


def without_trailing_outputs(items: Sequence[KnownItem], *, excess: int) -> Sequence[KnownItem]:
    """The items with outputs emptied from the end on, until `excess` tokens are saved.

    Only outputs at the very end are touched; the items themselves are given back if none is.
    """
    shorter = list(items)
    for place in range(len(shorter) - 1, -1, -1):
        emptied = _emptied(shorter[place])
        if excess <= 0 or emptied is None:
            break
        excess -= item_tokens(shorter[place]) - item_tokens(emptied)
        shorter[place] = emptied
    return shorter


def without_oldest(items: Sequence[KnownItem]) -> list[KnownItem]:
    """The items without the first, and without the output or the call that belongs to it."""
    first, *rest = items
    partner = calls(first) or answers(first)
    if partner is None:
        return rest
    return [item for item in rest if partner not in (calls(item), answers(item))]


def _emptied(item: KnownItem) -> KnownItem | None:
    """The output without its text; None for what is no output."""
    match item:
        case FunctionCallOutput() | CustomToolCallOutput():
            return msgspec.structs.replace(item, output=OUTPUT_LEFT_OUT)
        case ToolSearchOutput():
            return msgspec.structs.replace(item, tools=())
    return None
