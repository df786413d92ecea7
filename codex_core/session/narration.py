"""From the model's items and deltas to what a client shows of them. It records nothing.

One item is open at a time; deltas belong to it. An item that is done without having been added is
told as started and completed together; a delta without an open item is nobody's and is not told.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from codex_core.model_client.events import (
    ItemAdded,
    ItemDone,
    ReasoningDelta,
    ResponseEvent,
    SummaryDelta,
    SummaryPart,
    TextDelta,
    Unreadable,
)
from codex_core.protocol.events import (
    AgentMessage,
    AgentMessageContentDelta,
    AgentReasoning,
    AgentReasoningRawContent,
    AgentReasoningSectionBreak,
    EventMsg,
    ItemCompleted,
    ItemStarted,
    ReasoningContentDelta,
    ReasoningRawContentDelta,
    Warning,
)
from codex_core.protocol.items import ImageGenerationCall, ResponseItem
from codex_core.protocol.turn_items import AgentMessageItem, ReasoningItem, TurnItem
from codex_core.session.shown import as_started, shown

__all__ = ["Narration"]


class Narration:
    """Tells one response.

    `new_id` names items that the server left without an id, `saved` the file of an image. Raw
    reasoning is told if `shows_raw`.
    """

    def __init__(
        self,
        *,
        thread_id: str,
        turn_id: str,
        emit: Callable[[EventMsg], None],
        new_id: Callable[[], str],
        saved: Callable[[ImageGenerationCall], Path | None] = lambda _: None,
        shows_raw: bool = False,
    ) -> None:
        self._thread_id = thread_id
        self._turn_id = turn_id
        self._emit = emit
        self._new_id = new_id
        self._saved = saved
        self._shows_raw = shows_raw
        self._open: TurnItem | None = None
        self._complained: set[str] = set()

    def tell(self, event: ResponseEvent) -> None:
        """Tells an event of the stream, if it is one that shows."""
        match event:
            case ItemAdded():
                self._start(event.item)
            case ItemDone():
                self._finish(event.item)
            case Unreadable():
                self._complain(event)
            case ReasoningDelta() if not self._shows_raw:
                pass
            case TextDelta() | SummaryDelta() | SummaryPart() | ReasoningDelta():
                if isinstance(self._open, AgentMessageItem | ReasoningItem):
                    self._emit(self._delta(event, self._open.id))

    def _complain(self, event: Unreadable) -> None:
        """Once for each type: nobody wants to hear it of every delta."""
        if event.type in self._complained:
            return
        self._complained.add(event.type)
        what = f"A `{event.type}`" if event.type else "An event"
        text = f"{what} of the response cannot be read and was passed over: {event.message}"
        self._emit(Warning(message=text))

    def _start(self, item: ResponseItem) -> None:
        self._open = self._as_turn_item(item, None)
        if self._open is not None:
            self._tell_started(as_started(self._open))

    def _finish(self, item: ResponseItem) -> None:
        opened, self._open = self._open, None
        whole = self._as_turn_item(item, opened)
        if whole is None:
            return
        if type(opened) is not type(whole):
            self._tell_started(as_started(whole))
        self._emit(ItemCompleted(thread_id=self._thread_id, turn_id=self._turn_id, item=whole))
        for msg in _in_short(whole):
            if self._shows_raw or not isinstance(msg, AgentReasoningRawContent):
                self._emit(msg)

    def _tell_started(self, item: TurnItem) -> None:
        self._emit(ItemStarted(thread_id=self._thread_id, turn_id=self._turn_id, item=item))

    def _as_turn_item(self, item: ResponseItem, opened: TurnItem | None) -> TurnItem | None:
        """The item under the id that it was opened with, else the server's, else a new one."""
        saved = self._saved(item) if isinstance(item, ImageGenerationCall) else None
        whole = shown(item, getattr(item, "id", None) or "", saved)
        if whole is not None and type(opened) is type(whole):
            return msgspec.structs.replace(whole, id=opened.id)
        if whole is None or whole.id:
            return whole
        return msgspec.structs.replace(whole, id=self._new_id())

    def _delta(
        self, event: TextDelta | SummaryDelta | SummaryPart | ReasoningDelta, item_id: str
    ) -> EventMsg:
        match event:
            case TextDelta():
                return AgentMessageContentDelta(
                    thread_id=self._thread_id,
                    turn_id=self._turn_id,
                    item_id=item_id,
                    delta=event.delta,
                )
            case SummaryDelta():
                return ReasoningContentDelta(
                    thread_id=self._thread_id,
                    turn_id=self._turn_id,
                    item_id=item_id,
                    delta=event.delta,
                    summary_index=event.summary_index,
                )
            case ReasoningDelta():
                return ReasoningRawContentDelta(
                    thread_id=self._thread_id,
                    turn_id=self._turn_id,
                    item_id=item_id,
                    delta=event.delta,
                    content_index=event.content_index,
                )
            case SummaryPart():
                return AgentReasoningSectionBreak(
                    item_id=item_id, summary_index=event.summary_index
                )


def _in_short(item: TurnItem) -> list[EventMsg]:
    """The older, flat events of a whole item."""
    match item:
        case AgentMessageItem():
            return [AgentMessage(message=item.text, phase=item.phase)]
        case ReasoningItem():
            raw = [AgentReasoningRawContent(text=text) for text in item.raw_content]
            return [*(AgentReasoning(text=text) for text in item.summary_text), *raw]
    return []
