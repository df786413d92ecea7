"""A response that is given again and again, composed once.

Two responses with the same parts differ in ids, in what is read of the conversation, and in nothing
else. Copies are made by composing a response with markers in these places; they are used only if
they make what a real turn does. Sans-IO.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgspec

from agent_rehearsal.wire.marked_ids import MarkedIds
from mock_realtime.conversation import Conversation
from mock_realtime.numbers import BLOCK, Numbers, name
from mock_realtime.parts import Part
from mock_realtime.response import CHARACTERS_PER_TOKEN
from mock_realtime.session import Session
from mock_realtime.settings import SessionSettings
from mock_realtime.stencil import Filled, Stencil
from mock_realtime.turn import Turn

Json = dict[str, Any]
EVENT: Final = "event"
_READ: Final = 987_654_321
"""Tokens that no conversation has."""
_MARKED_BLOCK: Final = 4_102_444
_OFTEN: Final = 2
"""Responses after which another one is worth a stencil."""


class Copies:
    """The stencil of a response, and what a session knows after it."""

    def __init__(self, stencil: Stencil, made: "_Composed") -> None:
        self._stencil = stencil
        self._prefixes = made.ids.prefixes
        self._markers = made.ids.made
        self._items = [made.conversation.items[id] for id in made.ids.of("item")]
        self._sound = made.conversation.sound
        self._spent = made.spent

    def make(self, session: Session, block: int) -> Filled:
        """The response to one more request, all of it said."""
        conversation = session.conversation
        read, last = conversation.characters // CHARACTERS_PER_TOKEN + 1, conversation.last
        taken = [
            conversation.new_id() if prefix == "item" else conversation.ids(prefix)
            for prefix in self._prefixes
        ]
        session.last_response = taken[0]
        self._note(conversation, dict(zip(self._markers, taken, strict=True)))
        values = _values(block, read, self._spent, last, conversation.id, taken)
        return Filled(self._stencil, [*values, *_places(self._prefixes, values[_FIRST_ID:])])

    def _note(self, conversation: Conversation, ids: dict[str, str]) -> None:
        for item in self._items:
            known = {**item, "id": ids[item["id"]]}
            if "call_id" in item:
                known["call_id"] = ids.get(item["call_id"], item["call_id"])
            if "content" in item:
                known["content"] = [dict(part) for part in item["content"]]
            conversation.note(known)
        for id, size in self._sound.items():
            conversation.sounded(ids[id], size)


class Copier:
    """The copies of the response that a mock gives where a test gave none, by what else it depends
    on; made when it was given some times.
    """

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._parts: object = None
        self._given: dict[bytes, int] = {}
        self._copies: dict[bytes, Copies | None] = {}

    def ready(self, session: Session, parts: Iterable[Any]) -> Callable[[], Filled] | None:
        """What makes a response of these parts now; None where it has to be composed."""
        if parts is not self._parts:
            self._parts, self._given, self._copies = parts, {}, {}
        key = session.settings.response_key
        if key not in self._copies:
            self._given[key] = self._given.get(key, 0) + 1
            if self._given[key] <= _OFTEN:
                return None
            self._copies[key] = copies_of(session.settings, tuple(parts))
        copies = self._copies[key]
        if copies is None:
            return None
        return lambda: copies.make(session, self._numbers.block(EVENT))


def copies_of(settings: SessionSettings, parts: tuple[Any, ...]) -> Copies | None:
    """Copies of the response with these parts; None where that is not possible: it has a mark, an
    event that a test wrote, more events than a block of ids, or a text that looks like a marker.
    """
    said = all(isinstance(part, Part) for part in parts)
    made = said and _composed(settings, parts, "stencil", block=_MARKED_BLOCK, read=_READ)
    if not made:
        return None
    taken = made.ids.made
    values = _values(_MARKED_BLOCK, _READ, made.spent, made.after, made.conversation.id, taken)
    markers = [*values, *_places(made.ids.prefixes, values[_FIRST_ID:])]
    copies = Copies(Stencil(made.messages, markers), made)
    return copies if _is_right(copies, settings, parts) else None


def _is_right(copies: Copies, settings: SessionSettings, parts: tuple[Any, ...]) -> bool:
    """Whether the copies make what a turn does."""
    wanted = _composed(settings, parts, "trial", block=1, read=1)
    if wanted is None:
        return False
    session = Session(settings.shape, MarkedIds("trial"), model="", expires_at=0, answer=tuple)
    session.conversation = _new_conversation("trial", read=1)
    same = copies.make(session, 1).within(b"", b"") == b"".join(wanted.messages)
    return same and session.conversation.items == wanted.conversation.items


class _Composed:
    """A response that was composed once."""

    def __init__(self, turn: Turn, conversation: Conversation, ids: MarkedIds) -> None:
        self.after = conversation.last
        """The id of the last item before it."""
        self.conversation = conversation
        self.ids = ids
        self.messages: list[bytes] = []
        self.spent = 0
        """Tokens that the response itself takes."""
        self._turn = turn

    def compose(self, block: int) -> bool:
        """Make all messages; False where the response is more than events."""
        for place, step in enumerate(self._turn.steps()):
            if not isinstance(step, dict) or place == BLOCK:
                return False
            told = {"event_id": name(EVENT, block * BLOCK + place), **step}
            self.messages.append(msgspec.json.encode(told))
            if step["type"] == "response.done":
                self.spent = step["response"]["usage"]["output_tokens"]
        return True


def _composed(
    settings: SessionSettings, parts: tuple[Any, ...], word: str, *, block: int, read: int
) -> _Composed | None:
    conversation = _new_conversation(word, read=read)
    ids = conversation.ids
    assert isinstance(ids, MarkedIds)
    made = _Composed(Turn(settings, conversation, parts), conversation, ids)
    return made if made.compose(block) else None


def _new_conversation(word: str, *, read: int) -> Conversation:
    ids = MarkedIds(word)
    conversation = Conversation(ids)
    conversation.note({"id": f"item_before_{word}"})
    conversation.characters = (read - 1) * CHARACTERS_PER_TOKEN
    ids.forget()
    return conversation


def _values(
    block: int, read: int, spent: int, last: str | None, conversation: str, taken: Sequence[str]
) -> list[bytes]:
    """What stands in the holes, but for those that have others in them."""
    numbers = [b"%d" % read, b"%d" % (read + spent)]
    around = [b"%b_%03d" % (EVENT.encode(), block), *numbers, msgspec.json.encode(last)]
    return [*around, conversation.encode(), *[id.encode() for id in taken]]


_FIRST_ID: Final = 5
"""Where the ids that a response takes begin among the values."""


def _places(prefixes: Sequence[str], taken: Sequence[bytes]) -> list[bytes]:
    """Where the events about the content of an item say that they belong: a hole of its own, since
    most events have it.
    """
    items = [id for prefix, id in zip(prefixes, taken, strict=True) if prefix == "item"]
    return [
        b'%b","output_index":%d,"item_id":"%b' % (taken[0], place, id)
        for place, id in enumerate(items)
    ]
