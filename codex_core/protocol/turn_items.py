"""Turn items: what a client shows of a turn, told by `item_started` and `item_completed`."""

import msgspec

from codex_core.protocol.file_changes import FileChange
from codex_core.protocol.inputs import InputItem
from codex_core.protocol.items import WebSearchAction

__all__ = [
    "AgentMessageItem",
    "CommandExecutionItem",
    "ContextCompactionItem",
    "FileChangeItem",
    "ImageGenerationItem",
    "ReasoningItem",
    "TurnItem",
    "UserMessageItem",
    "WebSearchItem",
]


class _TurnItem(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """Base of every turn item; `id` is the same in started, deltas and completed."""

    id: str


class UserMessageItem(_TurnItem, tag="user_message", frozen=True, kw_only=True):
    """Input that the model is going to see."""

    content: tuple[InputItem, ...]


class AgentMessageItem(_TurnItem, tag="agent_message", frozen=True, kw_only=True):
    """A message by the model; the text is empty when it has only started."""

    text: str
    phase: str | None = None


class ReasoningItem(_TurnItem, tag="reasoning", frozen=True, kw_only=True):
    """Reasoning by the model."""

    summary_text: tuple[str, ...] = ()
    raw_content: tuple[str, ...] = ()


class FileChangeItem(_TurnItem, tag="file_change", frozen=True, kw_only=True):
    """Files that a patch changes, by absolute path; its id is the call's.

    `status` is in_progress, then completed, failed or declined.
    """

    changes: dict[str, FileChange]
    status: str


class CommandExecutionItem(_TurnItem, tag="command_execution", frozen=True, kw_only=True):
    """A command that the user declined; its id is the call's.

    Commands that run are told by `exec_command_begin` and `exec_command_end`. `status` is
    in_progress, then declined.
    """

    command: tuple[str, ...]
    cwd: str
    status: str


class WebSearchItem(_TurnItem, tag="web_search", frozen=True, kw_only=True):
    """The provider searches the web; `query` says in short what for."""

    query: str
    action: WebSearchAction | None = None


class ImageGenerationItem(_TurnItem, tag="image_generation", frozen=True, kw_only=True):
    """The provider makes an image: `result` is its data in base64, `saved_path` its file if any."""

    status: str
    result: str
    revised_prompt: str | None = None
    saved_path: str | None = None


class ContextCompactionItem(_TurnItem, tag="context_compaction", frozen=True, kw_only=True):
    """The history is made shorter; completed when it is, and not at all if that failed."""


TurnItem = (
    UserMessageItem
    | AgentMessageItem
    | ReasoningItem
    | FileChangeItem
    | CommandExecutionItem
    | WebSearchItem
    | ImageGenerationItem
    | ContextCompactionItem
)
