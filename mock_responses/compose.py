"""From a script to the steps that a player sends, with ids and numbers filled in.

Sans-IO: a request, a source of ids and a time go in; `Send` values and marks come out. One composer
serves one response and remembers what went before in it. Nothing here knows a transport or a loop.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

import msgspec
from msgspec import UnsetType

from agent_rehearsal.wire import script as wire
from mock_responses import structs
from mock_responses.expand import Run, expand
from mock_responses.fill import Filler
from mock_responses.items import Item, marks
from mock_responses.ledger import Ids, Ledger
from mock_responses.parts import Minimal, Part, Script, Stream, script
from mock_responses.response import ResponseObject
from mock_responses.shapes import Json

_encode = msgspec.json.Encoder().encode

STATES: Mapping[type[structs.Lifecycle], str] = {
    structs.Created: "in_progress",
    structs.Queued: "queued",
    structs.InProgress: "in_progress",
    structs.Completed: "completed",
    structs.Failed: "failed",
    structs.Incomplete: "incomplete",
}
"""The state that the response is in after an event about it."""

EMPTY = Stream(())


class Composer:
    """Composes one response.

    `body` is the parsed request, `created_at` a time in seconds. `ids` makes the ids of items, in
    the order in which they are composed: `ids("msg")` -> `"msg_1"`.
    """

    def __init__(
        self, body: Mapping[str, Any], *, response_id: str, ids: Ids, created_at: float
    ) -> None:
        self._response = ResponseObject(body, id=response_id, created_at=created_at)
        self._ledger = Ledger(ids)
        self._filler = Filler(self._ledger)
        self._number = 0
        self._slim = False
        self._state: tuple[str, Mapping[str, Any]] = ("in_progress", {})

    def compose(self, parts: Script | Iterable[Part | Script]) -> Iterator[wire.Step]:
        """The steps of a whole reply. All ids are taken before this returns.

        Raises what `parts.script` raises, and ValueError for an `output_item_done()` with nothing
        open.
        """
        made = parts if isinstance(parts, Script) else script("compose", parts)
        self._slim = isinstance(made, Minimal)
        return iter(list(self._script(made)))

    def response_object(self, parts: Script | Iterable[Part | Script] = EMPTY) -> Json:
        """The response as it stands after these parts: the answer to a request without `stream`.

        Its ids are those that `compose` gives; marks play no part in it.
        """
        self.compose(parts)
        encoded = self._response.encode(*self._state, self._ledger.output)
        answer: Json = msgspec.json.decode(encoded)
        return answer

    def steps(self, part: Part) -> Iterator[wire.Step]:
        """The steps of one item, event or mark, for a reply that is written while it is sent."""
        if isinstance(part, Item):
            for event in expand(part):
                yield from self._deltas(event) if isinstance(event, Run) else self.steps(event)
        elif isinstance(part, structs.Event):
            yield self.send(part)
        else:
            yield part

    def send(self, event: structs.Event) -> wire.Send:
        """One event, filled in."""
        if isinstance(event, structs.RawEvent):
            return wire.Send(event.payload, event.type)
        if isinstance(event, structs.Custom):
            return self._send(event.type, None, event.fields)
        assert isinstance(event, structs.Numbered)
        number = None if isinstance(event.sequence_number, UnsetType) else event.sequence_number
        return self._send(structs.type_of(type(event)), number, self._fields(event))

    def _script(self, made: Script) -> Iterator[wire.Step]:
        if isinstance(made, Stream):
            for part in made.parts:
                yield from self.steps(part)
        elif isinstance(made, Minimal):
            yield from self._sequence(made.parts, (structs.Created,), self._shortest)
        else:
            opening = (structs.Created, structs.InProgress)
            yield from self._sequence(made.parts, opening, self.steps)

    def _sequence(
        self,
        parts: Sequence[Part],
        opening: Iterable[type[structs.Lifecycle]],
        inside: Callable[[Part], Iterator[wire.Step]],
    ) -> Iterator[wire.Step]:
        # Marks before the first item come before the first byte: a gate there holds it all.
        lead = list(takewhile(lambda part: isinstance(part, wire.Mark | wire.Raw), parts))
        for part in lead:
            yield from self.steps(part)
        for event in opening:
            yield self.send(event(response={}))
        for part in parts[len(lead) :]:
            yield from inside(part)
        if not any(isinstance(part, structs.TERMINAL) for part in parts):
            yield self.send(structs.Completed(response={}))

    def _shortest(self, part: Part) -> Iterator[wire.Step]:
        if not isinstance(part, Item):
            yield from self.steps(part)
            return
        yield from marks(part)
        yield self.send(structs.OutputItemDone(item=part))

    def _deltas(self, run: Run) -> Iterator[wire.Step]:
        """What a run of deltas shares is encoded once; each delta is then one formatting."""
        filled, pieces = self._filler.place(run.delta)
        type = structs.type_of(run.delta.__class__)
        head = b'{"type":%b,"sequence_number":' % _encode(type)
        # Quotes inside a JSON string are escaped, so this can only be the field itself.
        middle, field, tail = _encode(filled)[1:].partition(b'"delta":')
        middle, tail = b"," + middle + field, tail[len(b'""') :]
        pieces.extend(part for part in run.parts if isinstance(part, str))
        for part in run.parts:
            if isinstance(part, str):
                payload = b"%b%d%b%b%b" % (head, self._number, middle, _encode(part), tail)
                self._number += 1
                yield wire.Send(payload, type)
            else:
                yield part

    def _send(self, type: str, number: int | None, fields: Json) -> wire.Send:
        numbered = {"sequence_number": self._number if number is None else number}
        self._number += 1
        return wire.Send(_encode({"type": type, **numbered, **fields}), type)

    def _fields(self, event: structs.Numbered) -> Json:
        if isinstance(event, structs.Lifecycle):
            self._state = STATES[type(event)], event.response
            return {"response": msgspec.Raw(self._encoded())}
        if isinstance(event, structs.ErrorEvent):
            self._state = "failed", {"error": _error(event)}
            return {"code": event.code, "message": event.message, "param": event.param}
        return self._filler.fields(event)

    def _encoded(self) -> bytes:
        if self._slim:
            return self._response.brief(*self._state)
        return self._response.encode(*self._state, self._ledger.output)


def _error(event: structs.ErrorEvent) -> Json:
    return {"code": event.code or "server_error", "message": event.message}
