"""What a user hands in: the parts of one prompt. Values only; nothing about the model's wire."""

import msgspec
from msgspec import UNSET, UnsetType

from codex_core.protocol.additional_context import AdditionalContext

__all__ = ["ImageInput", "InputItem", "LocalImageInput", "PendingInput", "TextInput"]


class _Input(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of every input part; the wire tells them apart by `type`."""


class TextInput(_Input, tag="text", frozen=True, kw_only=True):
    """Plain text typed by the user."""

    text: str


class ImageInput(_Input, tag="image", frozen=True, kw_only=True, omit_defaults=True):
    """An image by URL (`data:` or `https:`); `detail` is handed to the model as it is."""

    image_url: str
    detail: str | None = None


class LocalImageInput(_Input, tag="local_image", frozen=True, kw_only=True, omit_defaults=True):
    """An image in a file; a path that is not absolute starts at the working folder."""

    path: str
    detail: str | None = None


InputItem = TextInput | ImageInput | LocalImageInput


class PendingInput(msgspec.Struct, frozen=True, kw_only=True):
    """One submission's input that waits for, or never reached, the model."""

    submission_id: str
    items: tuple[InputItem, ...]
    client_metadata: dict[str, str] | None = None
    additional_context: AdditionalContext | UnsetType = UNSET
