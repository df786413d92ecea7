"""The table of settings: which keys `config.toml` may hold, of which type, which are not ours."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from codex_core.config.realtime import RealtimeSettings
from codex_core.config.web_search import ToolSettings
from codex_core.config.workspace import WorkspaceWrite
from codex_core.protocol.policy import Granular

__all__ = ["ELSEWHERE", "OWN", "PROVIDER_REFUSED", "Settings"]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of `config.toml` that this core uses; unset means that the default holds."""

    model: str | UnsetType = UNSET
    model_provider: str | UnsetType = UNSET
    model_providers: dict[str, dict[str, Any]] | UnsetType = UNSET
    openai_base_url: str | UnsetType = UNSET
    approval_policy: str | Granular | UnsetType = UNSET
    sandbox_mode: str | UnsetType = UNSET
    sandbox_workspace_write: WorkspaceWrite | UnsetType = UNSET
    base_instructions: str | UnsetType = UNSET
    developer_instructions: str | UnsetType = UNSET
    include_permissions_instructions: bool | UnsetType = UNSET
    include_environment_context: bool | UnsetType = UNSET
    model_context_window: int | UnsetType = UNSET
    model_auto_compact_token_limit: int | UnsetType = UNSET
    model_auto_compact_token_limit_scope: str | UnsetType = UNSET
    compact_prompt: str | UnsetType = UNSET
    model_reasoning_effort: str | UnsetType = UNSET
    model_reasoning_summary: str | UnsetType = UNSET
    model_verbosity: str | UnsetType = UNSET
    model_supports_reasoning_summaries: bool | UnsetType = UNSET
    model_catalog_json: str | UnsetType = UNSET
    service_tier: str | UnsetType = UNSET
    personality: str | UnsetType = UNSET
    show_raw_agent_reasoning: bool | UnsetType = UNSET
    web_search: str | UnsetType = UNSET
    tools: ToolSettings | UnsetType = UNSET
    tool_output_token_limit: int | UnsetType = UNSET
    project_doc_max_bytes: int | UnsetType = UNSET
    git_metadata: bool | UnsetType = UNSET
    features: dict[str, bool] | UnsetType = UNSET
    realtime: RealtimeSettings | UnsetType = UNSET
    experimental_realtime_ws_base_url: str | UnsetType = UNSET
    experimental_realtime_webrtc_call_base_url: str | UnsetType = UNSET
    experimental_realtime_ws_model: str | UnsetType = UNSET
    experimental_realtime_ws_backend_prompt: str | UnsetType = UNSET
    experimental_realtime_ws_startup_context: str | UnsetType = UNSET
    experimental_realtime_start_instructions: str | UnsetType = UNSET


_TYPE_NAMES = {str: "a string", int: "a whole number", bool: "true or false"}


def _type_name(annotation: Any) -> str:
    plain = annotation.__args__[0]
    return _TYPE_NAMES.get(plain, "a table")


OWN: Mapping[str, str] = {
    name: _type_name(annotation) for name, annotation in Settings.__annotations__.items()
}
"""Each setting with its type in words."""

ELSEWHERE = frozenset(
    """
    agents allow_login_shell analytics apps approvals_reviewer audio background_terminal_max_timeout
    chatgpt_base_url check_for_update_on_startup cli_auth_credentials_store commit_attribution
    default_permissions disable_paste_burst feedback file_opener forced_chatgpt_workspace_id
    forced_login_method hide_agent_reasoning history hooks instructions log_dir
    mcp_oauth_callback_port mcp_oauth_credentials_store mcp_servers memories model_instructions_file
    notice notify oss_provider otel permissions plan_mode_reasoning_effort plugins profile profiles
    project_doc_fallback_filenames project_root_markers projects review_model
    shell_environment_policy skills sqlite_home
    suppress_unstable_features_warning tui windows zsh_path
    """.split()  # noqa: SIM905
)
"""Settings of the reference client without a meaning here, passed over in silence."""

PROVIDER_REFUSED: Mapping[str, str] = {
    "aws": "use a provider that takes a bearer token",
}
"""Provider settings that cannot be passed over, and what to use instead."""
