"""`POST memories/trace_summarize`: what past threads are worth remembering for."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from codex_core.model_client.errors import stream_error
from codex_core.model_client.http import HttpClient
from codex_core.model_client.metadata import RequestIdentity
from codex_core.model_client.unreadable import UNREADABLE

__all__ = ["MemoriesClient", "MemorySummary", "Trace"]


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """A past thread: its id, what is known of it, its items as they were sent."""

    id: str
    metadata: Mapping[str, Any]
    items: Sequence[msgspec.Raw]


class MemorySummary(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a trace: a summary of what happened, and one of what to remember."""

    trace_summary: str
    memory_summary: str


class _Summary(msgspec.Struct):
    memory_summary: str
    trace_summary: str | None = None
    raw_memory: str | None = None
    """The older name of the same."""

    def plain(self) -> MemorySummary:
        told = self.raw_memory if self.trace_summary is None else self.trace_summary
        if told is None:
            raise msgspec.ValidationError("an entry of `output` has no `trace_summary`")
        return MemorySummary(trace_summary=told, memory_summary=self.memory_summary)


class _Answer(msgspec.Struct):
    output: tuple[_Summary, ...]


_ANSWER = msgspec.json.Decoder(_Answer)


class MemoriesClient(msgspec.Struct, frozen=True):
    """Asks one provider."""

    http: HttpClient

    async def summarize(
        self,
        model: str,
        traces: Sequence[Trace],
        *,
        identity: RequestIdentity,
        effort: str | None = None,
    ) -> tuple[MemorySummary, ...]:
        """One summary for each trace, in their order; nothing is asked for none.

        Raises `ModelError`.
        """
        if not traces:
            return ()
        fields = {
            "model": model,
            "traces": traces,
            **({"reasoning": {"effort": effort}} if effort else {}),
        }
        _, body = await self.http.fetch(
            "POST",
            "memories/trace_summarize",
            headers=identity.memory_headers(),
            body=msgspec.json.encode(fields),
        )
        try:
            return tuple(one.plain() for one in _ANSWER.decode(body).output)
        except UNREADABLE as error:
            raise stream_error(f"the memories cannot be read: {error}") from None
