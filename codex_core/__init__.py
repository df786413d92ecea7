"""An agent core for the Responses API, usable alone.

`Codex(Config(...))` gives threads; a thread takes operations (`codex_core.protocol.ops`) and gives
events (`codex_core.protocol.events`). The world is reached through a `Runtime` only. The names here
are loaded on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codex_core.config.config import Config
    from codex_core.config.provider_auth import ProviderAuth
    from codex_core.config.providers import ModelProvider
    from codex_core.protocol.events import Event
    from codex_core.runtime import Command, Runtime
    from codex_core.session.codex import Codex
    from codex_core.session.thread import Thread

_HOMES = {
    "Codex": "codex_core.session.codex",
    "Command": "codex_core.runtime",
    "Config": "codex_core.config.config",
    "Event": "codex_core.protocol.events",
    "ModelProvider": "codex_core.config.providers",
    "ProviderAuth": "codex_core.config.provider_auth",
    "Runtime": "codex_core.runtime",
    "Thread": "codex_core.session.thread",
}

__all__ = [
    "Codex",
    "Command",
    "Config",
    "Event",
    "ModelProvider",
    "ProviderAuth",
    "Runtime",
    "Thread",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'codex_core' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
