"""The shapes of what the provider sends, as far as this client reads it, and the events they make.

Shared by both versions; which type has which shape is in their tables.
"""

from typing import Annotated, Any

import msgspec

from codex_core.protocol import realtime as told
from codex_core.protocol.realtime import AudioFrame, RealtimeEvent

__all__ = [
    "AddedItem",
    "AudioDelta",
    "Delta",
    "DoneItem",
    "SessionTold",
    "Transcript",
    "audio_out",
    "item_added",
    "item_done",
    "session_updated",
]

_U32 = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
_U16 = Annotated[int, msgspec.Meta(ge=0, le=2**16 - 1)]


class Delta(msgspec.Struct):
    """A piece of a transcript."""

    delta: str


class Transcript(msgspec.Struct):
    """A whole transcript."""

    transcript: str


class AudioDelta(msgspec.Struct):
    """A piece of sound, under any of the names that its parts have had."""

    delta: str | None = None
    data: str | None = None
    sample_rate: _U32 | None = None
    channels: _U16 | None = None
    num_channels: _U16 | None = None
    samples_per_channel: _U32 | None = None
    item_id: str | None = None


class _Session(msgspec.Struct):
    id: str
    instructions: str | None = None


class SessionTold(msgspec.Struct):
    """The settings of a session, as far as they are told on."""

    session: _Session


class AddedItem(msgspec.Struct):
    """A new item, whatever it is."""

    item: Any


class _Named(msgspec.Struct):
    id: str


class DoneItem(msgspec.Struct):
    """A whole item, by its id."""

    item: _Named


def session_updated(message: SessionTold) -> RealtimeEvent:
    """The provider has set the session up."""
    session = message.session
    return told.SessionUpdated(realtime_session_id=session.id, instructions=session.instructions)


def item_added(message: AddedItem) -> RealtimeEvent:
    """The conversation has a new item."""
    return told.ConversationItemAdded(item=message.item)


def item_done(message: DoneItem) -> RealtimeEvent:
    """An item is whole."""
    return told.ConversationItemDone(item_id=message.item.id)


def audio_out(message: AudioDelta, *, defaults: AudioFrame | None = None) -> RealtimeEvent | None:
    """The sound of a message; None where something is missing that has no default."""
    data = message.delta if message.delta is not None else message.data
    rate, channels = message.sample_rate, message.channels
    channels = message.num_channels if channels is None else channels
    if defaults is not None:
        data = message.delta
        rate = defaults.sample_rate if rate is None else rate
        channels = defaults.num_channels if channels is None else channels
    if data is None or rate is None or channels is None:
        return None
    frame = AudioFrame(
        data=data,
        sample_rate=rate,
        num_channels=channels,
        samples_per_channel=message.samples_per_channel,
        item_id=message.item_id if defaults is not None else None,
    )
    return told.AudioOut(frame=frame)
