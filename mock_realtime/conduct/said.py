"""What one message says, as far as the rules look at it; the audio in it is passed over.

A reading of bytes. Nothing here knows a rule.
"""

import msgspec

from agent_rehearsal.journal import Entry


class Item(msgspec.Struct, frozen=True):
    """An item that a message carries."""

    id: str | None = None
    type: str | None = None
    call_id: str | None = None


class Response(msgspec.Struct, frozen=True):
    """A response, or the options of one, that a message carries."""

    id: str | None = None
    conversation: str | None = None
    output: tuple[Item, ...] = ()


class Said(msgspec.Struct, frozen=True):
    """A message of either side."""

    type: str
    event_id: str | None = None
    item: Item | None = None
    item_id: str | None = None
    previous_item_id: str | None = None
    response: Response | None = None


_DECODER = msgspec.json.Decoder(Said)


def said(entry: Entry) -> Said | None:
    """What a message says; None for one that is of no such form."""
    try:
        return _DECODER.decode(entry.raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
