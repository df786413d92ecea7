"""The settings of a session, checked. It knows no files: reading them is the loader's matter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as _replace
from pathlib import Path

from codex_core.config.errors import ConfigError
from codex_core.config.instructions import BASE_INSTRUCTIONS
from codex_core.config.models import ModelInfo, model_info
from codex_core.config.providers import BUILT_IN, ModelProvider
from codex_core.config.workspace import WorkspaceWrite
from codex_core.protocol.policy import (
    APPROVAL_POLICIES,
    SANDBOX_MODES,
    ApprovalPolicy,
    Granular,
)

__all__ = ["FEATURES", "Config"]

FEATURES: Mapping[str, str] = {
    "item_ids": "send every input item with its id",
}
"""Feature switches that this core has, and what each does."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of a session; raises `ConfigError` for what cannot run.

    `approval_policy` is for a client that answers requests for an approval; whoever has nobody to
    answer sets `never`. `cwd` is the working folder (the runtime's root when None), `codex_home`
    the folder of AGENTS.md, of rules and of the installation id (none when None).
    """

    model: str = "gpt-5.4"
    model_provider: str = "openai"
    providers: Mapping[str, ModelProvider] = field(default_factory=dict)
    openai_base_url: str | None = None
    cwd: Path | None = None
    codex_home: Path | None = None
    approval_policy: ApprovalPolicy = "on-request"
    sandbox_mode: str = "read-only"
    sandbox_workspace_write: WorkspaceWrite = field(default_factory=WorkspaceWrite)
    base_instructions: str = BASE_INSTRUCTIONS
    developer_instructions: str = ""
    include_permissions_instructions: bool = True
    include_environment_context: bool = True
    model_context_window: int | None = None
    model_reasoning_effort: str | None = None
    model_reasoning_summary: str | None = None
    model_verbosity: str | None = None
    tool_output_token_limit: int | None = None
    project_doc_max_bytes: int = 32_768
    features: Mapping[str, bool] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    """Told to the user when a thread starts."""

    def __post_init__(self) -> None:
        if not isinstance(self.approval_policy, Granular):
            _check("approval_policy", self.approval_policy, APPROVAL_POLICIES)
        _check("sandbox_mode", self.sandbox_mode, SANDBOX_MODES)
        for name in self.features:
            _check_feature(name)
        _ = self.provider

    @property
    def provider(self) -> ModelProvider:
        """The provider in use; raises `ConfigError` naming the known ones."""
        known = {**BUILT_IN, **self.providers}
        if self.model_provider not in known:
            raise ConfigError(
                key="model_provider",
                problem=f"is {self.model_provider!r}, which is not defined",
                remedy=f"use one of {', '.join(sorted(known))}, "
                f"or define [model_providers.{self.model_provider}]",
            )
        return known[self.model_provider]

    @property
    def model_info(self) -> ModelInfo:
        """What is known of the model, settings first."""
        settings = {
            "context_window": self.model_context_window,
            "reasoning_effort": self.model_reasoning_effort,
            "reasoning_summary": self.model_reasoning_summary,
            "verbosity": self.model_verbosity,
            "tool_output_tokens": self.tool_output_token_limit,
        }
        given = {key: value for key, value in settings.items() if value is not None}
        return _replace(model_info(self.model), **given)  # type: ignore[arg-type]

    def feature(self, name: str) -> bool:
        """Is this feature on? Raises `KeyError` for one that does not exist."""
        _ = FEATURES[name]
        return self.features.get(name, False)


def _check(key: str, value: str, accepted: tuple[str, ...]) -> None:
    if value not in accepted:
        raise ConfigError(
            key=key,
            problem=f"is {value!r}, which does not exist",
            remedy=f"accepted values are {', '.join(accepted)}",
        )


def _check_feature(name: str) -> None:
    if name not in FEATURES:
        raise ConfigError(
            key=f"features.{name}",
            problem="does not exist",
            remedy=f"known features are {', '.join(sorted(FEATURES))}",
        )
