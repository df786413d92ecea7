"""The parts that items are made of: texts, images, reasoning. Wire shapes only."""

import msgspec

__all__ = [
    "Content",
    "EncryptedContent",
    "InputImage",
    "InputText",
    "OutputText",
    "PlainText",
    "ReasoningText",
    "Refusal",
    "SummaryText",
    "Tagged",
    "ToolOutput",
]


class Tagged(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """Base of every part and item; the wire tells them apart by `type`."""


class InputText(Tagged, tag="input_text", frozen=True, kw_only=True):
    """Text for the model."""

    text: str


class InputImage(Tagged, tag="input_image", frozen=True, kw_only=True):
    """An image for the model, by URL."""

    image_url: str
    detail: str | None = None


class OutputText(Tagged, tag="output_text", frozen=True, kw_only=True):
    """Text by the model."""

    text: str


class Refusal(Tagged, tag="refusal", frozen=True, kw_only=True):
    """The model declines."""

    refusal: str


class SummaryText(Tagged, tag="summary_text", frozen=True, kw_only=True):
    """One part of a reasoning summary."""

    text: str


class ReasoningText(Tagged, tag="reasoning_text", frozen=True, kw_only=True):
    """One part of raw reasoning."""

    text: str


class PlainText(Tagged, tag="text", frozen=True, kw_only=True):
    """Reasoning content of the other kind; it is never sent back."""

    text: str


class EncryptedContent(Tagged, tag="encrypted_content", frozen=True, kw_only=True):
    """What only the server can read of a message between agents."""

    encrypted_content: str


Content = InputText | OutputText | InputImage | Refusal

ToolOutput = str | tuple[InputText | InputImage, ...]
"""What a tool answers: a text, or parts."""
