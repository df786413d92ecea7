"""Compaction by the model itself: it is asked for a summary, in a request of its own.

The thread's history is read, never changed.
"""

from contextlib import AbstractContextManager, nullcontext

import msgspec

from codex_core.model_client.client import TurnClient
from codex_core.model_client.errors import CONTEXT_WINDOW, ModelError
from codex_core.model_client.events import Completed, RateLimits, ResponseEvent
from codex_core.model_client.input_items import InputItems
from codex_core.model_client.request import Prompt
from codex_core.protocol.items import KnownItem, ResponseItem
from codex_core.session.compaction.job import Job
from codex_core.session.compaction.summarised import last_words, summarised
from codex_core.session.compaction.texts import COMPACT_PROMPT
from codex_core.session.compaction.trimming import without_oldest
from codex_core.session.fragments import user_message
from codex_core.session.history import History

__all__ = ["compact_locally"]

_NO_TOOLS = msgspec.Raw(b"[]")


async def compact_locally(job: Job) -> list[KnownItem]:
    """The user's words and a summary of all the rest; raises `ModelError`.

    A history that is too long for the model is asked about without its oldest items.
    """
    history = job.state.history
    while True:
        prompt = _prompt(job, history)
        try:
            answer = await _ask(job, prompt)
        except ModelError as error:
            if error.kind is not CONTEXT_WINDOW:
                raise
            history = _shorter(job, history, prompt, error)
        else:
            items = job.state.history.items
            return summarised(items, last_words(answer) or last_words(items))


async def _ask(job: Job, prompt: Prompt) -> list[ResponseItem]:
    """The response to a request that carries no turn state and leaves none behind.

    Within a turn it has a socket of its own: the turn's is the turn's.
    """
    usage = job.state.usage

    def count(event: ResponseEvent) -> None:
        if isinstance(event, Completed) and event.usage is not None:
            usage.add(event.usage)
        if isinstance(event, RateLimits | Completed):
            job.emit(usage.event())

    with _client(job) as client:
        return await job.persist(lambda: job.items(client, prompt, on_event=count))


def _client(job: Job) -> AbstractContextManager[TurnClient]:
    model = job.state.model
    if job.note.trigger == "auto":
        return model.aside(job.identity, job.config)
    return nullcontext(model.turn(job.identity, job.config))


def _prompt(job: Job, history: History) -> Prompt:
    text = (job.config.compact_prompt or "").strip() or COMPACT_PROMPT
    question = history.encode_item(user_message(text))
    images = job.config.model_info.images
    return Prompt(
        instructions=job.state.instructions,
        input=InputItems([*history.for_prompt(images), question]),
        tools=_NO_TOOLS,
        parallel_tool_calls=False,
    )


def _shorter(job: Job, history: History, prompt: Prompt, error: ModelError) -> History:
    """A copy without the oldest item; raises the error when only the question is left."""
    if len(prompt.input) > 1:
        return history.with_items(without_oldest(history.items))
    job.state.usage.fill_window()
    job.emit(job.state.usage.event())
    raise error
