"""What a test of a foreign client asserts of the journal: the shape of the record and its bytes."""

from collections.abc import Iterable

from agent_rehearsal.journal import Entry, Journal

MESSAGE_EVENTS = (
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
)
"""The events of a message in two deltas."""
CALL_EVENTS = (
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
    "response.completed",
)
"""The events of one function call."""


def kinds(journal: Iterable[Entry]) -> list[str]:
    """The kinds of all entries, in order."""
    return [entry.kind for entry in journal]


def streamed(*replies: tuple[str, ...]) -> list[str]:
    """The kinds that requests answered by streams of these events leave, and nothing else."""
    return [kind for reply in replies for kind in ("request", "response", *["chunk"] * len(reply))]


def whole(count: int) -> list[str]:
    """The kinds that this many requests answered by whole responses leave, and nothing else."""
    return ["request", "response"] * count


def answered_with(journal: Journal, request: Entry) -> list[str | None]:
    """The types of the events that answered `request`, in order."""
    answers = (entry for entry in journal if entry.re == request.seq)
    return [entry.type for entry in answers if entry.kind == "chunk"]


def header_names(entry: Entry) -> list[str]:
    """The names of the headers as they were sent, in order."""
    return [name.decode() for name, _ in entry.raw_headers]


def declared_length(entry: Entry) -> int:
    """The length of the body as the client declared it."""
    return int(entry.header("content-length") or -1)
