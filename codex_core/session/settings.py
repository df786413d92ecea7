"""The settings that hold for a turn, and what an operation changes of them for later ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from codex_core.config.config import Config
from codex_core.config.errors import ConfigError
from codex_core.protocol.ops import Overrides
from codex_core.runtime import Runtime
from codex_core.tools.sandbox import Sandbox, confinement, sandbox_of

__all__ = ["Settings", "overridden"]

_FIELDS: Mapping[str, str] = {
    "approval_policy": "approval_policy",
    "sandbox_mode": "sandbox_mode",
    "model": "model",
    "effort": "model_reasoning_effort",
    "summary": "model_reasoning_summary",
    "personality": "personality",
}
"""Fields of an operation, and what they are called among the settings."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All that may differ from turn to turn; what commands are held to follows from the rest."""

    config: Config
    cwd: Path
    sandbox: Sandbox | None
    confinement: tuple[str, ...]

    @classmethod
    def of(cls, config: Config, runtime: Runtime, cwd: Path) -> "Settings":
        """The settings of a thread that works in `cwd`; raises `ConfigError`."""
        return cls(
            config=config,
            cwd=cwd,
            sandbox=sandbox_of(config, cwd, runtime.env),
            confinement=confinement(config, runtime, cwd),
        )


def overridden(settings: Settings, op: Overrides, runtime: Runtime) -> Settings:
    """The settings with what an operation says otherwise; raises `ConfigError` for what cannot be.

    They are the same object if it says nothing.
    """
    given = {name: getattr(op, field) for field, name in _FIELDS.items()}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if isinstance(op.service_tier, str | None):
        changes["service_tier"] = op.service_tier
    if op.collaboration_mode is not None:
        changes["collaboration_mode"] = op.collaboration_mode.mode
        changes["collaboration_instructions"] = op.collaboration_mode.developer_instructions
    if not changes and op.cwd is None:
        return settings
    cwd = settings.cwd if op.cwd is None else _folder(settings.cwd / op.cwd)
    return Settings.of(replace(settings.config, **changes), runtime, cwd)


def _folder(cwd: Path) -> Path:
    if not cwd.is_dir():
        raise ConfigError(
            key="cwd", problem=f"is {cwd}, which is no folder", remedy="name one that exists"
        )
    return cwd
