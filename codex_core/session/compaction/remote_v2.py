"""Compaction by the provider in the course of a response: one item comes that stands for the rest.

The thread's history is read, never changed.
"""

import msgspec

from codex_core.model_client.errors import COMPACTION, ModelError
from codex_core.model_client.events import Completed, ResponseEvent
from codex_core.model_client.input_items import InputItems
from codex_core.model_client.request import Prompt
from codex_core.protocol.items import Compaction, CompactionTrigger, KnownItem, ResponseItem
from codex_core.session.compaction.job import Job
from codex_core.session.compaction.retained import retained
from codex_core.session.compaction.shortened import shortened
from codex_core.session.prompts import history_prompt

__all__ = ["compact_in_stream"]

_MOST_REPETITIONS = 2
_TRIGGER = msgspec.Raw(msgspec.json.encode(CompactionTrigger()))


async def compact_in_stream(job: Job) -> list[KnownItem]:
    """The user's words and the provider's item; raises `ModelError`.

    What a broken response brought counts for nothing; the repetition brings it again.
    """
    prompt = _prompt(job)

    def count(event: ResponseEvent) -> None:
        if isinstance(event, Completed) and event.usage is not None:
            job.state.usage.add_aside(event.usage)

    items = await job.persist(
        lambda: job.items(job.client, prompt, on_event=count),
        most=min(job.config.provider.stream_retries, _MOST_REPETITIONS),
    )
    return retained(job.state.history.items, _only(items))


def _prompt(job: Job) -> Prompt:
    plain = history_prompt(job.state, config=job.config, history=shortened(job))
    return msgspec.structs.replace(plain, input=InputItems([*plain.input, _TRIGGER]))


def _only(items: list[ResponseItem]) -> Compaction:
    found = [item for item in items if isinstance(item, Compaction)]
    if len(found) != 1:
        raise ModelError(
            COMPACTION,
            f"the provider answered a compaction_trigger with {len(found)} compaction items "
            f"among {len(items)}; exactly one was expected",
        )
    return found[0]
