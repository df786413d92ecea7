"""Output items as a test writes them: what the model says, thinks and calls, with marks inside.

Values and their builders. How an item looks on the wire is in `shapes`, its sequence of events in
`expand`.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from agent_rehearsal.wire.script import Mark
from mock_responses import fields
from mock_responses.fields import builder

Deltas: TypeAlias = tuple[str | Mark, ...]
"""One text in the deltas that it is streamed in, with marks anywhere between them."""

PHASES = ("commentary", "final_answer")


def _call(builder: str, *arguments: object) -> str:
    """An item as a reader would write it, without the fields that are seldom given."""
    return f"{builder}({', '.join(map(repr, arguments))})"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Message:
    """An assistant message with one text part."""

    deltas: Deltas
    annotations: tuple[dict[str, Any], ...] = ()
    """The sources that its text refers to."""
    phase: str | None
    id: str | None

    def __repr__(self) -> str:
        return _call("message", *self.deltas)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Refusal:
    """An assistant message with one part, in which the model says that it will not."""

    deltas: Deltas
    id: str | None

    def __repr__(self) -> str:
        return _call("refusal", *self.deltas)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reasoning:
    """A reasoning item: its summary and its raw content, each a sequence of parts and marks."""

    summary: tuple[Deltas | Mark, ...]
    content: tuple[Deltas | Mark, ...]
    encrypted_content: str | None
    id: str | None

    def __repr__(self) -> str:
        parts = [p[0] if isinstance(p, tuple) and len(p) == 1 else p for p in self.summary]
        return _call("reasoning", *parts)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FunctionCall:
    """A call of a function tool; the deltas join to the JSON text of its arguments."""

    call_id: str
    name: str
    deltas: Deltas
    namespace: str | None
    id: str | None

    def __repr__(self) -> str:
        return _call("function_call", self.call_id, self.name, *self.deltas)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CustomToolCall:
    """A call of a custom tool; the deltas join to its input."""

    call_id: str
    name: str
    deltas: Deltas
    namespace: str | None
    id: str | None

    def __repr__(self) -> str:
        return _call("custom_tool_call", self.call_id, self.name, *self.deltas)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RawItem:
    """An item that the user wrote out; only a missing or null `id` is filled in."""

    fields: dict[str, Any]

    @property
    def id(self) -> str | None:
        """The id that the user gave."""
        return self.fields.get("id")

    def __repr__(self) -> str:
        return _call("item", self.fields)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HostedCall:
    """A call of a tool that the API runs itself, or another item that it makes by itself."""

    type: str
    fields: dict[str, Any]
    """The item when it is whole, without its id, its type and the text that is streamed."""
    deltas: Deltas = ()
    """The code or the arguments that are streamed."""
    images: Deltas = ()
    """Images in base64 that are sent before the last one."""
    failed: bool = False
    shown: tuple[object, ...] = ()
    """The arguments of the builder, as they are printed."""
    id: str | None

    def __repr__(self) -> str:
        return _call(self.type, *self.shown)


Item: TypeAlias = (
    Message | Refusal | Reasoning | FunctionCall | CustomToolCall | HostedCall | RawItem
)


def marks(item: Item) -> Iterator[Mark]:
    """The marks inside an item, in order."""
    for part in _written(item):
        if isinstance(part, Mark):
            yield part
        elif isinstance(part, tuple):
            yield from (piece for piece in part if isinstance(piece, Mark))


def _written(item: Item) -> tuple[object, ...]:
    if isinstance(item, RawItem):
        return ()
    if isinstance(item, HostedCall):
        return (*item.deltas, *item.images)
    return (*item.summary, *item.content) if isinstance(item, Reasoning) else item.deltas


def chunks(text: str, n: int) -> tuple[str, ...]:
    """Cut a text into `n` nearly equal pieces, or as many as it has characters.

    Raises ValueError for n < 1.
    """
    if fields.count("chunks", "n", n) < 1:
        raise fields.wrong(ValueError, "chunks", "n", n, "1 or more")
    size, rest = divmod(len(fields.text("chunks", "text", text)), n)
    bounds = [place * size + min(place, rest) for place in range(n + 1)]
    return tuple(text[a:b] for a, b in pairwise(bounds) if a < b)


@builder
def message(
    *parts: str | Mark,
    id: str | None = None,
    phase: str | None = None,
    annotations: Iterable[Mapping[str, Any]] = (),
) -> Message:
    """An assistant message: each text is one delta, a mark falls between the two deltas around it.

    `phase` is `commentary` or `final_answer`; `annotations` are `url_citation(...)` and the like.
    """
    return Message(
        deltas=fields.pieces("message", "parts", parts),
        annotations=tuple(
            fields.mapping("message", f"annotations[{place}]", annotation)
            for place, annotation in enumerate(annotations)
        ),
        phase=fields.maybe(fields.one_of(*PHASES))("message", "phase", phase),
        id=_id("message", id),
    )


@builder
def refusal(*parts: str | Mark, id: str | None = None) -> Refusal:
    """An assistant message that is a refusal; texts and marks as in `message`."""
    return Refusal(deltas=fields.pieces("refusal", "parts", parts), id=_id("refusal", id))


@builder
def reasoning(
    *summary_parts: str | Mark | Sequence[str | Mark],
    encrypted_content: str | None = None,
    content: Iterable[str | Mark | Sequence[str | Mark]] = (),
    id: str | None = None,
) -> Reasoning:
    """A reasoning item. Each argument is one summary part; a list is one part in several deltas.

    `content` holds the raw reasoning in the same form. A mark that is an argument of its own falls
    between two parts.
    """
    return Reasoning(
        summary=_texts("reasoning", "summary_parts", summary_parts),
        content=_texts("reasoning", "content", content),
        encrypted_content=fields.maybe(fields.text)(
            "reasoning", "encrypted_content", encrypted_content
        ),
        id=_id("reasoning", id),
    )


@builder
def function_call(
    call_id: str,
    name: str,
    arguments: Mapping[str, Any] | str | Sequence[str | Mark],
    *,
    namespace: str | None = None,
    id: str | None = None,
) -> FunctionCall:
    """A call of a function tool.

    `arguments`: a mapping, or the JSON text as it is (it may be broken on purpose), or a list of
    deltas and marks.
    """
    return FunctionCall(
        call_id=fields.name("function_call", "call_id", call_id),
        name=fields.name("function_call", "name", name),
        deltas=fields.arguments("function_call", arguments),
        namespace=fields.maybe(fields.name)("function_call", "namespace", namespace),
        id=_id("function_call", id),
    )


@builder
def custom_tool_call(
    call_id: str,
    name: str,
    input: str | Sequence[str | Mark],
    *,
    namespace: str | None = None,
    id: str | None = None,
) -> CustomToolCall:
    """A call of a custom tool. `input` is its text, or a list of deltas and marks."""
    return CustomToolCall(
        call_id=fields.name("custom_tool_call", "call_id", call_id),
        name=fields.name("custom_tool_call", "name", name),
        deltas=fields.deltas("custom_tool_call", "input", input),
        namespace=fields.maybe(fields.name)("custom_tool_call", "namespace", namespace),
        id=_id("custom_tool_call", id),
    )


@builder
def shell_call(
    call_id: str, command: str | Sequence[str], *, id: str | None = None
) -> FunctionCall:
    """A call of `exec_command`, the shell tool of the Codex CLI.

    A list of words is quoted and joined, a text is taken as it is.
    """
    fields.name("shell_call", "call_id", call_id)
    if not isinstance(command, str):
        words = fields.listing("shell_call", "command", command)
        command = shlex.join(
            fields.text("shell_call", f"command[{place}]", word) for place, word in enumerate(words)
        )
    cmd = fields.name("shell_call", "command", command)
    return function_call(call_id, "exec_command", {"cmd": cmd}, id=_id("shell_call", id))


@builder
def item(mapping: Mapping[str, Any]) -> RawItem:
    """An output item of any type, written out.

    An `id` that is missing or null is filled in; everything else goes out as given.
    """
    copy = fields.mapping("item", "mapping", mapping)
    fields.name("item", "mapping['type']", copy.get("type"))
    fields.maybe(fields.name)("item", "mapping['id']", copy.get("id"))
    return RawItem(fields=copy)


def _id(builder: str, value: str | None) -> str | None:
    return fields.maybe(fields.name)(builder, "id", value)


def _texts(builder: str, field: str, values: Iterable[object]) -> tuple[Deltas | Mark, ...]:
    if isinstance(values, str):
        raise fields.wrong(TypeError, builder, field, values, "a list of parts")
    return tuple(
        value if isinstance(value, Mark) else fields.deltas(builder, f"{field}[{place}]", value)
        for place, value in enumerate(values)
    )
