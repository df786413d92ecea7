"""Events about who answers, and what the provider does with the answer before it is given."""

from typing import Any

from codex_core.protocol.message import EventMessage

__all__ = ["ModelReroute", "ModelVerification", "SafetyBuffering", "TurnModerationMetadata"]


class ModelReroute(EventMessage, tag="model_reroute", frozen=True, kw_only=True):
    """Another model answers than the one that was asked; told once a turn."""

    from_model: str
    to_model: str
    reason: str


class ModelVerification(EventMessage, tag="model_verification", frozen=True, kw_only=True):
    """What the provider wants to be verified of the account; told once a turn."""

    verifications: tuple[str, ...]


class TurnModerationMetadata(
    EventMessage, tag="turn_moderation_metadata", frozen=True, kw_only=True
):
    """What the provider's moderation says of the turn, as it came."""

    metadata: Any


class SafetyBuffering(EventMessage, tag="safety_buffering", frozen=True, kw_only=True):
    """The provider holds the answer back while it looks at it."""

    model: str
    use_cases: tuple[str, ...]
    reasons: tuple[str, ...]
