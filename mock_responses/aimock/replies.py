"""What a fixture answers, in the words of this package: events of a stream, or a whole error.

Pure functions of a fixture. The pauses between the events are `timing`'s.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from agent_rehearsal.wire import Answer
from mock_responses.aimock.schema import CallBlock, Failure, Fixture, Response, TextBlock, ToolCall
from mock_responses.errors import status
from mock_responses.events import completed, created, in_progress, incomplete
from mock_responses.expand import Run, expand
from mock_responses.items import Item, function_call, message, reasoning
from mock_responses.response import Usage, usage
from mock_responses.structs import Event
from mock_responses.tool_items import web_search_call

CallIds: TypeAlias = Callable[[], str]
"""Makes the id of a call for which the fixture has none."""

FINISHES: Mapping[str, str | None] = {
    "stop": None,
    "tool_calls": None,
    "completed": None,
    "length": "max_output_tokens",
    "content_filter": "content_filter",
}
"""`finishReason` -> why the response is incomplete; None if it is complete."""
USAGE = (
    "input_tokens",
    "prompt_tokens",
    "output_tokens",
    "completion_tokens",
    "total_tokens",
    "prompt_tokens_details",
    "completion_tokens_details",
)
"""The fields of `usage` that a response of this API can show."""
FAILURE_STATUS = 500
"""The status of an error that names none."""


def answer_of(response: Response) -> Answer | None:
    """The whole answer of an error fixture; None for others."""
    if isinstance(response.error, UnsetType):
        return None
    code = response.status or FAILURE_STATUS
    wait = 1.0 if isinstance(response.retry_after, UnsetType) else response.retry_after
    return status(code, body=_error(response.error), retry_after=wait if code == 429 else None)


def events_of(fixture: Fixture, call_ids: CallIds) -> list[Event]:
    """The events of a fixture's reply, texts cut into pieces of `chunkSize` characters.

    Raises TypeError or ValueError for what no reply can say.
    """
    response = fixture.response
    own = _given(id=response.id, created_at=response.created, model=response.model)
    items = _items(response, _cutter(fixture.chunk_size), call_ids)
    return [
        created(response=own),
        in_progress(response=own),
        *(event for item in items for event in _expanded(item)),
        _end(response, own),
    ]


def text_of(value: Any) -> str:
    """A text as it is, another value as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


Cut: TypeAlias = Callable[[str], list[str]]


def _cutter(size: int) -> Cut:
    return lambda text: [text[at : at + size] for at in range(0, len(text), size)]


def _items(response: Response, cut: Cut, call_ids: CallIds) -> Iterator[Item]:
    if response.reasoning:
        yield reasoning(cut(response.reasoning))
    for query in response.web_searches or ():
        yield web_search_call(query)
    for block in _blocks(response):
        if isinstance(block, TextBlock):
            yield message(*cut(block.text))
        else:
            yield function_call(block.id or call_ids(), block.name, cut(text_of(block.arguments)))


def _blocks(response: Response) -> Iterator[TextBlock | CallBlock | ToolCall]:
    """What is said and called: the blocks, or the content and then the calls."""
    if response.blocks:
        yield from response.blocks
        return
    if not isinstance(response.content, UnsetType):
        yield TextBlock(text=text_of(response.content))
    yield from response.tool_calls or ()


def _expanded(item: Item) -> Iterator[Event]:
    for part in expand(item):
        if isinstance(part, Run):
            texts = (piece for piece in part.parts if isinstance(piece, str))
            yield from (msgspec.structs.replace(part.delta, delta=text) for text in texts)
        elif isinstance(part, Event):
            yield part


def _end(response: Response, own: dict[str, Any]) -> Event:
    reason = None if isinstance(response.finish_reason, UnsetType) else response.finish_reason
    why = FINISHES[reason] if reason else None
    counts = None if isinstance(response.usage, UnsetType) else _usage(response.usage)
    if why is None:
        return completed(usage=counts, response=own)
    return incomplete(why, response=own | ({"usage": counts} if counts else {}))


def _usage(given: Mapping[str, Any]) -> Usage:
    return usage(
        given.get("input_tokens", given.get("prompt_tokens", 0)),
        given.get("output_tokens", given.get("completion_tokens", 0)),
        cached_tokens=given.get("prompt_tokens_details", {}).get("cached_tokens", 0),
        reasoning_tokens=given.get("completion_tokens_details", {}).get("reasoning_tokens", 0),
        total_tokens=given.get("total_tokens"),
    )


def _error(failure: Failure) -> dict[str, Any]:
    return {
        "error": {
            "message": failure.message,
            "type": failure.type or "server_error",
            "param": failure.param,
            "code": failure.code,
        }
    }


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not UNSET}
