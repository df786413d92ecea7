"""Which credentials a session has: the settings of its provider, else those of the user.

A kind that is more than a token is loaded where it is chosen.
"""

from codex_core.config.config import Config
from codex_core.model_client.auth import Auth, EnvironmentKey, LostAuth, StaticAuth
from codex_core.model_client.transport import Transport
from codex_core.runtime import Runtime

__all__ = ["credentials"]

OWN_KEY = "CODEX_API_KEY"
API_KEY = "OPENAI_API_KEY"


def credentials(config: Config, runtime: Runtime, transport: Transport) -> Auth:
    """The provider's `env_key`, its literal token, its command, then what the user has.

    That is `CODEX_API_KEY`, then `auth.json` of the settings folder, then `OPENAI_API_KEY`.
    """
    provider = config.provider
    if provider.env_key:
        return EnvironmentKey(provider.env_key, runtime.env, provider.env_key_instructions)
    if provider.experimental_bearer_token:
        return StaticAuth(provider.experimental_bearer_token)
    if provider.auth:
        from codex_core.model_client.command_auth import CommandAuth

        return CommandAuth(provider.auth, runtime)
    if not provider.requires_openai_auth:
        return StaticAuth(None)
    if key := runtime.env.get(OWN_KEY, "").strip():
        return StaticAuth(key)
    return _stored(config, runtime, transport) or EnvironmentKey(
        API_KEY, runtime.env, "Set it to a key of your account."
    )


def _stored(config: Config, runtime: Runtime, transport: Transport) -> Auth | None:
    if config.codex_home is None:
        return None
    from codex_core.model_client.auth_file import AuthFile

    file = AuthFile(config.codex_home)
    try:
        stored = file.read()
    except (OSError, ValueError) as error:
        return LostAuth(f"{file.path} cannot be read: {error}. Log in again, or remove it.")
    if stored is None:
        return None
    if stored.tokens and not stored.prefers_key:
        from codex_core.model_client.chatgpt_auth import ChatGptAuth

        return ChatGptAuth(file, stored.tokens, stored.renewed_at, runtime, transport)
    return StaticAuth(stored.api_key) if stored.api_key else None
