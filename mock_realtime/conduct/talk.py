"""The rules on one session: what the client says, held against what was said before.

Messages of both directions go in, breaches come out.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from agent_rehearsal.journal import Direction, Entry
from agent_rehearsal.wire.findings import Breach
from mock_realtime.conduct.said import Item, Said

NAMES: Final[Mapping[str, str]] = {
    "overlapping-response": "a response was asked for before the one asked for earlier was done",
    "early-audio": "audio was sent before a change of the session was confirmed (advice at most)",
    "unknown-item": "a message names an item that neither side has named before",
    "empty-commit": "the audio buffer was committed with nothing in it",
    "unknown-call": "an output was given for a call that the server did not make",
    "idle-cancel": "a response was cancelled while none was active (advice at most)",
}
"""Name of a finding -> what it means."""
ROOT: Final = "root"


class Talk:
    """What was said so far in one session."""

    def __init__(self) -> None:
        self._items: set[str] = set()
        self._calls: set[str] = set()
        self._asked: Entry | None = None
        self._active = False
        self._update: Entry | None = None
        self._early: Entry | None = None
        self._buffered = False

    def take(self, entry: Entry, said: Said) -> Iterator[Breach]:
        """What the client broke with this message."""
        rule = _RULES.get((entry.direction, said.type))
        if rule is not None:
            yield from rule(self, entry, said)
        self._learn(entry, said)

    def hear(self) -> None:
        """The client has spoken, as media."""
        self._buffered = True

    def _learn(self, entry: Entry, said: Said) -> None:
        carried = [said.item, *(said.response.output if said.response else ())]
        items = [item for item in carried if item is not None]
        self._items.update(item.id for item in items if item.id is not None)
        if entry.direction == "out":
            self._items.update({said.item_id} - {None})  # type: ignore[arg-type]
        calls = [item for item in items if item.type == "function_call"]
        self._calls.update(item.call_id for item in calls if item.call_id is not None)

    def _respond(self, entry: Entry, said: Said) -> Iterator[Breach]:
        if said.response is not None and said.response.conversation == "none":
            return
        earlier, self._asked = self._asked, entry
        if earlier is not None:
            yield _breach(
                "overlapping-response",
                f"{_name(entry)} came while the response to {_name(earlier)} was not done; wait "
                "for its response.done",
                earlier,
                entry,
            )

    def _responding(self, entry: Entry, said: Said) -> Iterator[Breach]:
        self._active = True
        return iter(())

    def _responded(self, entry: Entry, said: Said) -> Iterator[Breach]:
        self._asked, self._active = None, False
        return iter(())

    def _refused(self, entry: Entry, said: Said) -> Iterator[Breach]:
        self._asked = self._asked if self._active else None
        return iter(())

    def _cancel(self, entry: Entry, said: Said) -> Iterator[Breach]:
        if not self._active and self._asked is None:
            text = f"{_name(entry)} came while no response was active; keep track of response.done"
            yield _breach("idle-cancel", text, entry, grave=False)

    def _updating(self, entry: Entry, said: Said) -> Iterator[Breach]:
        self._update, self._early = entry, None
        return iter(())

    def _updated(self, entry: Entry, said: Said) -> Iterator[Breach]:
        update, early = self._update, self._early
        self._update = self._early = None
        if update is not None and early is not None:
            yield _breach(
                "early-audio",
                f"{_name(early)} came after {_name(update)} and before its session.updated; the "
                "server may still have heard it with the old settings",
                update,
                early,
                grave=False,
            )

    def _append(self, entry: Entry, said: Said) -> Iterator[Breach]:
        self._buffered = True
        if self._update is not None and self._early is None:
            self._early = entry
        return iter(())

    def _commit(self, entry: Entry, said: Said) -> Iterator[Breach]:
        buffered, self._buffered = self._buffered, False
        if not buffered:
            text = f"{_name(entry)} came with no audio in the buffer; append some before"
            yield _breach("empty-commit", text, entry)

    def _emptied(self, entry: Entry, said: Said) -> Iterator[Breach]:
        self._buffered = False
        return iter(())

    def _create(self, entry: Entry, said: Said) -> Iterator[Breach]:
        if said.previous_item_id not in (None, ROOT):
            yield from self._named(entry, said.previous_item_id)
        item = said.item or Item()
        if item.type == "function_call_output" and item.call_id not in self._calls:
            text = (
                f"{_name(entry)} has the output of {item.call_id!r}, a call that the server did "
                "not make in this session; answer with the call_id of the call"
            )
            yield _breach("unknown-call", text, entry)

    def _about_item(self, entry: Entry, said: Said) -> Iterator[Breach]:
        yield from self._named(entry, said.item_id)

    def _named(self, entry: Entry, id: str | None) -> Iterator[Breach]:
        if id is not None and id not in self._items:
            text = (
                f"{_name(entry)} names the item {id!r}, which neither side has named before; wait "
                "for the event that tells its id"
            )
            yield _breach("unknown-item", text, entry)


_RULES: Final[Mapping[tuple[Direction, str], Callable[[Talk, Entry, Said], Iterator[Breach]]]] = {
    ("in", "response.create"): Talk._respond,
    ("in", "response.cancel"): Talk._cancel,
    ("in", "session.update"): Talk._updating,
    ("in", "input_audio_buffer.append"): Talk._append,
    ("in", "input_audio_buffer.commit"): Talk._commit,
    ("in", "input_audio_buffer.clear"): Talk._emptied,
    ("in", "conversation.item.create"): Talk._create,
    ("in", "conversation.item.truncate"): Talk._about_item,
    ("in", "conversation.item.delete"): Talk._about_item,
    ("in", "conversation.item.retrieve"): Talk._about_item,
    ("out", "response.created"): Talk._responding,
    ("out", "response.done"): Talk._responded,
    ("out", "response.cancelled"): Talk._responded,
    ("out", "error"): Talk._refused,
    ("out", "session.updated"): Talk._updated,
    ("out", "input_audio_buffer.committed"): Talk._emptied,
}
"""Direction and type of a message -> what looks at it."""


def _breach(name: str, text: str, *about: Entry, grave: bool = True) -> Breach:
    return Breach(name=name, text=text, about=about, grave=grave)


def _name(entry: Entry) -> str:
    return f"#{entry.seq} {entry.type or entry.head}"
