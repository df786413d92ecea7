"""Compaction by the provider in one request: a history goes out, a shorter one comes back.

The thread's history is read, never changed.
"""

from codex_core.model_client.compact_client import CompactClient
from codex_core.model_client.request import make_request
from codex_core.protocol.items import KnownItem
from codex_core.session.compaction.job import Job
from codex_core.session.compaction.retained import answered
from codex_core.session.compaction.shortened import shortened
from codex_core.session.prompts import history_prompt

__all__ = ["compact_at_once"]


async def compact_at_once(job: Job) -> list[KnownItem]:
    """What the provider made of the history; raises `ModelError`.

    Nothing is asked about an empty history. The turn's state goes with the request and may come
    with the answer.
    """
    prompt = history_prompt(job.state, config=job.config, history=shortened(job))
    if not prompt.input:
        return []
    request = make_request(
        prompt,
        model=job.config.model,
        info=job.config.model_info,
        store=job.config.provider.is_azure,
        cache_key=job.state.thread_id,
    )
    turn_state = job.client.turn_state
    answer = await CompactClient(job.state.model.http).compact(
        request, identity=job.identity, turn_state=turn_state.value
    )
    turn_state.offer(answer.turn_state)
    return answered(answer.output)
