"""Response items: what the model says and is told. Wire shapes only; no policy about keeping them.

Shapes follow the Responses API. An item of an unknown type is kept as raw bytes (`OtherItem`).
"""

from typing import get_args

import msgspec
from msgspec import UNSET, UnsetType

__all__ = [
    "ITEMS",
    "Content",
    "CustomToolCall",
    "CustomToolCallOutput",
    "FunctionCall",
    "FunctionCallOutput",
    "InputImage",
    "InputText",
    "KnownItem",
    "Message",
    "OtherItem",
    "OutputText",
    "Reasoning",
    "ReasoningText",
    "Refusal",
    "ResponseItem",
    "SummaryText",
    "ToolOutput",
    "decode_item",
]


class _Tagged(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """Base of every part and item; the wire tells them apart by `type`."""


class InputText(_Tagged, tag="input_text", frozen=True, kw_only=True):
    """Text for the model."""

    text: str


class InputImage(_Tagged, tag="input_image", frozen=True, kw_only=True):
    """An image for the model, by URL."""

    image_url: str
    detail: str | None = None


class OutputText(_Tagged, tag="output_text", frozen=True, kw_only=True):
    """Text by the model."""

    text: str


class Refusal(_Tagged, tag="refusal", frozen=True, kw_only=True):
    """The model declines."""

    refusal: str


class SummaryText(_Tagged, tag="summary_text", frozen=True, kw_only=True):
    """One part of a reasoning summary."""

    text: str


class ReasoningText(_Tagged, tag="reasoning_text", frozen=True, kw_only=True):
    """One part of raw reasoning."""

    text: str


class PlainText(_Tagged, tag="text", frozen=True, kw_only=True):
    """Reasoning content of the other kind; it is never sent back."""

    text: str


Content = InputText | OutputText | InputImage | Refusal


class _Item(_Tagged, frozen=True, kw_only=True):
    """Base of every item; `id` is the server's."""

    id: str | UnsetType | None = UNSET


class Message(_Item, tag="message", frozen=True, kw_only=True):
    """A message of the user, the developer or the assistant."""

    role: str
    content: tuple[Content, ...]
    phase: str | None = None

    @property
    def text(self) -> str:
        """The model's text parts, joined."""
        return "".join(part.text for part in self.content if isinstance(part, OutputText))


class Reasoning(_Item, tag="reasoning", frozen=True, kw_only=True, omit_defaults=False):
    """Reasoning, replayed with explicit nulls for what is absent."""

    summary: tuple[SummaryText, ...]
    content: tuple[ReasoningText | PlainText, ...] | UnsetType | None = None
    encrypted_content: str | None = None


class FunctionCall(_Item, tag="function_call", frozen=True, kw_only=True):
    """The model calls a function; `arguments` is JSON text that may be invalid."""

    name: str
    arguments: str
    call_id: str
    namespace: str | None = None


ToolOutput = str | tuple[InputText | InputImage, ...]
"""What a tool answers: a text, or parts."""


class FunctionCallOutput(_Item, tag="function_call_output", frozen=True, kw_only=True):
    """The answer to a `FunctionCall`."""

    call_id: str
    output: ToolOutput


class CustomToolCall(_Item, tag="custom_tool_call", frozen=True, kw_only=True):
    """The model calls a freeform tool."""

    call_id: str
    name: str
    input: str
    status: str | None = None


class CustomToolCallOutput(_Item, tag="custom_tool_call_output", frozen=True, kw_only=True):
    """The answer to a `CustomToolCall`."""

    call_id: str
    output: ToolOutput


KnownItem = (
    Message | Reasoning | FunctionCall | FunctionCallOutput | CustomToolCall | CustomToolCallOutput
)

ITEMS: dict[str, type[KnownItem]] = {
    str(cls.__struct_config__.tag): cls for cls in get_args(KnownItem)
}
"""Wire name to class, for every item with a shape of its own."""


class OtherItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of a type that this core does not know, as it came."""

    type: str
    raw: bytes


ResponseItem = KnownItem | OtherItem


class _Head(msgspec.Struct):
    type: str


_HEAD = msgspec.json.Decoder(_Head)
_KNOWN: msgspec.json.Decoder[KnownItem] = msgspec.json.Decoder(KnownItem)


def decode_item(raw: bytes | msgspec.Raw) -> ResponseItem:
    """Reads one item; raises `msgspec.ValidationError` when a field is missing or wrong."""
    kind = _HEAD.decode(raw).type
    if kind not in ITEMS:
        return OtherItem(type=kind, raw=bytes(raw))
    item = _KNOWN.decode(raw)
    return _replayable(item) if isinstance(item, Reasoning) else item


def _replayable(item: Reasoning) -> Reasoning:
    """Content goes back only when it holds raw reasoning text; else the key is left out."""
    if item.content is None or item.content is UNSET:
        return item
    if any(isinstance(part, ReasoningText) for part in item.content):
        return item
    return msgspec.structs.replace(item, content=UNSET)
