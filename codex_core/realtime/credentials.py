"""The API key of a realtime WebSocket. A ChatGPT account is none, so beside one the environment's
key is taken where the provider is OpenAI.
"""

from collections.abc import Mapping

from codex_core.model_client.auth import EnvironmentKey, bearer
from codex_core.model_client.errors import ModelError
from codex_core.model_client.http import HttpClient
from codex_core.realtime.refusal import StartRefusedError

__all__ = ["key_headers"]

_FALLBACK = "OPENAI_API_KEY"


async def key_headers(http: HttpClient) -> Mapping[str, str]:
    """The header with the key; raises `StartRefusedError` where there is none."""
    provider, env = http.provider, http.runtime.env
    if provider.env_key:
        try:
            return EnvironmentKey(provider.env_key, env).headers()
        except ModelError as error:
            raise StartRefusedError(error.message) from None
    found = {} if http.auth.chatgpt else await _own(http)
    fallback = env.get(_FALLBACK, "").strip() if provider.is_openai else ""
    if not found and not fallback:
        raise StartRefusedError("realtime conversation requires API key auth")
    return found or bearer(fallback)


async def _own(http: HttpClient) -> Mapping[str, str]:
    """The provider's literal token, what its command gives, or the user's key."""
    try:
        await http.auth.prepare()
        return http.auth.headers()
    except ModelError:
        return {}
