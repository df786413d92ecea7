"""The full sequence of events of one item, as the API streams it and as every SDK accepts it.

The lists here say which events come and in which order. Ids, indices and texts are the composer's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from agent_rehearsal.wire.script import Mark
from mock_responses.hosted import COURSES, Course
from mock_responses.items import (
    CustomToolCall,
    Deltas,
    FunctionCall,
    HostedCall,
    Item,
    Message,
    RawItem,
    Reasoning,
    Refusal,
)
from mock_responses.shapes import refusal_part
from mock_responses.structs import (
    ArgumentsDelta,
    ArgumentsDone,
    ContentPartAdded,
    ContentPartDone,
    Delta,
    Event,
    InputDelta,
    InputDone,
    OutputItemAdded,
    OutputItemDone,
    ReasoningTextDelta,
    ReasoningTextDone,
    RefusalDelta,
    RefusalDone,
    SummaryPartAdded,
    SummaryPartDone,
    SummaryTextDelta,
    SummaryTextDone,
    TextDelta,
    TextDone,
)
from mock_responses.tool_structs import AnnotationAdded, PartialImage


@dataclass(frozen=True, slots=True)
class Run:
    """Many deltas that differ in nothing but their text, with marks between them."""

    delta: Delta
    """One of them, with an empty text."""
    parts: Deltas


Expanded: TypeAlias = Event | Run | Mark


def expand(item: Item) -> Iterator[Expanded]:
    """The events of one item, from `output_item.added` to `output_item.done`."""
    yield OutputItemAdded(item=item)
    yield from _INSIDE[type(item)](item)
    yield OutputItemDone(item=item)


def _message(item: Message) -> Iterator[Expanded]:
    yield ContentPartAdded()
    yield Run(TextDelta(delta=""), item.deltas)
    for annotation in item.annotations:
        yield AnnotationAdded(annotation=annotation)
    yield TextDone()
    yield ContentPartDone()


def _refusal(item: Refusal) -> Iterator[Expanded]:
    yield ContentPartAdded(part=refusal_part(""))
    yield Run(RefusalDelta(delta=""), item.deltas)
    yield RefusalDone()
    yield ContentPartDone()


def _reasoning(item: Reasoning) -> Iterator[Expanded]:
    for part in item.summary:
        yield from (part,) if isinstance(part, Mark) else _summary(part)
    for part in item.content:
        yield from (part,) if isinstance(part, Mark) else _content(part)


def _summary(deltas: Deltas) -> Iterator[Expanded]:
    yield SummaryPartAdded()
    yield Run(SummaryTextDelta(delta=""), deltas)
    yield SummaryTextDone()
    yield SummaryPartDone()


def _content(deltas: Deltas) -> Iterator[Expanded]:
    yield ContentPartAdded()
    yield Run(ReasoningTextDelta(delta=""), deltas)
    yield ReasoningTextDone()
    yield ContentPartDone()


def _function_call(item: FunctionCall) -> Iterator[Expanded]:
    yield Run(ArgumentsDelta(delta=""), item.deltas)
    yield ArgumentsDone()


def _custom_tool_call(item: CustomToolCall) -> Iterator[Expanded]:
    yield Run(InputDelta(delta=""), item.deltas)
    yield InputDone()


def _hosted(item: HostedCall) -> Iterator[Expanded]:
    course = COURSES.get(item.type, Course())
    yield from (event() for event in course.begins)
    if course.text is not None:
        delta, done = course.text
        yield Run(delta, item.deltas)
        yield done()
    yield from (event() for event in course.runs)
    for image in item.images:
        yield image if isinstance(image, Mark) else PartialImage(partial_image_b64=image)
    end = course.end(failed=item.failed)
    if end is not None:
        yield end()


def _raw(_: RawItem) -> Iterator[Expanded]:
    return iter(())


_INSIDE: Mapping[type[Item], Callable[[Any], Iterator[Expanded]]] = {
    Message: _message,
    Refusal: _refusal,
    HostedCall: _hosted,
    Reasoning: _reasoning,
    FunctionCall: _function_call,
    CustomToolCall: _custom_tool_call,
    RawItem: _raw,
}
