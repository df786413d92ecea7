"""An agent core for the Responses API, usable alone.

`Codex(Config(...))` gives threads; a thread takes operations (`codex_core.protocol.ops`) and gives
events (`codex_core.protocol.events`). The world is reached through a `Runtime` only.
"""

from codex_core.config.config import Config
from codex_core.config.provider_auth import ProviderAuth
from codex_core.config.providers import ModelProvider
from codex_core.protocol.events import Event
from codex_core.runtime import Command, Runtime
from codex_core.session.codex import Codex
from codex_core.session.thread import Thread

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
