"""Where a provider is and how one gets in: address, credentials, fixed headers."""

from collections.abc import Mapping
from dataclasses import dataclass

from codex_core.config.providers import ModelProvider
from codex_core.model_client.errors import MISSING_ENV, ModelError
from codex_core.protocol.policy import VERSION
from codex_core.runtime import Runtime

__all__ = ["Endpoint", "endpoint"]

DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_ORIGINATOR = "codex_core"


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """The address of `responses`, and the headers that each request to it has."""

    url: str
    headers: Mapping[str, str]
    authorization: str | None


def endpoint(
    provider: ModelProvider, runtime: Runtime, *, openai_base_url: str | None = None
) -> Endpoint:
    """Reads what the provider needs from the environment; raises `ModelError` for what is missing.

    A provider without `base_url` is the built-in one: `openai_base_url`, then `OPENAI_BASE_URL`,
    then OpenAI's own address.
    """
    named = provider.base_url or openai_base_url or runtime.env.get("OPENAI_BASE_URL")
    token = _token(provider, runtime.env)
    return Endpoint(
        url=_join(named or DEFAULT_BASE_URL, provider.query_params),
        headers={**_fixed(runtime), **_own(provider, runtime.env)},
        authorization=f"Bearer {token}" if token else None,
    )


def _join(base: str, query: Mapping[str, str]) -> str:
    url = f"{base.rstrip('/')}/responses"
    return f"{url}?{'&'.join(f'{key}={value}' for key, value in query.items())}" if query else url


def _fixed(runtime: Runtime) -> dict[str, str]:
    originator = runtime.env.get("CODEX_INTERNAL_ORIGINATOR_OVERRIDE") or DEFAULT_ORIGINATOR
    return {
        "originator": originator,
        "user-agent": f"{originator}/{VERSION} ({runtime.platform})",
    }


def _own(provider: ModelProvider, env: Mapping[str, str]) -> dict[str, str]:
    headers = {name.lower(): value for name, value in provider.http_headers.items()}
    for name, variable in provider.env_http_headers.items():
        if env.get(variable, "").strip():
            headers[name.lower()] = env[variable]
    return headers


def _token(provider: ModelProvider, env: Mapping[str, str]) -> str | None:
    """The bearer token: `env_key`, then the literal one, then OpenAI's own variable."""
    if provider.env_key:
        return _required(provider.env_key, env, provider.env_key_instructions)
    if provider.experimental_bearer_token:
        return provider.experimental_bearer_token
    if provider.requires_openai_auth:
        return _required("OPENAI_API_KEY", env, "Set it to a key of your account.")
    return None


def _required(name: str, env: Mapping[str, str], hint: str | None) -> str:
    value = env.get(name, "").strip()
    if not value:
        message = f"Missing environment variable: `{name}`."
        raise ModelError(MISSING_ENV, f"{message} {hint}" if hint else message)
    return value
