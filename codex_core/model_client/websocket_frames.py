"""The life of one response over a WebSocket, as a state machine. No sockets, no clock.

- Completed ends it, and so does failed, incomplete, an unreadable completion, a wrapped error, a
  message that is no event, and whatever ends the connection: each but the first at once, with an
  error.
- A completion of an earlier response is a stray: passed over if this one is known to have begun,
  an error if not, for then nobody knows what else belongs to whom.
- A message in which the model declines is told and passes: history goes on without it.
- An item that cannot be read is passed over, as over HTTP; but then the server knows more than the
  client does, and the response is nothing to go on from.
"""

from datetime import datetime

import msgspec

from codex_core.model_client.error_map import wrapped_error
from codex_core.model_client.errors import ModelError, stream_error
from codex_core.model_client.events import (
    Completed,
    Created,
    ItemDone,
    ResponseEvent,
    Unreadable,
    decode_events,
)
from codex_core.model_client.local_time import NO_TIME
from codex_core.model_client.stream import ending_error
from codex_core.model_client.unreadable import UNREADABLE
from codex_core.model_client.websocket import Arrival, Binary, Closed, Lost, Text
from codex_core.protocol.items import Message, ResponseItem

__all__ = ["FrameState", "ends_response", "is_stale"]

_SHOWN = 500


class _Head(msgspec.Struct):
    type: str


class _Id(msgspec.Struct):
    id: str | None = None


_HEAD = msgspec.json.Decoder(_Head)
_ID = msgspec.json.Decoder(_Id)


class FrameState:
    """Feed it what arrives, until it is `over`.

    `last_id` is the id of the response that the socket completed before; `url` and `now`, the time
    where the user is, are for the texts of wrapped errors, `obeys` for their delay.
    """

    def __init__(
        self,
        *,
        last_id: str | None = None,
        url: str = "",
        now: datetime = NO_TIME,
        obeys: bool = False,
    ) -> None:
        self.completed: Completed | None = None
        self.error: ModelError | None = None
        self.items: list[ResponseItem] = []
        """The response's items that history has, in order, and those that nobody knows."""
        self.complaint = ""
        """What the server complained of without ending the response."""
        self._last_id = last_id
        self._url = url
        self._now = now
        self._obeys = obeys
        self._created: str | None = None
        self._sound = True
        self._count = 0

    @property
    def over(self) -> bool:
        """Has the response ended, well or not?"""
        return self.completed is not None or self.error is not None

    @property
    def reliable_id(self) -> str | None:
        """The id that a later request may name: all that the server has is known here."""
        if self.completed is None or not self._sound:
            return None
        found = self.completed.response_id
        return found if self._created in (None, found) else None

    def feed(self, arrival: Arrival) -> list[ResponseEvent]:
        """The events to act on; what ends the response with an error is kept in `error`."""
        if isinstance(arrival, Text):
            return self._feed_text(arrival.data)
        self.error = stream_error(_ending(arrival))
        return []

    def _feed_text(self, data: bytes) -> list[ResponseEvent]:
        self._count += 1
        try:
            kind = _HEAD.decode(data).type
        except UNREADABLE as error:
            self.error = stream_error(f"message {self._count} of the response is no event: {error}")
            return []
        if kind == "error":
            self._take_error(data)
            return []
        return [event for event in decode_events(data) if self._concerns(event)]

    def _take_error(self, data: bytes) -> None:
        """An error with a status ends the response; one without may be followed by the rest."""
        self.error = wrapped_error(data, url=self._url, now=self._now, obeys=self._obeys)
        if self.error is None:
            self.complaint = data[:_SHOWN].decode(errors="replace")

    def _concerns(self, event: ResponseEvent) -> bool:
        """Is the event the turn's business?"""
        match event:
            case Created():
                self._created = _response_id(event)
            case ItemDone():
                if not _is_passing(event.item):
                    self.items.append(event.item)
            case Unreadable(type="response.output_item.done"):
                self._sound = False
            case Completed() if self._is_stray(event.response_id):
                self._note_stray(event.response_id)
                return False
            case Completed():
                self.completed = event
            case _:
                self.error = ending_error(event)
        return self.error is None

    def _is_stray(self, response_id: str) -> bool:
        return response_id == self._last_id and response_id != self._created

    def _note_stray(self, response_id: str) -> None:
        if self._created is None:
            self.error = stream_error(f"response {response_id} was completed twice")


def is_stale(arrival: Arrival) -> bool:
    """Does this belong to an earlier response, when it came between two requests?"""
    if not isinstance(arrival, Text):
        return False
    try:
        return _HEAD.decode(arrival.data).type.startswith("response.")
    except UNREADABLE:
        return True


def ends_response(arrival: Arrival) -> bool:
    """Would this end a response that had just begun?"""
    state = FrameState()
    state.feed(arrival)
    return state.over


def _is_passing(item: ResponseItem) -> bool:
    return isinstance(item, Message) and item.declines


def _ending(arrival: Binary | Closed | Lost) -> str:
    match arrival:
        case Binary():
            return "unexpected binary websocket event"
        case Closed():
            reason = f": {arrival.reason}" if arrival.reason else ""
            text = "websocket closed by server before response.completed"
            return f"{text} (code {arrival.code}{reason})"
        case Lost():
            return arrival.problem or "stream closed before response.completed"


def _response_id(event: Created) -> str | None:
    try:
        return _ID.decode(event.response).id
    except UNREADABLE:
        return None
