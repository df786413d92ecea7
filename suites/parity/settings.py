"""What a scenario sets, and the `config.toml` and the files that both clients find because of it.

Values and text only: it starts nothing and knows no client.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mock_responses.clients import KEY, KEY_VARIABLE

PROVIDER = "parity"
ORIGINATOR = "parity"
"""The name under which both clients ask."""
TIMEZONE = "Etc/UTC"
BASE_URL = "<base url>"
HOST_URL = "<host url>"
"""Stand for the mock's address in a setting, with and without the path of the API."""
ODD = {"odd": "it's `a\\b^c{d|e}\"f<g>h~i*j%41é"}
"""Of a query: what an address may hold as it is, and what it may not."""
PATH = "/usr/local/bin:/usr/bin:/bin"
"""Where the commands of both clients are looked for."""

_QUIET = (
    *("apps", "browser_use", "browser_use_external", "computer_use", "fast_mode", "goals"),
    *("guardian_approval", "hooks", "image_generation", "in_app_browser", "memories"),
    *("multi_agent", "personality", "plugin_sharing", "plugins", "remote_plugin"),
    *("shell_snapshot", "skill_mcp_dependency_install", "tool_suggest", "workspace_dependencies"),
)
"""Features of the reference client beside the model client: what would add tools and texts of its
own, look names up on the network or start shells."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a scenario, over those that all have."""

    websockets: bool = False
    provider: Mapping[str, Any] = field(default_factory=dict)
    """Of the provider; a None takes a key away."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """Other keys of `config.toml`; a None takes a key away."""
    features: Mapping[str, bool] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    work: Mapping[str, str] = field(default_factory=dict)
    """Files in the working folder, by name."""
    home: Mapping[str, str] = field(default_factory=dict)
    """Files in the folder of the settings, by name."""
    signed_in: bool = False
    """Whether the home has a sign-in of a ChatGPT account."""

    def words(self) -> Iterator[str]:
        """The texts that the scenario wrote itself."""
        for texts in (self.config, self.work, self.home):
            yield from (text for text in texts.values() if isinstance(text, str))


@dataclass(frozen=True, kw_only=True)
class Own:
    """Keys that only one client knows."""

    provider: Mapping[str, Any] = field(default_factory=dict)
    realtime: Mapping[str, Any] = field(default_factory=dict)


def config_toml(settings: Settings, base_url: str, *, own: Own) -> str:
    """The file, with the keys of one client."""
    given = {key: _placed(value, base_url) for key, value in settings.config.items()}
    table = {**_usual(settings, base_url, own.provider), **given}
    realtime = {**table.get("realtime", {}), **own.realtime}
    table["realtime"] = realtime or None
    return "".join(f"{key} = {toml(value)}\n" for key, value in table.items() if value is not None)


def _placed(value: Any, base_url: str) -> Any:
    if not isinstance(value, str):
        return value
    return value.replace(BASE_URL, base_url).replace(HOST_URL, base_url.removesuffix("/v1"))


def toml(value: Any) -> str:
    """A value on one line of TOML."""
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value)


def environment(settings: Settings, home: Path, codex_home: Path) -> dict[str, str]:
    """The whole environment of a client."""
    return {
        "PATH": PATH,
        "HOME": str(home),
        "CODEX_HOME": str(codex_home),
        "TZ": TIMEZONE,
        "CODEX_INTERNAL_ORIGINATOR_OVERRIDE": ORIGINATOR,
        KEY_VARIABLE: KEY,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        **settings.env,
    }


def _usual(settings: Settings, base_url: str, own: Mapping[str, Any]) -> dict[str, Any]:
    provider = {
        "name": PROVIDER,
        "base_url": base_url,
        "wire_api": "responses",
        "env_key": KEY_VARIABLE,
        "supports_websockets": settings.websockets,
        "request_max_retries": 0,
        "stream_max_retries": 0,
        "stream_idle_timeout_ms": 20_000,
        **settings.provider,
        **own,
    }
    given = {key: value for key, value in provider.items() if value is not None}
    return {
        "model": "mock-model",
        "model_provider": PROVIDER,
        "approval_policy": "never",
        "sandbox_mode": "danger-full-access",
        "chatgpt_base_url": base_url.removesuffix("/v1") + "/backend-api",
        "check_for_update_on_startup": False,
        "suppress_unstable_features_warning": True,
        "model_providers": {PROVIDER: given},
        "features": {**dict.fromkeys(_QUIET, False), **settings.features},
        "skills": {"bundled": {"enabled": False}},
        "analytics": {"enabled": False},
        "feedback": {"enabled": False},
        "otel": {"exporter": "none", "metrics_exporter": "none"},
    }
