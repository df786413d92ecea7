"""Operations: everything a client can ask of a thread. A new one is a class and a line in `Op`."""

from typing import Any, Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

from codex_core.protocol.additional_context import AdditionalContext
from codex_core.protocol.decisions import ExecDecision, PatchDecision
from codex_core.protocol.inputs import InputItem, TextInput
from codex_core.protocol.policy import ApprovalPolicy
from codex_core.protocol.questions import Answers
from codex_core.protocol.realtime_ops import RealtimeOp

__all__ = [
    "OPS",
    "CleanBackgroundTerminals",
    "CollaborationMode",
    "Compact",
    "ExecApproval",
    "Interrupt",
    "Op",
    "OverrideTurnContext",
    "Overrides",
    "PatchApproval",
    "RunUserShellCommand",
    "Shutdown",
    "UserInput",
    "UserInputAnswer",
    "user_text",
]


class _Op(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of every operation; the wire tells them apart by `type`."""


class CollaborationMode(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the model works with the user: `plan` is without doing, `default` with.

    `developer_instructions` is what the model is told of it; None for this core's own words.
    """

    mode: Literal["default", "plan"] = "default"
    developer_instructions: str | None = None


class Overrides(_Op, frozen=True, kw_only=True, omit_defaults=True):
    """Settings that hold from the turn on that this starts, from the next one while a turn runs.

    What is left out stays as it is; `service_tier` may be null, for the provider's default.
    """

    cwd: str | None = None
    approval_policy: ApprovalPolicy | None = None
    sandbox_mode: str | None = None
    model: str | None = None
    effort: str | None = None
    summary: str | None = None
    service_tier: str | UnsetType | None = UNSET
    personality: str | None = None
    collaboration_mode: CollaborationMode | None = None


class UserInput(Overrides, tag="user_input", frozen=True, kw_only=True):
    """Starts a turn, or joins the running one.

    `responsesapi_client_metadata` is merged into the turn's `x-codex-turn-metadata`;
    reserved keys in it are dropped. `output_schema` is the JSON schema that the answers of the turn
    that it starts are to follow. Of `additional_context` the model is told what is new.
    """

    items: tuple[InputItem, ...]
    responsesapi_client_metadata: dict[str, str] | None = None
    additional_context: AdditionalContext = {}
    output_schema: dict[str, Any] | None = None


class OverrideTurnContext(Overrides, tag="override_turn_context", frozen=True, kw_only=True):
    """Changes settings, and starts nothing."""


class ExecApproval(_Op, tag="exec_approval", frozen=True, kw_only=True, omit_defaults=True):
    """Answers an `exec_approval_request`; `id` is its approval id, else its call id.

    It has an effect once, and only while the request waits; with a `turn_id` only in that turn.
    """

    id: str
    decision: ExecDecision
    turn_id: str | None = None


class PatchApproval(_Op, tag="patch_approval", frozen=True, kw_only=True):
    """Answers an `apply_patch_approval_request`, as `ExecApproval` does the other."""

    id: str
    decision: PatchDecision


class UserInputAnswer(_Op, tag="user_input_answer", frozen=True, kw_only=True):
    """Answers a `request_user_input`; `id` is its call id. It has an effect once."""

    id: str
    response: Answers


class Interrupt(_Op, tag="interrupt", frozen=True, kw_only=True):
    """Ends the running turn; when idle it changes nothing."""


class Compact(_Op, tag="compact", frozen=True, kw_only=True):
    """Makes the history shorter, in a turn of its own; a running turn is ended for it (`replaced`).

    Input that comes meanwhile is kept and starts a turn as soon as the history is shorter, or was
    not to be had shorter; an interrupt gives it back instead.
    """


class RunUserShellCommand(_Op, tag="run_user_shell_command", frozen=True, kw_only=True):
    """Runs a command line of the user's, without a sandbox; the model is told what it did.

    When idle it is a turn of its own, which asks the model nothing. While a turn runs it runs
    beside it, and the turn goes on at least until the model was told.
    """

    command: str


class CleanBackgroundTerminals(_Op, tag="clean_background_terminals", frozen=True, kw_only=True):
    """Ends all commands that still run."""


class Shutdown(_Op, tag="shutdown", frozen=True, kw_only=True):
    """Ends the running turn and the thread."""


Op = (
    UserInput
    | OverrideTurnContext
    | ExecApproval
    | PatchApproval
    | UserInputAnswer
    | Interrupt
    | Compact
    | RunUserShellCommand
    | CleanBackgroundTerminals
    | RealtimeOp
    | Shutdown
)

OPS: dict[str, type[Op]] = {str(cls.__struct_config__.tag): cls for cls in get_args(Op)}
"""Wire name to class, for every operation."""


def user_text(text: str) -> UserInput:
    """The commonest operation: one text."""
    return UserInput(items=(TextInput(text=text),))
