"""What a client is shown of an item of the model's, whole and as it starts. Values to values."""

from pathlib import Path

import msgspec

from codex_core.protocol.items import (
    ImageGenerationCall,
    Message,
    Reasoning,
    ReasoningText,
    ResponseItem,
    WebSearchAction,
    WebSearchCall,
)
from codex_core.protocol.turn_items import (
    AgentMessageItem,
    ImageGenerationItem,
    ReasoningItem,
    TurnItem,
    WebSearchItem,
)

__all__ = ["as_started", "shown"]


def shown(item: ResponseItem, item_id: str, saved: Path | None) -> TurnItem | None:
    """The item under that id, an image with its file; None for what is not shown so."""
    match item:
        case Message(role="assistant"):
            return AgentMessageItem(id=item_id, text=item.spoken, phase=item.phase)
        case Reasoning():
            return _reasoning(item, item_id)
        case WebSearchCall():
            return WebSearchItem(id=item_id, query=_query(item.action), action=item.action)
        case ImageGenerationCall():
            return ImageGenerationItem(
                id=item_id,
                status=item.status,
                result=item.result,
                revised_prompt=item.revised_prompt,
                saved_path=str(saved) if saved else None,
            )
    return None


def as_started(item: TurnItem) -> TurnItem:
    """The item as it starts: its text comes with the deltas, a search's or image's at the end."""
    match item:
        case AgentMessageItem():
            return msgspec.structs.replace(item, text="")
        case ReasoningItem():
            return ReasoningItem(id=item.id)
        case WebSearchItem():
            return WebSearchItem(id=item.id, query="")
        case ImageGenerationItem():
            return ImageGenerationItem(id=item.id, status="in_progress", result="")
    return item


def _reasoning(item: Reasoning, item_id: str) -> ReasoningItem:
    parts = item.content or ()
    return ReasoningItem(
        id=item_id,
        summary_text=tuple(part.text for part in item.summary),
        raw_content=tuple(part.text for part in parts if isinstance(part, ReasoningText)),
    )


def _query(action: WebSearchAction | None) -> str:
    """What a search is for, in short."""
    match action:
        case WebSearchAction(type="search", query=query, queries=queries):
            return query or " / ".join(queries or ())
        case WebSearchAction(type="open_page", url=str() as url):
            return url
        case WebSearchAction(type="find_in_page", url=str() as url, pattern=str() as pattern):
            return f"'{pattern}' in {url}"
        case WebSearchAction(type="find_in_page", url=url, pattern=pattern):
            return pattern or url or ""
    return ""
