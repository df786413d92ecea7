"""Feature switches: what each does, and whether it is on by default. A table."""

from collections.abc import Mapping

import msgspec

from codex_core.config.errors import ConfigError

__all__ = ["FEATURES", "Feature", "check_features"]


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """One switch; an announced one is told to the server while it is on."""

    does: str
    default: bool = False
    announced: bool = False


FEATURES: Mapping[str, Feature] = {
    "auto_compaction": Feature(
        does="compact a conversation that outgrows the model's window", default=True
    ),
    "default_mode_request_user_input": Feature(
        does="let the model ask the user questions, in the default mode too"
    ),
    "enable_request_compression": Feature(
        does="compress requests of a ChatGPT account to OpenAI", default=True
    ),
    "item_ids": Feature(does="send every input item with its id"),
    "remote_compaction_v2": Feature(
        does="let OpenAI compact in the course of a response", default=True, announced=True
    ),
    "unified_exec": Feature(
        does="let commands go on as sessions, after the call that started them", default=True
    ),
}
"""Every feature of this core."""


def check_features(given: Mapping[str, bool]) -> None:
    """Raises `ConfigError` for a name that is no feature."""
    for name in given:
        if name not in FEATURES:
            raise ConfigError(
                key=f"features.{name}",
                problem="does not exist",
                remedy=f"known features are {', '.join(sorted(FEATURES))}",
            )
