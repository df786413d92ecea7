"""The output items of one response while it is streamed: which are open, and what they have said.

It gives every item one id and one index for its whole life. It knows neither events nor bytes.
"""

from collections.abc import Callable
from typing import TypeAlias

from mock_responses import shapes
from mock_responses.items import Item
from mock_responses.shapes import Extras, Json, Texts

Ids: TypeAlias = Callable[[str], str]
"""Makes the next id with a prefix: `ids("msg")` -> `"msg_1"`."""

NOTHING_OPEN = (
    "output_item_done() has no item to complete: no announced item is open. "
    "Begin one with output_item_added(...), or give the item: output_item_done(message('hi'))"
)


class OpenItem:
    """An item that has begun and is not done."""

    def __init__(self, *, id: str, index: int, type: str, announced: Json | None) -> None:
        self.id = id
        self.index = index
        self.type = type
        self.announced = announced
        """The item as it was announced; None when a delta came without an announcement."""
        self.extras = Extras()
        """What its content parts are beside text."""
        self._pieces: dict[str, dict[int, list[str]]] = {}

    def begin_part(self, field: str, index: int | None) -> int:
        """Begin the part at `index`, or the next one. Returns its index."""
        parts = self._pieces.setdefault(field, {})
        index = max(parts, default=-1) + 1 if index is None else index
        parts[index] = []
        return index

    def part(self, field: str, index: int | None) -> tuple[int, list[str]]:
        """The part at `index`, or the last one: its index and its pieces so far, to be extended."""
        parts = self._pieces.setdefault(field, {})
        index = max(parts, default=0) if index is None else index
        return index, parts.setdefault(index, [])

    def takes(self, type: str) -> bool:
        """Whether a piece of an item of this type goes here when it names no item."""
        return self.announced is not None or self.type == type

    @property
    def texts(self) -> Texts:
        """What was streamed into the item."""
        return {
            field: {index: "".join(pieces) for index, pieces in parts.items()}
            for field, parts in self._pieces.items()
        }


class Ledger:
    """The items of one response, in the order in which they began."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._open: list[OpenItem] = []
        self._done: list[tuple[int, Json]] = []
        self._next = 0

    @property
    def output(self) -> list[Json]:
        """The items that are done, by their index."""
        return [item for _, item in sorted(self._done, key=lambda entry: entry[0])]

    def begin(self, item: Item, index: int | None) -> OpenItem:
        """Announce an item; an id or index that it does not have is made here."""
        type = shapes.type_of(item)
        id = item.id or self._new(type)
        return self._opened(id, index, type, shapes.begun(item, id))

    def at(self, type: str, id: str | None) -> OpenItem:
        """The open item that a piece with this id, or without one, belongs to.

        Without an announced item, pieces of the same kind make up an item of their own.
        """
        for opened in reversed(self._open):
            if opened.id == id or (id is None and opened.takes(type)):
                return opened
        return self._opened(id or self._new(type), None, type, None)

    def finish(self, index: int | None) -> tuple[int, Json]:
        """Close the item announced last, with its texts: its index and final form."""
        for opened in reversed(self._open):
            if opened.announced is not None:
                done = shapes.finished(opened.announced, opened.texts, opened.extras)
                return self._closed(opened, done, index)
        raise ValueError(NOTHING_OPEN)

    def close(self, item: Item, index: int | None) -> tuple[int, Json]:
        """Close the open item that `item` completes, if any: its index and final form."""
        type = shapes.type_of(item)
        opened = self._counterpart(type, item.id)
        done = shapes.whole(item, item.id or (opened.id if opened else self._new(type)))
        return self._closed(opened, done, index)

    def _opened(self, id: str, index: int | None, type: str, announced: Json | None) -> OpenItem:
        opened = OpenItem(id=id, index=self._index(index), type=type, announced=announced)
        self._open.append(opened)
        return opened

    def _closed(self, opened: OpenItem | None, done: Json, index: int | None) -> tuple[int, Json]:
        if opened is not None:
            self._open.remove(opened)
            index = opened.index if index is None else index
        index = self._index(index)
        self._done.append((index, done))
        return index, done

    def _counterpart(self, type: str, id: str | None) -> OpenItem | None:
        for opened in reversed(self._open):
            if opened.id == id or (id is None and opened.type == type):
                return opened
        return None

    def _index(self, index: int | None) -> int:
        index = self._next if index is None else index
        self._next = max(self._next, index + 1)
        return index

    def _new(self, type: str) -> str:
        return self._ids(shapes.prefix(type))
