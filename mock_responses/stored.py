"""Responses that were composed earlier, read back from what was sent: one object, or its events.

Sans-IO: entries of the journal go in. What was broken off on purpose is whole here, as it is at the
API, which goes on while the client is away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import msgspec

from agent_rehearsal.journal import Entry, Journal, Undecodable
from agent_rehearsal.wire import Send
from mock_responses.compose import STATES
from mock_responses.response import ResponseObject
from mock_responses.shapes import Json
from mock_responses.structs import type_of
from mock_responses.views import CREATE, body_of

STATUS: Final[Mapping[str, str]] = {type_of(event): state for event, state in STATES.items()}
"""The state that the response is in after an event about it."""
ENDED: Final = ("completed", "failed", "incomplete", "cancelled")
"""States in which nothing more happens."""


@dataclass(frozen=True)
class Stored:
    """One response, and the request that it answered."""

    id: str
    request: Entry
    whole: Json | None
    """The object, where it was sent whole."""
    events: tuple[Json, ...]
    """Its events, where it was streamed."""

    @cached_property
    def body(self) -> Mapping[str, Any]:
        """The request."""
        return body_of(self.request)

    def response(self) -> Json:
        """The response object as it stands."""
        return self.whole or folded(self.body, self.id, int(self.request.at), self.events)

    def after(self, number: int) -> list[Send]:
        """The events with a greater sequence number, to be sent again."""
        return [
            Send(msgspec.json.encode(event), str(event.get("type", "")))
            for event in self.events
            if number_of(event) > number
        ]


def folded(body: Mapping[str, Any], id: str, created_at: int, events: Iterable[Json]) -> Json:
    """The response object that events add up to."""
    status = "in_progress"
    given: Json = {}
    done: dict[int, Any] = {}
    for event in events:
        kind = str(event.get("type"))
        if kind in STATUS:
            status, given = STATUS[kind], event.get("response") or {}
        elif kind == "error":
            status, given = "failed", {"error": event.get("error") or _flat(event)}
        elif kind == "response.output_item.done":
            done[event.get("output_index", len(done))] = event.get("item")
    output: list[Any] = given.get("output") or [done[index] for index in sorted(done)]
    made = ResponseObject(body, id=id, created_at=created_at)
    answer: Json = msgspec.json.decode(made.encode(status, {**given, "output": output}, output))
    return answer


def number_of(event: Json) -> int:
    """The sequence number of an event; -1 for one without."""
    number = event.get("sequence_number")
    return number if isinstance(number, int) else -1


def find(journal: Journal, id: str, unsent: Mapping[int, Sequence[bytes]]) -> Stored | None:
    """The response with this id; None for one that was never begun.

    `unsent` are the events that a request's answer was broken off before, by the request's number.
    """
    needle = f'"id":"{id}"'.encode()
    sent = [entry for entry in journal if entry.source == "responses" and entry.direction == "out"]
    for place, entry in enumerate(sent):
        if needle in entry.raw and (found := _json(entry)) is not None and _id(found) == id:
            request = _request(journal, entry)
            if entry.kind == "response":
                return Stored(id, request, found, ())
            rest = [one for one in sent[place:] if one.kind == entry.kind and one.re == entry.re]
            missed = [msgspec.json.decode(payload) for payload in unsent.get(request.seq, ())]
            return Stored(id, request, None, tuple(_events(rest, missed)))
    return None


def _events(sent: Iterable[Entry], missed: Iterable[Json]) -> list[Json]:
    found: list[Json] = []
    for entry in sent:
        if (event := _json(entry)) is not None:
            found.append(event)
            if STATUS.get(str(event.get("type"))) in ENDED:
                return found
    last = max(map(number_of, found), default=-1)
    return [*found, *(event for event in missed if number_of(event) > last)]


def _request(journal: Journal, answer: Entry) -> Entry:
    """What an entry answers: a request, or the last `response.create` before it on its socket."""
    asked = journal.entry(answer.re or 0)
    if answer.kind != "frame":
        return asked
    for entry in journal.select(after=asked):
        if entry.seq >= answer.seq:
            break
        if entry.conn is answer.conn and entry.type == CREATE:
            asked = entry
    return asked


def _json(entry: Entry) -> Json | None:
    try:
        found = entry.json
    except Undecodable:
        return None
    return found if isinstance(found, dict) else None


def _id(found: Json) -> Any:
    inner = found.get("response")
    whole = inner if isinstance(inner, dict) else found
    return whole.get("id") if inner is not None or found.get("object") == "response" else None


def _flat(event: Json) -> Json:
    return {"code": event.get("code") or "server_error", "message": event.get("message")}
