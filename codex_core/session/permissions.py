"""What the model is told it may do: what commands can touch, and when the user is asked. Texts."""

from collections.abc import Mapping

from codex_core.approvals.policy import escalation_offered
from codex_core.config.config import Config
from codex_core.protocol.policy import ApprovalPolicy, Granular

__all__ = ["permissions_text"]

_PERMISSIONS = """\
<permissions instructions>
{commands}. {approvals}
</permissions instructions>"""

_COMMANDS: Mapping[str, str] = {
    "danger-full-access": """\
Commands run without a sandbox (sandbox_mode is `danger-full-access`): they can read and change all
files and use the network""",
    "workspace-write": """\
Commands run in a sandbox (sandbox_mode is `workspace-write`): they can read all files, but change
only those in the folders that the environment names as writable; the network is {network}""",
    "read-only": """\
Commands run in a sandbox (sandbox_mode is `read-only`): they can read all files, but change none,
and have no network""",
}

_NOBODY = """\
Nobody is asked for approval (approval_policy is `{policy}`): do not ask for
it, and take no step that cannot be undone unless the task needs it."""

_APPROVALS: Mapping[str, str] = {
    "never": _NOBODY,
    "untrusted": """\
The user is asked before each patch, and before each command that is not known to only read files
(approval_policy is `{policy}`).""",
    "on-failure": """\
If the sandbox stops a command, the user is asked whether to run it without (approval_policy is
`{policy}`).""",
    "on-request": """\
The user can be asked for approval (approval_policy is `{policy}`).""",
}

_NO_ESCALATION = """\
 Leave `sandbox_permissions` out."""

_ESCALATE = """\
 If a command that the task needs cannot work in
the sandbox, call it with `sandbox_permissions` set to `require_escalated`, and put to the user in
`justification` what it is for, as a question. A patch of files outside is asked for by itself."""


def permissions_text(config: Config, policy: ApprovalPolicy) -> str:
    """The tagged block."""
    network = "on" if config.sandbox_workspace_write.network_access else "off"
    commands = _COMMANDS[config.sandbox_mode].format(network=network)
    return _PERMISSIONS.format(commands=commands, approvals=_approvals(config, policy))


def _approvals(config: Config, policy: ApprovalPolicy) -> str:
    sandboxed = config.sandbox_mode != "danger-full-access"
    offered = escalation_offered(policy, sandboxed=sandboxed)
    return _approval_text(policy) + (_ESCALATE if offered else _NO_ESCALATION)


def _approval_text(policy: ApprovalPolicy) -> str:
    if not isinstance(policy, Granular):
        return _APPROVALS[policy].format(policy=policy)
    given = policy.granular
    text = _APPROVALS["on-request" if given.sandbox_approval or given.rules else "never"]
    return text.format(policy="granular")
