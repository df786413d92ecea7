"""One compaction from its start to its end: told, done, and put into effect in one step.

Until that step the thread is as it was, whatever happens; there is no way to see it half done.
"""

from collections.abc import Awaitable, Callable, Mapping

from msgspec.structs import replace

from codex_core.model_client.errors import ModelError
from codex_core.protocol.events import ContextCompacted, ItemCompleted, ItemStarted, Warning
from codex_core.protocol.items import KnownItem
from codex_core.protocol.turn_items import ContextCompactionItem
from codex_core.session.compaction.job import Job
from codex_core.session.compaction.kinds import LOCAL, REMOTE_V1, REMOTE_V2, Implementation
from codex_core.session.compaction.local import compact_locally
from codex_core.session.compaction.placement import with_context
from codex_core.session.compaction.remote_v1 import compact_at_once
from codex_core.session.compaction.remote_v2 import compact_in_stream
from codex_core.session.compaction.texts import FAILED, WARNING
from codex_core.session.estimate import items_tokens, text_tokens

__all__ = ["compact"]

_WAYS: Mapping[Implementation, Callable[[Job], Awaitable[list[KnownItem]]]] = {
    LOCAL: compact_locally,
    REMOTE_V1: compact_at_once,
    REMOTE_V2: compact_in_stream,
}


async def compact(job: Job) -> None:
    """Makes the thread's history shorter; raises `ModelError`, and the history is as it was."""
    thread_id, turn_id = job.state.thread_id, job.client.identity.turn_id
    item = ContextCompactionItem(id=job.state.runtime.uuid())
    job.emit(ItemStarted(thread_id=thread_id, turn_id=turn_id, item=item))
    try:
        await job.client.begin()
        items = await _WAYS[job.note.implementation](job)
    except ModelError as error:
        raise _told(job, error) from error
    _install(job, items)
    job.emit(job.state.usage.event())
    job.emit(ItemCompleted(thread_id=thread_id, turn_id=turn_id, item=item))
    job.emit(ContextCompacted())
    if job.note.implementation == LOCAL:
        job.emit(Warning(message=WARNING))


def _install(job: Job, items: list[KnownItem]) -> None:
    """The next window begins. In the middle of a turn the model is told its context again at once,
    else with the next turn.
    """
    state = job.state
    if job.note.phase == "mid_turn":
        items = with_context(items, state.full_context(job.policy))
    else:
        state.forget_context()
    tokens = text_tokens(state.instructions) + items_tokens(items)
    state.begin_window(items, tokens=tokens)
    job.client.identity = replace(job.client.identity, window=state.window)


def _told(job: Job, error: ModelError) -> ModelError:
    """The error as the user hears of it; limits that came with it are noted."""
    if error.snapshot is not None:
        job.state.usage.note_limits(error.snapshot)
        job.emit(job.state.usage.event())
    if job.note.implementation == LOCAL:
        return error
    return ModelError(
        error.kind, f"{FAILED}: {error.message}", status=error.status, snapshot=error.snapshot
    )
