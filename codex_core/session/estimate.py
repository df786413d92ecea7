"""How many tokens items take, estimated without asking anybody: four bytes of JSON each.

What only the server can read counts by the length that it had before it was encoded. An image that
is sent as data counts as one of a usual size. Pure: items in, numbers out.
"""

from collections.abc import Iterable, Sequence

import msgspec

from codex_core.protocol.items import (
    Compaction,
    ContextCompaction,
    CustomToolCall,
    CustomToolCallOutput,
    FunctionCall,
    FunctionCallOutput,
    ImageGenerationCall,
    InputImage,
    KnownItem,
    LocalShellCall,
    Message,
    Reasoning,
    ToolSearchCall,
    WebSearchCall,
)
from codex_core.session.compaction.speech import is_spoken
from codex_core.tools.truncate import estimate_tokens

__all__ = ["HiddenReasoning", "growth", "item_tokens", "items_tokens", "text_tokens"]

_IMAGE_BYTES = 7_373
"""What an image counts for: some 1,844 tokens."""

_DATA_URL = "data:image/"
_BASE64 = ";base64,"
_ENVELOPE_BYTES = 650
"""What the wrapping of encrypted content takes."""

_ENCODER = msgspec.json.Encoder()

_BY_THE_MODEL = (
    Reasoning
    | FunctionCall
    | CustomToolCall
    | LocalShellCall
    | ToolSearchCall
    | WebSearchCall
    | ImageGenerationCall
    | Compaction
    | ContextCompaction
)


def text_tokens(text: str) -> int:
    """Tokens of a text."""
    return estimate_tokens(len(text.encode()))


def items_tokens(items: Iterable[KnownItem]) -> int:
    """Tokens of all the items."""
    return sum(map(item_tokens, items))


def item_tokens(item: KnownItem) -> int:
    """Tokens of an item as the model reads it."""
    match item:
        case (
            Reasoning(encrypted_content=str() as hidden)
            | Compaction(encrypted_content=hidden)
            | ContextCompaction(encrypted_content=str() as hidden)
        ):
            return estimate_tokens(max(len(hidden) * 3 // 4 - _ENVELOPE_BYTES, 0))
    return estimate_tokens(len(_ENCODER.encode(item)) - sum(map(_surplus, _images(item))))


def growth(items: Sequence[KnownItem]) -> int:
    """Tokens of the items after the last one by the model: no response has counted them yet."""
    tokens = 0
    for item in reversed(items):
        if _is_by_the_model(item):
            return tokens
        tokens += item_tokens(item)
    return 0


class HiddenReasoning:
    """Encrypted reasoning of the turns before: a response may not have counted it.

    Each item is looked at once, so the cost of a question grows with the items that are new. Make
    another one for a history that was replaced.
    """

    def __init__(self) -> None:
        self._seen = 0
        self._before = 0
        self._since = 0

    def tokens(self, items: Sequence[KnownItem]) -> int:
        """Tokens of the reasoning before the user's last message; `items` have only grown."""
        for item in items[self._seen :]:
            if is_spoken(item):
                self._before += self._since
                self._since = 0
            elif isinstance(item, Reasoning) and item.encrypted_content is not None:
                self._since += item_tokens(item)
        self._seen = len(items)
        return self._before


def _is_by_the_model(item: KnownItem) -> bool:
    if isinstance(item, Message):
        return item.role == "assistant"
    return isinstance(item, _BY_THE_MODEL)


def _images(item: KnownItem) -> Iterable[InputImage]:
    match item:
        case Message(content=parts):
            pass
        case (
            FunctionCallOutput(output=tuple() as parts)
            | CustomToolCallOutput(output=tuple() as parts)
        ):
            pass
        case _:
            return ()
    return (part for part in parts if isinstance(part, InputImage))


def _surplus(image: InputImage) -> int:
    """Bytes of an image's data above what it counts for; 0 for one that is sent by address."""
    head, encoded, payload = image.image_url.partition(_BASE64)
    if not (encoded and head.lower().startswith(_DATA_URL)):
        return 0
    return len(payload) - _IMAGE_BYTES
