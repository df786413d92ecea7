"""Images as they may be kept: what is no image, or asks for a detail that is none, becomes a note.

Pixels are not decoded and sizes not changed; an image by address is the provider's matter.
"""

import binascii
from base64 import b64decode
from collections.abc import Iterable

import msgspec

from codex_core.protocol.items import (
    Content,
    CustomToolCallOutput,
    FunctionCallOutput,
    InputImage,
    InputText,
    KnownItem,
    Message,
)
from codex_core.tools.images import media_type

__all__ = ["with_usable_images"]

_UNREADABLE = "image content omitted because it could not be processed"
_COARSE = "image content omitted: the detail `low` is not supported; use high, original or auto"


def with_usable_images(item: KnownItem) -> KnownItem:
    """The item with a note for each image that cannot be sent; the same if all can."""
    match item:
        case Message(content=parts):
            kept = _usable(parts)
            return item if kept == parts else msgspec.structs.replace(item, content=kept)
        case (
            FunctionCallOutput(output=tuple() as output)
            | CustomToolCallOutput(output=tuple() as output)
        ):
            shown = _usable(output)
            return item if shown == output else msgspec.structs.replace(item, output=shown)
    return item


def _usable(parts: Iterable[Content]) -> tuple[Content, ...]:
    return tuple(_part(part) if isinstance(part, InputImage) else part for part in parts)


def _part(image: InputImage) -> InputImage | InputText:
    if not image.image_url.startswith("data:"):
        return image
    if image.detail == "low":
        return InputText(text=_COARSE)
    return image if _is_image(image.image_url) else InputText(text=_UNREADABLE)


def _is_image(url: str) -> bool:
    head, _, data = url.partition(",")
    if not head.endswith(";base64"):
        return False
    try:
        return media_type(b64decode(data, validate=True)) is not None
    except binascii.Error:
        return False
