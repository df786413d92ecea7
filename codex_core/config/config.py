"""The settings of a session, checked. It knows no files: reading them is the loader's matter."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec import field

from codex_core.config.errors import ConfigError
from codex_core.config.features import FEATURES, check_features
from codex_core.config.instructions import BASE_INSTRUCTIONS
from codex_core.config.models import BUNDLED, ModelInfo, find_model
from codex_core.config.personality import PERSONALITIES
from codex_core.config.providers import BUILT_IN, ModelProvider
from codex_core.config.realtime import SESSION_TYPES, TRANSPORTS, VERSIONS, RealtimeSettings
from codex_core.config.web_search import WEB_SEARCH_MODES, ToolSettings
from codex_core.config.workspace import WorkspaceWrite
from codex_core.protocol.policy import (
    APPROVAL_POLICIES,
    SANDBOX_MODES,
    ApprovalPolicy,
    Granular,
)

__all__ = ["Config"]

_COLLABORATION_MODES = ("default", "plan")
_COMPACT_SCOPES = ("total", "body_after_prefix")


class Config(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Settings of a session; raises `ConfigError` for what cannot run, also when
    `msgspec.structs.replace` makes others of them.

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
    model_auto_compact_token_limit: int | None = None
    """Tokens at which history is compacted, at most 90 % of the window, which is the default."""
    model_auto_compact_token_limit_scope: str = "total"
    """What counts: `total`, or `body_after_prefix`, all but what the context began with."""
    compact_prompt: str | None = None
    """What the model is asked for a summary with; None for this core's own words."""
    model_reasoning_effort: str | None = None
    model_reasoning_summary: str | None = None
    model_verbosity: str | None = None
    model_supports_reasoning_summaries: bool | None = None
    models: tuple[ModelInfo, ...] = BUNDLED
    """What is known of models."""
    service_tier: str | None = None
    personality: str | None = None
    show_raw_agent_reasoning: bool = False
    collaboration_mode: str = "default"
    collaboration_instructions: str | None = None
    """What the model is told of the mode; None for this core's own words."""
    web_search: str = "cached"
    tools: ToolSettings = field(default_factory=ToolSettings)
    tool_output_token_limit: int | None = None
    project_doc_max_bytes: int = 32_768
    git_metadata: bool = True
    """Is the provider told of the repository: remotes, commit, whether something is changed?"""
    features: Mapping[str, bool] = field(default_factory=dict)
    realtime: RealtimeSettings = field(default_factory=RealtimeSettings)
    experimental_realtime_ws_base_url: str | None = None
    """Where realtime sessions are; the model provider's own address if None."""
    experimental_realtime_webrtc_call_base_url: str | None = None
    experimental_realtime_ws_model: str | None = None
    experimental_realtime_ws_backend_prompt: str | None = None
    """Goes before every other prompt of a realtime session."""
    experimental_realtime_ws_startup_context: str | None = None
    """Stands for what a realtime session is told of the work so far; "" for nothing."""
    experimental_realtime_start_instructions: str | None = None
    """What the agent's model is told when a realtime conversation starts."""
    warnings: tuple[str, ...] = ()
    """Told to the user when a thread starts."""

    def __post_init__(self) -> None:
        if not isinstance(self.approval_policy, Granular):
            _check("approval_policy", self.approval_policy, APPROVAL_POLICIES)
        _check("sandbox_mode", self.sandbox_mode, SANDBOX_MODES)
        scope = self.model_auto_compact_token_limit_scope
        _check("model_auto_compact_token_limit_scope", scope, _COMPACT_SCOPES)
        _check("web_search", self.web_search, WEB_SEARCH_MODES)
        _check("collaboration_mode", self.collaboration_mode, _COLLABORATION_MODES)
        if self.personality is not None:
            _check("personality", self.personality, PERSONALITIES)
        _check("realtime.version", self.realtime.version, VERSIONS)
        _check("realtime.type", self.realtime.type, SESSION_TYPES)
        _check("realtime.transport", self.realtime.transport, TRANSPORTS)
        check_features(self.features)
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

    @cached_property
    def model_info(self) -> ModelInfo:
        """What is known of the model, settings first."""
        info = find_model(self.model, self.models)
        limit = self.tool_output_token_limit
        return info.wanted(
            {
                "context_window": self.model_context_window,
                "compact_limit": self.model_auto_compact_token_limit,
                "supports_reasoning_summaries": self.model_supports_reasoning_summaries,
                "reasoning_effort": self.model_reasoning_effort,
                "reasoning_summary": self.model_reasoning_summary,
                "verbosity": self.model_verbosity,
                "truncation": None if limit is None else info.truncation.with_tokens(limit),
            }
        )

    def feature(self, name: str) -> bool:
        """Is this feature on? Raises `KeyError` for one that does not exist."""
        return self.features.get(name, FEATURES[name].default)

    @property
    def may_question(self) -> bool:
        """May the model put questions of its own to the user?"""
        plans = self.collaboration_mode == "plan"
        return plans or self.feature("default_mode_request_user_input")

    @property
    def beta_features(self) -> tuple[str, ...]:
        """The features that the server is told of."""
        return tuple(name for name, one in FEATURES.items() if one.announced and self.feature(name))


def _check(key: str, value: str, accepted: tuple[str, ...]) -> None:
    if value not in accepted:
        raise ConfigError(
            key=key,
            problem=f"is {value!r}, which does not exist",
            remedy=f"accepted values are {', '.join(accepted)}",
        )
