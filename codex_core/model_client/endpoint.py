"""Where a provider is: the address of a path, and the headers that each request to it has."""

from collections.abc import Mapping
from urllib.parse import quote

from codex_core.config.providers import ModelProvider
from codex_core.protocol.policy import VERSION
from codex_core.runtime import Runtime

__all__ = ["base_url", "fixed_headers", "join"]

API_BASE_URL = "https://api.openai.com/v1"
CHATGPT_BASE_URL = "https://chatgpt.com/backend-api/codex"
DEFAULT_ORIGINATOR = "codex_core"
_LEGAL = "!$%&()*+,/:;=?@[\\]^`{|}"
"""What may stand in a query beside letters, digits and `-._~` (WHATWG URL, special schemes)."""


def base_url(
    provider: ModelProvider,
    env: Mapping[str, str],
    *,
    chatgpt: bool,
    openai_base_url: str | None = None,
) -> str:
    """Where the provider's paths begin.

    A provider without `base_url` is the built-in one: `openai_base_url`, then `OPENAI_BASE_URL`,
    then the public address for API keys or for ChatGPT accounts.
    """
    named = provider.base_url or openai_base_url or env.get("OPENAI_BASE_URL")
    return named or (CHATGPT_BASE_URL if chatgpt else API_BASE_URL)


def join(base: str, path: str, query: Mapping[str, str]) -> str:
    """The address of a path, which may have a query of its own.

    A query is taken as it is written; what no address can hold, such as a space, is escaped.
    """
    place, _, own = path.lstrip("/").partition("?")
    pairs = [*(f"{key}={value}" for key, value in query.items()), *([own] if own else ())]
    url = f"{base.rstrip('/')}/{place}"
    return f"{url}?{quote('&'.join(pairs), safe=_LEGAL)}" if pairs else url


def fixed_headers(provider: ModelProvider, runtime: Runtime) -> dict[str, str]:
    """Who asks, then the provider's own headers, by lower-case name."""
    originator = runtime.env.get("CODEX_INTERNAL_ORIGINATOR_OVERRIDE") or DEFAULT_ORIGINATOR
    agent = f"{originator}/{VERSION} ({runtime.platform}) {_terminal(runtime.env)}"
    return {"originator": originator, "user-agent": agent, **_own(provider, runtime.env)}


def _terminal(env: Mapping[str, str]) -> str:
    """The user's terminal by the name that it gives itself."""
    named, version = env.get("TERM_PROGRAM", "").strip(), env.get("TERM_PROGRAM_VERSION")
    if named:
        return f"{named}/{version}" if version else named
    return env.get("TERM", "").strip() or "unknown"


def _own(provider: ModelProvider, env: Mapping[str, str]) -> dict[str, str]:
    headers = {name.lower(): value for name, value in provider.http_headers.items()}
    for name, variable in provider.env_http_headers.items():
        if env.get(variable, "").strip():
            headers[name.lower()] = env[variable]
    return headers
