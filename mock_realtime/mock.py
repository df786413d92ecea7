"""The mock Realtime server: WebSocket sessions on `/v1/realtime`, scripted; silent where no script
says a word.

A silent server is a legal one: a message that no reply is for is recorded and goes unanswered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

import msgspec

from agent_rehearsal.journal import Entry, Source
from agent_rehearsal.wire import (
    Answer,
    FrameView,
    Mark,
    Mock,
    Raw,
    Send,
    Server,
    Step,
    is_coroutine_reply,
)

PATH = "/v1/realtime"


class MockRealtime(Mock):
    """The Realtime side of a stage. Parts of a reply are events (objects with a `type`), marks and
    raw bytes.
    """

    source: ClassVar[Source] = "realtime"
    silent: ClassVar[bool] = True

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._sent = 0
        server.upgrade(PATH, "realtime", self.serve_socket)

    @property
    def websocket_url(self) -> str:
        """Where a client connects: `ws://127.0.0.1:PORT/v1/realtime`."""
        return f"ws://{self.server.authority}{PATH}"

    def view(self, entry: Entry) -> FrameView:
        """A message, or the upgrade, as a view."""
        return FrameView(entry)

    def script(self, entry: Entry) -> "EventScript":
        """Events in the order given; an `event_id` is filled in where there is none."""
        return EventScript(self._next_event_id)

    def error_parts(self, code: str, message: str) -> tuple[Any, ...]:
        """An error event as the API words one."""
        error = {"type": "invalid_request_error", "code": code, "message": message, "param": None}
        return ({"type": "error", "error": error},)

    def check_parts(self, parts: tuple[Any, ...]) -> None:
        """Raise TypeError for what is neither an event with a type, nor a mark, bytes or a whole
        answer.
        """
        super().check_parts(parts)
        if not is_coroutine_reply(parts):
            for part in parts:
                _check(part)

    def _next_event_id(self) -> str:
        self._sent += 1
        return f"event_{self._sent:06}"


def _check(part: Any) -> None:
    if isinstance(part, Mark | Raw | Answer):
        return
    if not isinstance(part, Mapping) or not isinstance(part.get("type"), str):
        raise TypeError(
            f"{part!r} is no part of a realtime reply: expected an event such as "
            "{'type': 'session.created', ...}, a mark such as gate(...), or Raw(b'...')"
        )


class EventScript:
    """Turns realtime events into steps."""

    def __init__(self, next_event_id: Callable[[], str]) -> None:
        self._next_event_id = next_event_id

    def steps(self, parts: Iterable[Any]) -> Iterator[Step]:
        """One step for each part."""
        for part in parts:
            _check(part)
            yield self._event(part) if isinstance(part, Mapping) else part

    more = steps  # a reply here is its parts and nothing around them

    def _event(self, event: Mapping[str, Any]) -> Send:
        numbered = event if "event_id" in event else {**event, "event_id": self._next_event_id()}
        return Send(msgspec.json.encode(numbered), event["type"])
