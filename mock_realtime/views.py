"""What a client of the Realtime API sent, in the words of that API."""

from typing import Any

from agent_rehearsal.wire import FrameView
from mock_realtime.audio import from_base64
from mock_realtime.client_events import ClientEvent, parsed
from mock_realtime.conversation import texts
from mock_realtime.shape import Shape, shape_of

Json = dict[str, Any]


class MessageView(FrameView):
    """One message of a session, or its upgrade; a field that the message lacks is None or empty."""

    __slots__ = ()

    @property
    def event(self) -> ClientEvent:
        """The message as a typed event. Raises Refusal where the API would refuse its form."""
        return parsed(self.json)

    @property
    def shape(self) -> Shape:
        """The wire protocol that its connection asked for: `v1`, `v2` or `beta`."""
        opened = self.conn.opened if self.conn else None
        return shape_of(opened or self.entry)

    @property
    def query(self) -> dict[str, str]:
        """The query of its upgrade, the first value of each name."""
        opened = self.conn.opened if self.conn else None
        return (opened or self.entry).query

    @property
    def session(self) -> Json:
        """The settings of a `session.update`."""
        return _object(self.get("session"))

    @property
    def instructions(self) -> str | None:
        """The instructions of a `session.update`, or of one response."""
        found = self.get("session.instructions", self.get("response.instructions"))
        return found if isinstance(found, str) else None

    @property
    def item(self) -> Json:
        """The item of a `conversation.item.create`."""
        return _object(self.get("item"))

    @property
    def said(self) -> str | None:
        """The text of an item: what it says, or the output of a call; in v1 that of a handoff."""
        if self.item:
            return "".join(texts(self.item))
        found = self.get("output_text")
        return found if isinstance(found, str) else None

    @property
    def role(self) -> str | None:
        """The role of an item."""
        found = self.get("item.role")
        return found if isinstance(found, str) else None

    @property
    def call_id(self) -> str | None:
        """The call whose output an item is."""
        found = self.get("item.call_id")
        return found if isinstance(found, str) else None

    @property
    def audio(self) -> bytes:
        """The audio of an `input_audio_buffer.append`. Raises ValueError for what is no base64."""
        found = self.get("audio")
        return from_base64(found) if isinstance(found, str) else b""


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
