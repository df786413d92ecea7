"""A response that is given again and again, composed once.

Two responses with the same parts differ in ids, in what is read of the conversation, and in nothing
else. Copies are made by composing a response with markers in these places; they are used only if
they make what a real turn does. Sans-IO.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from agent_rehearsal.wire.marked_ids import MarkedIds
from mock_realtime.conversation import Conversation
from mock_realtime.event import identified
from mock_realtime.numbers import BLOCK, Numbers, name
from mock_realtime.parts import Part
from mock_realtime.response import CHARACTERS_PER_TOKEN
from mock_realtime.session import Session
from mock_realtime.settings import SessionSettings
from mock_realtime.stencil import FilledFrames, Frames
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

    def __init__(self, frames: Frames, made: "_Composed") -> None:
        self._frames = frames
        self._prefixes = made.ids.prefixes
        self._holes = _Holes(made.ids.prefixes, made.spent)
        places = {id: place for place, id in enumerate(made.ids.made)}
        self._said = [
            _Said(places, item, made.conversation.sound.get(id))
            for id, item in made.conversation.items.items()
            if id in places
        ]

    def make(self, session: Session, block: int) -> FilledFrames:
        """The response to one more request, all of it said."""
        conversation = session.conversation
        read, last = conversation.characters // CHARACTERS_PER_TOKEN + 1, conversation.last
        taken = [
            conversation.new_id() if prefix == "item" else conversation.ids(prefix)
            for prefix in self._prefixes
        ]
        session.last_response = taken[0]
        for said in self._said:
            said.note(conversation, taken)
        values = self._holes.values(block, read, last, conversation.id, taken)
        return FilledFrames(self._frames, values)


class _Said:
    """An item of the response; `places` are those of its ids among the ones that are taken."""

    def __init__(self, places: Mapping[str, int], item: Json, sound: int | None) -> None:
        self._id = places[item["id"]]
        self._call_id = places.get(item.get("call_id", ""))
        self._item = item
        self._sound = sound

    def note(self, conversation: Conversation, taken: Sequence[str]) -> None:
        """Have it in the conversation. Its content is that of all copies: a conversation puts other
        items in place of those that change, and changes none.
        """
        item = {**self._item, "id": taken[self._id]}
        if self._call_id is not None:
            item["call_id"] = taken[self._call_id]
        conversation.note(item)
        if self._sound is not None:
            conversation.sounded(item["id"], self._sound)


class Copier:
    """The copies of the response that a mock gives where a test gave none, by what else it depends
    on; made when it was given some times.
    """

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._parts: object = None
        self._given: dict[bytes, int] = {}
        self._copies: dict[bytes, Copies | None] = {}

    def ready(self, session: Session, parts: Iterable[Any]) -> Callable[[], FilledFrames] | None:
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
    holes, conversation = _Holes(made.ids.prefixes, made.spent), made.conversation.id
    markers = holes.values(_MARKED_BLOCK, _READ, made.after, conversation, made.ids.made)
    copies = Copies(Frames(made.messages, markers), made)
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
            told = identified(step, name(EVENT, block * BLOCK + place))
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


class _Holes:
    """What stands in the holes of a response that takes ids with these prefixes, and `spent` tokens
    of its own.
    """

    def __init__(self, prefixes: Sequence[str], spent: int) -> None:
        items = [place for place, prefix in enumerate(prefixes) if prefix == "item"]
        self._items = list(enumerate(items))
        self._spent = spent

    def values(
        self, block: int, read: int, last: str | None, conversation: str, taken: Sequence[str]
    ) -> list[bytes]:
        """As in a response to a conversation of `read` tokens, whose last item was `last`.

        Where the events about the content of an item say that they belong is a hole of its own,
        since most events have it.
        """
        event = f"{EVENT}_{block:03}"
        texts = [event, str(read), str(read + self._spent), conversation, *taken]
        for index, place in self._items:
            where = f'{taken[0]}","output_index":{index},"item_id":"{taken[place]}'
            texts.append(f'{where}","event_id":"{event}')
        return [msgspec.json.encode(last), *[text.encode() for text in texts]]
