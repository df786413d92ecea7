"""What a session does with messages of a WebSocket as they come in, where nothing else is going on:
audio is counted, what is acknowledged is acknowledged, and a response that was given before is
given again.

What it does not take, the rules and the session see as ever.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final, cast

import msgspec

from agent_rehearsal.journal import Joined, apart
from agent_rehearsal.wire import Rules
from agent_rehearsal.wire.framing import TEXT, frame
from agent_rehearsal.wire.watch import Ready, Watch
from mock_realtime.appends import BEGIN, plain_appends
from mock_realtime.copies import Copier
from mock_realtime.event import identified
from mock_realtime.session import Session

Json = dict[str, Any]
_CREATE: Final = re.compile(BEGIN + rb'"response\.create"\s*\}\s*')
_CHANGES: Final = frozenset(
    {
        "session.update",
        *(f"conversation.item.{what}" for what in ("create", "delete", "retrieve", "truncate")),
        *(f"input_audio_buffer.{what}" for what in ("clear", "commit")),
    }
)
"""Events of a client that are answered with events, and neither begin nor stop a response."""
_CHANGE: Final = re.compile(BEGIN + b'"(?:%b)"' % "|".join(map(re.escape, _CHANGES)).encode())


class Ear(Watch):
    """One WebSocket of a session.

    `rules` are the replies that a test gave, `answer` gives what a response says without one (None
    while the server says nothing of its own accord), and `copier` has it again.
    """

    def __init__(
        self,
        session: Session,
        rules: Rules,
        answer: Callable[[], Iterable[Any] | None],
        copier: Copier | None,
    ) -> None:
        self._session = session
        self._rules = rules
        self._answer = answer
        self._copier = copier

    def quiet(self, messages: Sequence[bytes]) -> int:
        """Take audio, while there is no reply that may be for it."""
        if not self._rules.empty:
            return 0
        count, size = plain_appends(messages, most=self._session.max_audio)
        if count:
            self._session.hearing.append(size)
        return count

    def ready(self, message: bytes, *, last: bool) -> Ready | None:
        """Acknowledge what a client changes, and answer a request for a response that is like one
        before; unless more came with it, which may be about that response.
        """
        session, parts = self._session, self._answer()
        if self._copier is None or parts is None or not self._rules.empty or session.shape != "v2":
            return None
        if _CREATE.fullmatch(message):
            free = last and not session.scripted and not session.turns()
            return self._copier.ready(session, parts) if free else None
        change = _change(message)
        return partial(self._acknowledge, change) if change else None

    def _acknowledge(self, change: Json) -> "Said":
        events = cast(Iterator[Json], self._session.receive(change))
        ids = self._session.ids
        return Said([msgspec.json.encode(identified(event, ids("event"))) for event in events])


def _change(message: bytes) -> Json | None:
    """A change, parsed; None for anything else."""
    if not _CHANGE.match(message):
        return None
    try:
        found = msgspec.json.decode(message)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("type") in _CHANGES else None


class Said(Joined):
    """Messages that are made one by one."""

    __slots__ = ()

    def framed(self) -> bytes:
        """As they are sent."""
        return b"".join(frame(TEXT, message, last=True) for message in apart(self))
