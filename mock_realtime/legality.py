"""The order of the events of one GA session, as a table: what may come when, and what it leads to.

Sans-IO: the server's events as JSON objects go in, objections come out. Each event belongs to a
scope (a response, an item of its output, a part of that item, an item of the conversation), and
each scope is in one state at a time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Json = Mapping[str, Any]
Key = tuple[object, ...]
NOTHING: Final = "nothing"
"""The state of a scope before its first event."""


@dataclass(frozen=True, slots=True)
class Row:
    """When an event may come."""

    scope: Callable[[Json], Key]
    before: frozenset[str]
    """The states of its scope in which it may come."""
    after: str
    """The state that its scope is in then."""


def _session(_: Json) -> Key:
    return ("session",)


def _response(event: Json) -> Key:
    return ("response", event.get("response_id") or (event.get("response") or {}).get("id"))


def _output(event: Json) -> Key:
    return (*_response(event), "item", event.get("output_index"))


def _part(event: Json) -> Key:
    return (*_output(event), "part", event.get("content_index"))


def _sound(event: Json) -> Key:
    return (*_part(event), "sound")


def _item(event: Json) -> Key:
    return ("item", event.get("item_id") or (event.get("item") or {}).get("id"))


def _speech(_: Json) -> Key:
    return ("speech",)


def _row(scope: Callable[[Json], Key], before: str, after: str) -> Row:
    return Row(scope, frozenset(before.split("|")), after)


TABLE: Final[Mapping[str, Row]] = {
    "session.created": _row(_session, NOTHING, "open"),
    "session.updated": _row(_session, "open", "open"),
    "response.created": _row(_response, NOTHING, "open"),
    "response.done": _row(_response, "open", "done"),
    "response.output_item.added": _row(_output, NOTHING, "open"),
    "response.output_item.done": _row(_output, "open|called", "done"),
    "response.content_part.added": _row(_part, NOTHING, "part"),
    "response.content_part.done": _row(_part, "said", "done"),
    "response.output_text.delta": _row(_part, "part", "part"),
    "response.output_text.done": _row(_part, "part", "said"),
    "response.output_audio_transcript.delta": _row(_part, "part", "part"),
    "response.output_audio_transcript.done": _row(_part, "part", "said"),
    "response.output_audio.delta": _row(_sound, NOTHING, NOTHING),
    "response.output_audio.done": _row(_sound, NOTHING, "done"),
    "response.function_call_arguments.delta": _row(_output, "open", "open"),
    "response.function_call_arguments.done": _row(_output, "open", "called"),
    "conversation.item.added": _row(_item, f"{NOTHING}|deleted", "added"),
    "conversation.item.done": _row(_item, "added", "done"),
    "conversation.item.retrieved": _row(_item, "added|done", "done"),
    "conversation.item.truncated": _row(_item, "added|done", "done"),
    "conversation.item.deleted": _row(_item, "added|done", "deleted"),
    "conversation.item.input_audio_transcription.delta": _row(_item, "done", "done"),
    "conversation.item.input_audio_transcription.completed": _row(_item, "done|deleted", "done"),
    "input_audio_buffer.speech_started": _row(_speech, f"{NOTHING}|over", "speaking"),
    "input_audio_buffer.speech_stopped": _row(_speech, "speaking", "over"),
    "input_audio_buffer.cleared": _row(_speech, f"{NOTHING}|over|speaking", "over"),
    "input_audio_buffer.committed": _row(_speech, f"{NOTHING}|over|speaking", "over"),
}
"""An event that is not listed may come whenever it likes."""
TEXTS: Final[Mapping[str, str]] = {
    "response.output_text": "text",
    "response.output_audio_transcript": "transcript",
    "response.function_call_arguments": "arguments",
}
"""Texts that are streamed, and the field that has the whole when it is done."""


class Judge:
    """Follows one session; each event gets the objections to it."""

    def __init__(self) -> None:
        self._states: dict[Key, str] = {("session",): NOTHING}
        self._events: set[object] = set()
        self._said: dict[Key, str] = {}

    def objections(self, event: Json) -> Iterator[str]:
        """What speaks against this event here; it counts all the same."""
        yield from self._numbered(event)
        row = TABLE.get(str(event.get("type")))
        if row is None:
            return
        scope = row.scope(event)
        yield from self._inside(scope, event)
        state = self._states.get(scope, NOTHING)
        if state not in row.before:
            wanted = " or ".join(sorted(row.before))
            yield f"{_name(scope)} is in the state {state!r}; expected {wanted}"
        yield from self._alone(scope, row, event)
        yield from self._whole(scope, event)
        self._states[scope] = row.after

    def _numbered(self, event: Json) -> Iterator[str]:
        id = event.get("event_id")
        if not isinstance(id, str) or id in self._events:
            yield f"its event_id is {id!r}; expected one that was not used before"
        self._events.add(id)

    def _inside(self, scope: Key, event: Json) -> Iterator[str]:
        """An event inside of a response, or of an item, finds that open."""
        for around in (scope[:2], scope[:4]):
            if scope[0] == "response" and len(around) < len(scope):
                state = self._states.get(around, NOTHING)
                if state != "open":
                    yield f"{_name(around)} is in the state {state!r}; expected open"
        previous = event.get("previous_item_id")
        if previous is not None and self._states.get(("item", previous), NOTHING) == NOTHING:
            yield f"its previous_item_id {previous!r} is of no item"

    def _alone(self, scope: Key, row: Row, event: Json) -> Iterator[str]:
        """One response at a time writes to the conversation, and it leaves nothing open."""
        name, response = event.get("type"), event.get("response") or {}
        if name == "response.created" and response.get("conversation_id") is not None:
            if ("active",) in self._states:
                yield f"{self._states[('active',)]} is active"
            self._states[("active",)] = str(scope[1])
        if name == "response.done":
            if self._states.get(("active",)) == scope[1]:
                del self._states[("active",)]
            inside = [key for key in self._states if key[:2] == scope and len(key) == 4]
            still = [key for key in inside if self._states[key] != "done"]
            if still:
                yield f"{', '.join(map(_name, still))} is not done"
            if len(response.get("output") or ()) != len(inside):
                yield f"it lists {len(response.get('output') or ())} items of {len(inside)}"

    def _whole(self, scope: Key, event: Json) -> Iterator[str]:
        prefix, _, last = str(event.get("type")).rpartition(".")
        if prefix not in TEXTS:
            return
        if last == "delta":
            self._said[scope] = self._said.get(scope, "") + str(event.get("delta"))
        elif event.get(TEXTS[prefix]) != self._said.get(scope, ""):
            yield f"its {TEXTS[prefix]} is not what the deltas add up to"


def objections(events: Iterable[Json]) -> list[str]:
    """What is wrong with the events of one session so far: nothing, for legal ones.

    Each objection names the event by its place and type.
    """
    judge = Judge()
    return [
        f"event {place}, {event.get('type')}: {objection}"
        for place, event in enumerate(events)
        for objection in judge.objections(event)
    ]


def _name(key: Key) -> str:
    return " ".join(map(str, key))
