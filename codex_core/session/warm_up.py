"""A new thread's warm-up: what its first turn will say, but for the input."""

import msgspec

from codex_core.model_client.input_items import InputItems
from codex_core.session.identity import prewarm_identity
from codex_core.session.prompts import history_prompt
from codex_core.session.state import ThreadState

__all__ = ["warm_up"]


def warm_up(state: ThreadState) -> None:
    """Begins it in the background, where the provider has WebSockets."""
    if state.model.uses_websocket:
        prompt = msgspec.structs.replace(history_prompt(state), input=InputItems([]))
        state.model.prewarm(prompt, prewarm_identity(state), state.config)
