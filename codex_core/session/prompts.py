"""What a thread asks its model: the whole history under the settings of the turn."""

import msgspec

from codex_core.config.config import Config
from codex_core.model_client.request import Prompt
from codex_core.session.history import History
from codex_core.session.state import ThreadState

__all__ = ["history_prompt"]


def history_prompt(
    state: ThreadState,
    *,
    config: Config | None = None,
    history: History | None = None,
    output_schema: msgspec.Raw | None = None,
) -> Prompt:
    """The next request of a turn.

    `config` and `history` take the place of the thread's, for a compaction.
    """
    settings = config or state.config
    info = settings.model_info
    return Prompt(
        instructions=state.instructions,
        input=(history or state.history).for_prompt(info.images),
        tools=state.tools.specs(settings),
        service_tier=info.tier(settings.service_tier),
        output_schema=output_schema,
    )
