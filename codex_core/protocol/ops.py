"""Operations: everything a client can ask of a thread. A new one is a class and a line in `Op`."""

from typing import get_args

import msgspec

from codex_core.protocol.decisions import ExecDecision, PatchDecision
from codex_core.protocol.inputs import InputItem, TextInput
from codex_core.protocol.policy import ApprovalPolicy

__all__ = [
    "OPS",
    "CleanBackgroundTerminals",
    "ExecApproval",
    "Interrupt",
    "Op",
    "PatchApproval",
    "RunUserShellCommand",
    "Shutdown",
    "UserInput",
    "user_text",
]


class _Op(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of every operation; the wire tells them apart by `type`."""


class UserInput(_Op, tag="user_input", frozen=True, kw_only=True, omit_defaults=True):
    """Starts a turn, or joins the running one.

    `responsesapi_client_metadata` is merged into the turn's `x-codex-turn-metadata`;
    reserved keys in it are dropped. `approval_policy` holds from the turn that this input starts,
    from the next one where it joins a turn.
    """

    items: tuple[InputItem, ...]
    responsesapi_client_metadata: dict[str, str] | None = None
    approval_policy: ApprovalPolicy | None = None


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


class Interrupt(_Op, tag="interrupt", frozen=True, kw_only=True):
    """Ends the running turn; when idle it changes nothing."""


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
    | ExecApproval
    | PatchApproval
    | Interrupt
    | RunUserShellCommand
    | CleanBackgroundTerminals
    | Shutdown
)

OPS: dict[str, type[Op]] = {str(cls.__struct_config__.tag): cls for cls in get_args(Op)}
"""Wire name to class, for every operation."""


def user_text(text: str) -> UserInput:
    """The commonest operation: one text."""
    return UserInput(items=(TextInput(text=text),))
