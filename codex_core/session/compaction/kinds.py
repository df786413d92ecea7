"""The words of a compaction: what set it off, why, how it is done and when. Values and tables only.

The words are the reference client's: they travel in `x-codex-turn-metadata`.
"""

from typing import Literal

from codex_core.config.providers import ModelProvider

__all__ = [
    "LOCAL",
    "REMOTE_V1",
    "REMOTE_V2",
    "Implementation",
    "Phase",
    "Reason",
    "implementation",
]

Reason = Literal["user_requested", "context_limit", "model_downshift", "comp_hash_changed"]
Phase = Literal["standalone_turn", "pre_turn", "mid_turn"]
Implementation = Literal["responses", "responses_compact", "responses_compaction_v2"]

LOCAL: Implementation = "responses"
"""The model writes a summary, as it would answer any request."""

REMOTE_V1: Implementation = "responses_compact"
"""The provider answers one request with a shorter history."""

REMOTE_V2: Implementation = "responses_compaction_v2"
"""The provider streams one compaction item that stands for what came before."""


def implementation(provider: ModelProvider, *, remote_v2: bool) -> Implementation:
    """How a provider's threads are compacted; only OpenAI and Azure can do it themselves."""
    if not (provider.is_openai or provider.is_azure):
        return LOCAL
    return REMOTE_V2 if remote_v2 else REMOTE_V1
