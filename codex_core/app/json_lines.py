"""Events as the JSON lines of `exec --json`. A translation without input or output.

Shapes are those of the reference client: `thread.started`, `turn.started`, `item.started`,
`item.updated`, `item.completed`, `turn.completed`, `turn.failed`, `error`. Items are numbered
within a run. Every item that starts completes before its turn does, also one that is still at work
then.
"""

from itertools import count

from codex_core.app.json_items import Line, LongItem, OpenItems
from codex_core.protocol.events import (
    Error,
    Event,
    ExecCommandBegin,
    ExecCommandEnd,
    ExecCommandOutputDelta,
    ItemCompleted,
    ItemStarted,
    PlanUpdate,
    SessionConfigured,
    StreamError,
    TaskComplete,
    TaskStarted,
    TokenCount,
    TurnAborted,
    Warning,
)
from codex_core.protocol.turn_items import (
    AgentMessageItem,
    ReasoningItem,
    TurnItem,
)
from codex_core.protocol.usage import TokenUsage

__all__ = ["JsonLines"]


class JsonLines:
    """Translates the events of one thread, in order."""

    def __init__(self) -> None:
        self._numbers = count()
        self._items = OpenItems(self._new_id)
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
                return [self._items.begin_command(msg)]
            case ExecCommandOutputDelta() as msg:
                self._items.note_output(msg)
            case ExecCommandEnd() as msg:
                return self._items.end_command(msg)
            case ItemStarted(item=item) if isinstance(item, LongItem):
                return [self._items.start(item)]
            case ItemCompleted(item=item) if isinstance(item, LongItem):
                return self._items.complete(item)
            case PlanUpdate() as msg:
                return [self._items.plan(msg)]
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
                return [*self._items.end_turn(), self._turn_end(self._error)]
            case TurnAborted() as msg:
                return [*self._items.end_turn(), self._turn_end(f"turn {msg.reason}")]
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
