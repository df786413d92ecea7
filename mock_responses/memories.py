"""`POST /v1/memories/trace_summarize`, with which a Codex client has its past threads summarised.

What the answer is made of: one memory for each trace of the request.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from agent_rehearsal.journal import Entry
from agent_rehearsal.wire import Answer, Mark, Step, json_answer
from mock_responses import fields
from mock_responses.fields import builder

PATH = "/v1/memories/trace_summarize"


@dataclass(frozen=True, slots=True)
class Memory:
    """What is kept of one trace."""

    trace_summary: str
    memory_summary: str


@builder
def memory(trace_summary: str, memory_summary: str) -> Memory:
    """A memory: the summary of the trace itself, and what of it is worth remembering."""
    return Memory(
        fields.text("memory", "trace_summary", trace_summary),
        fields.text("memory", "memory_summary", memory_summary),
    )


class MemoryReply:
    """Memories as one object; the marks between them are obeyed before it is sent."""

    def __init__(self) -> None:
        self._memories: list[Memory] = []

    def steps(self, parts: Iterable[Any]) -> Iterator[Step]:
        """The marks among the parts."""
        given = tuple(parts)
        check(given)
        for part in given:
            if isinstance(part, Memory):
                self._memories.append(part)
            else:
                yield part

    def more(self, parts: Iterable[Any]) -> Iterator[Step]:
        """The same, part by part."""
        return self.steps(parts)

    def answer(self, headers: tuple[tuple[str, str], ...]) -> Answer:
        """All memories so far."""
        output = [
            {"trace_summary": one.trace_summary, "memory_summary": one.memory_summary}
            for one in self._memories
        ]
        return json_answer({"output": output}, headers=headers)


def check(parts: Iterable[object]) -> None:
    """Raise TypeError for what is no part of such an answer."""
    for part in parts:
        if not isinstance(part, Memory | Mark | Answer):
            raise TypeError(
                f"summarize(): {part!r} is no part of this answer; expected memory(...), a mark "
                "or status(...)"
            )


def usual_parts(entry: Entry) -> tuple[Any, ...]:
    """A memory that names its trace, for each trace of the request."""
    traces = entry.find("traces.*.id")
    return tuple(Memory(f"trace {id}", f"memory of {id}") for id in traces)
