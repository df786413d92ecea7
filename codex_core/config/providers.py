"""Model providers: where requests go, with which credentials and how much patience. Values only."""

from collections.abc import Mapping

import msgspec

from codex_core.config.errors import ConfigError
from codex_core.config.provider_auth import ProviderAuth
from codex_core.protocol.policy import VERSION

__all__ = ["BUILT_IN", "ModelProvider"]

_MAX_RETRIES = 100
_LEAST = {
    "request_max_retries": 0,
    "stream_max_retries": 0,
    "stream_idle_timeout_ms": 1,
    "websocket_connect_timeout_ms": 1,
}
_AZURE = (
    "openai.azure.",
    "cognitiveservices.azure.",
    "aoai.azure.",
    "azure-api.",
    "azurefd.",
    "windows.net/openai",
)


class ModelProvider(msgspec.Struct, frozen=True, kw_only=True):
    """One provider of the Responses API; raises `ConfigError` for values that cannot work.

    Credentials come from one place: the variable `env_key`, the literal token, the command `auth`,
    or with `requires_openai_auth` what the user has; the first of these wins.
    `request_max_retries` repeats a request that was refused with 5xx or never answered;
    `stream_max_retries` repeats a response that broke off. With `honor_retry_after` a reply that
    says when to come back is obeyed, a 429 included.
    """

    name: str
    base_url: str | None = None
    query_params: Mapping[str, str] = {}
    env_key: str | None = None
    env_key_instructions: str | None = None
    experimental_bearer_token: str | None = None
    auth: ProviderAuth | None = None
    wire_api: str = "responses"
    http_headers: Mapping[str, str] = {}
    env_http_headers: Mapping[str, str] = {}
    request_max_retries: int = 4
    stream_max_retries: int = 5
    stream_idle_timeout_ms: int = 300_000
    requires_openai_auth: bool = False
    supports_websockets: bool = False
    websocket_connect_timeout_ms: int = 15_000
    honor_retry_after: bool = True

    def __post_init__(self) -> None:
        if self.wire_api != "responses":
            raise ConfigError(
                key="wire_api",
                problem=f"is {self.wire_api!r}, which is not spoken",
                remedy='set wire_api = "responses", the only accepted value',
            )
        if self.base_url is not None and not self.base_url.startswith(("http://", "https://")):
            raise ConfigError(
                key="base_url",
                problem=f"is {self.base_url!r}, which is no HTTP address",
                remedy='write it with its scheme, such as "https://api.openai.com/v1"',
            )
        for key, least in _LEAST.items():
            self._check_number(key, least)
        self._check_auth()

    def _check_auth(self) -> None:
        """A command that gives a token stands alone: what else there is would never be used."""
        others = ("env_key", "experimental_bearer_token", "requires_openai_auth")
        for key in others if self.auth else ():
            if getattr(self, key):
                raise ConfigError(
                    key="auth",
                    problem=f"gives the token, and `{key}` is set too",
                    remedy="keep one of them",
                )

    def _check_number(self, key: str, least: int) -> None:
        if getattr(self, key) < least:
            raise ConfigError(
                key=key,
                problem=f"is {getattr(self, key)}",
                remedy=f"set a whole number of at least {least}",
            )

    @property
    def request_retries(self) -> int:
        """`request_max_retries`, capped at 100."""
        return min(self.request_max_retries, _MAX_RETRIES)

    @property
    def stream_retries(self) -> int:
        """`stream_max_retries`, capped at 100."""
        return min(self.stream_max_retries, _MAX_RETRIES)

    @property
    def idle_timeout(self) -> float:
        """`stream_idle_timeout_ms` in seconds."""
        return self.stream_idle_timeout_ms / 1000

    @property
    def connect_timeout(self) -> float:
        """`websocket_connect_timeout_ms` in seconds."""
        return self.websocket_connect_timeout_ms / 1000

    @property
    def is_openai(self) -> bool:
        """OpenAI itself compacts, takes compressed bodies and wants its own metadata back."""
        return self.name == "OpenAI"

    @property
    def is_azure(self) -> bool:
        """Azure stores responses and wants item ids back."""
        url = (self.base_url or "").lower()
        return self.name.lower() == "azure" or any(part in url for part in _AZURE)


BUILT_IN: Mapping[str, ModelProvider] = {
    "openai": ModelProvider(
        name="OpenAI",
        http_headers={"version": VERSION},
        env_http_headers={
            "OpenAI-Organization": "OPENAI_ORGANIZATION",
            "OpenAI-Project": "OPENAI_PROJECT",
        },
        requires_openai_auth=True,
        supports_websockets=True,
    ),
    "ollama": ModelProvider(name="gpt-oss", base_url="http://localhost:11434/v1"),
    "lmstudio": ModelProvider(name="gpt-oss", base_url="http://localhost:1234/v1"),
}
"""Providers that need no configuration.

`openai` reads `OPENAI_API_KEY` and `OPENAI_BASE_URL`; the others are servers on this machine.
"""
