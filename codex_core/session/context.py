"""What the model is told around the user's words: permissions, standing orders, the environment.

Texts and comparison only. All of it is told before a thread's first message; later only what is
different.
"""

from dataclasses import dataclass, fields
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from codex_core.config.config import Config
from codex_core.protocol.items import InputText, Message
from codex_core.protocol.policy import ApprovalPolicy
from codex_core.runtime import Runtime
from codex_core.session.permissions import permissions_text
from codex_core.tools.sandbox import Sandbox

__all__ = ["TURN_ABORTED", "Environment", "Told", "initial_context", "update", "user_message"]

TURN_ABORTED = """\
<turn_aborted>
The user stopped the turn above. Commands that were running may still run, or have done part of
their work; look at the state of things before you go on.
</turn_aborted>"""

_WORKSPACE = "<workspace_roots><root>{cwd}</root></workspace_roots>"
_UNRESTRICTED = (
    '<permission_profile type="disabled"><file_system type="unrestricted" /></permission_profile>'
)
_RESTRICTED = (
    '<permission_profile type="managed"><file_system type="restricted">'
    '<entry access="read"><special>:root</special></entry>{entries}'
    "</file_system></permission_profile>"
)
_ENTRY = '<entry access="{access}"><path>{path}</path></entry>'


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """What `<environment_context>` says; a field that is None is not said."""

    cwd: str | None
    shell: str | None
    current_date: str
    timezone: str
    filesystem: str

    @classmethod
    def of(cls, runtime: Runtime, cwd: Path, sandbox: Sandbox | None) -> "Environment":
        """The environment as it is now."""
        today = datetime.fromtimestamp(runtime.now(), _zone(runtime.timezone))
        return cls(
            cwd=str(cwd),
            shell=Path(runtime.env.get("SHELL") or "/bin/sh").name,
            current_date=f"{today:%Y-%m-%d}",
            timezone=runtime.timezone,
            filesystem=_WORKSPACE.format(cwd=cwd) + _permission_profile(sandbox),
        )

    def text(self) -> str:
        """The tagged block."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        lines = [f"  <{name}>{value}</{name}>" for name, value in named if value is not None]
        return "\n".join(["<environment_context>", *lines, "</environment_context>"])


def _permission_profile(sandbox: Sandbox | None) -> str:
    if sandbox is None:
        return _UNRESTRICTED
    access = dict.fromkeys(sandbox.writable, "write") | dict.fromkeys(sandbox.protected, "read")
    entries = (_ENTRY.format(access=word, path=path) for path, word in access.items())
    return _RESTRICTED.format(entries="".join(entries))


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """All that the model is told of and that may change between turns."""

    permissions: str
    environment: Environment

    @classmethod
    def of(
        cls,
        config: Config,
        runtime: Runtime,
        cwd: Path,
        sandbox: Sandbox | None,
        policy: ApprovalPolicy,
    ) -> "Told":
        """As it is now."""
        return cls(
            permissions=permissions_text(config, policy),
            environment=Environment.of(runtime, cwd, sandbox),
        )


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def initial_context(config: Config, now: Told, agents: str | None) -> list[Message]:
    """The messages before a thread's first user message; empty ones are left out."""
    developer = [
        now.permissions if config.include_permissions_instructions else "",
        config.developer_instructions,
    ]
    cwd = now.environment.cwd
    orders = f"# AGENTS.md instructions for {cwd}\n\n<INSTRUCTIONS>\n{agents}\n</INSTRUCTIONS>"
    user = [
        orders if agents else "",
        now.environment.text() if config.include_environment_context else "",
    ]
    return [*_message("developer", developer), *_message("user", user)]


def update(config: Config, before: Told, now: Told) -> list[Message]:
    """The messages before a later turn: nothing when nothing changed."""
    messages: list[Message] = []
    if before.permissions != now.permissions and config.include_permissions_instructions:
        messages += _message("developer", [now.permissions])
    if before.environment != now.environment and config.include_environment_context:
        messages += _message("user", [_changes(before.environment, now.environment).text()])
    return messages


def _changes(before: Environment, now: Environment) -> Environment:
    """The environment without what is as before."""
    return Environment(
        cwd=now.cwd if now.cwd != before.cwd else None,
        shell=now.shell if now.shell != before.shell else None,
        current_date=now.current_date,
        timezone=now.timezone,
        filesystem=now.filesystem,
    )


def _message(role: str, texts: list[str]) -> list[Message]:
    parts = tuple(InputText(text=text) for text in texts if text)
    return [Message(role=role, content=parts)] if parts else []


def user_message(text: str) -> Message:
    """A user message of one text."""
    return Message(role="user", content=(InputText(text=text),))
