"""The shapes of what the provider sends, as far as this client reads it, and the events they make.

Shared by both versions; which type has which shape is in their tables.
"""

from typing import Any

import msgspec
from msgspec import UNSET

from codex_core.protocol import realtime as told
from codex_core.protocol.realtime import AudioFrame, RealtimeEvent
from codex_core.realtime.fields import U16, U32, number, text

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


class Delta(msgspec.Struct):
    """A piece of a transcript."""

    delta: str


class Transcript(msgspec.Struct):
    """A whole transcript."""

    transcript: str


class AudioDelta(msgspec.Struct):
    """A piece of sound, under any of the names that its parts have had."""

    delta: Any = None
    data: Any = None
    sample_rate: Any = None
    channels: Any = UNSET
    num_channels: Any = None
    samples_per_channel: Any = None
    item_id: Any = None


class _Session(msgspec.Struct):
    id: str
    instructions: Any = None


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
    instructions = text(session.instructions)
    return told.SessionUpdated(realtime_session_id=session.id, instructions=instructions)


def item_added(message: AddedItem) -> RealtimeEvent:
    """The conversation has a new item."""
    return told.ConversationItemAdded(item=message.item)


def item_done(message: DoneItem) -> RealtimeEvent:
    """An item is whole."""
    return told.ConversationItemDone(item_id=message.item.id)


def audio_out(message: AudioDelta, *, defaults: AudioFrame | None = None) -> RealtimeEvent | None:
    """The sound of a message; None where something is missing that has no default."""
    data, rate = text(message.delta), number(message.sample_rate, U32)
    named = message.num_channels if message.channels is UNSET else message.channels
    channels = number(named, U16)
    if defaults is None:
        data = text(message.data) if data is None else data
    else:
        rate = defaults.sample_rate if rate is None else rate
        channels = defaults.num_channels if channels is None else channels
    if data is None or rate is None or channels is None:
        return None
    frame = AudioFrame(
        data=data,
        sample_rate=rate,
        num_channels=channels,
        samples_per_channel=number(message.samples_per_channel, U32),
        item_id=text(message.item_id) if defaults is not None else None,
    )
    return told.AudioOut(frame=frame)
