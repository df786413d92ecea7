"""Turn items: what a client shows of a turn, told by `item_started` and `item_completed`."""

import msgspec

from codex_core.protocol.file_changes import FileChange
from codex_core.protocol.inputs import InputItem

__all__ = [
    "AgentMessageItem",
    "CommandExecutionItem",
    "FileChangeItem",
    "ReasoningItem",
    "TurnItem",
    "UserMessageItem",
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


TurnItem = (
    UserMessageItem | AgentMessageItem | ReasoningItem | FileChangeItem | CommandExecutionItem
)
