"""The order of the events of one response, as a table: what may come when, and what it leads to.

Sans-IO: events as JSON objects go in, objections come out. Each event belongs to a scope (the
response, one item, one text of it, the course of a call), and each scope is in one state at a time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Json = Mapping[str, Any]
Key = tuple[object, ...]

NOTHING = "nothing"
"""The state of a scope before its first event."""


@dataclass(frozen=True, slots=True)
class Row:
    """When an event may come."""

    scope: Callable[[Json], Key]
    before: frozenset[str]
    """The states of its scope in which it may come."""
    after: str
    """The state that its scope is in then."""
    item: str | None = None
    """The type of the item that it is about; None for any."""


def _response(_: Json) -> Key:
    return ()


def _item(event: Json) -> Key:
    return (event.get("output_index"),)


def _in(name: str, *indices: str) -> Callable[[Json], Key]:
    return lambda event: (*_item(event), name, *(event.get(index) for index in indices))


_CONTENT = _in("content", "content_index")
_SUMMARY = _in("summary", "summary_index")
_TEXT = _in("text")
_COURSE = _in("course")


def _row(scope: Callable[[Json], Key], before: str, after: str, item: str | None = None) -> Row:
    return Row(scope, frozenset(before.split("|")), after, item)


def _texts(prefix: str, scope: Callable[[Json], Key], item: str) -> dict[str, Row]:
    """A text in a part that was announced."""
    return {
        f"{prefix}.delta": _row(scope, "part", "part", item),
        f"{prefix}.done": _row(scope, "part", "said", item),
    }


def _alone(prefix: str, item: str) -> dict[str, Row]:
    """A text that is an item's only one."""
    return {
        f"{prefix}.delta": _row(_TEXT, f"{NOTHING}|begun", "begun", item),
        f"{prefix}.done": _row(_TEXT, f"{NOTHING}|begun", "done", item),
    }


def _course(item: str, *states: str, fails: bool = False) -> dict[str, Row]:
    """The states of a call, each after the one before it."""
    steps = zip((NOTHING, *states), states, strict=False)
    rows = {f"response.{item}.{after}": _row(_COURSE, b, after, item) for b, after in steps}
    if fails:
        rows[f"response.{item}.failed"] = _row(_COURSE, states[-2], "completed", item)
    return rows


TABLE: Final[Mapping[str, Row]] = {
    "response.created": _row(_response, NOTHING, "open"),
    "response.queued": _row(_response, "open", "open"),
    "response.in_progress": _row(_response, "open", "open"),
    "response.completed": _row(_response, "open", "over"),
    "response.failed": _row(_response, "open", "over"),
    "response.incomplete": _row(_response, "open", "over"),
    "error": _row(_response, f"{NOTHING}|open", "over"),
    "response.output_item.added": _row(_item, NOTHING, "open"),
    "response.output_item.done": _row(_item, "open", "done"),
    "response.content_part.added": _row(_CONTENT, NOTHING, "part"),
    "response.content_part.done": _row(_CONTENT, "said", "done"),
    "response.output_text.annotation.added": _row(_CONTENT, "part", "part", "message"),
    "response.reasoning_summary_part.added": _row(_SUMMARY, NOTHING, "part", "reasoning"),
    "response.reasoning_summary_part.done": _row(_SUMMARY, "said", "done", "reasoning"),
    **_texts("response.output_text", _CONTENT, "message"),
    **_texts("response.refusal", _CONTENT, "message"),
    **_texts("response.reasoning_text", _CONTENT, "reasoning"),
    **_texts("response.reasoning_summary_text", _SUMMARY, "reasoning"),
    **_alone("response.function_call_arguments", "function_call"),
    **_alone("response.custom_tool_call_input", "custom_tool_call"),
    **_alone("response.mcp_call_arguments", "mcp_call"),
    **_alone("response.code_interpreter_call_code", "code_interpreter_call"),
    **_course("web_search_call", "in_progress", "searching", "completed"),
    **_course("file_search_call", "in_progress", "searching", "completed"),
    **_course("code_interpreter_call", "in_progress", "interpreting", "completed"),
    **_course("image_generation_call", "in_progress", "generating", "completed"),
    **_course("mcp_call", "in_progress", "completed", fails=True),
    **_course("mcp_list_tools", "in_progress", "completed", fails=True),
    "response.image_generation_call.partial_image": _row(
        _COURSE, "generating", "generating", "image_generation_call"
    ),
    "response.compaction.compacting": _row(_COURSE, NOTHING, "completed", "compaction"),
}
"""An event that is not listed may come whenever the response is open."""

UNFINISHED: Final = frozenset({"part", "said", "begun"})
"""States of a text in which its item may not be done."""
TEXTS: Final[Mapping[str, str]] = {
    "response.output_text": "text",
    "response.refusal": "refusal",
    "response.reasoning_text": "text",
    "response.reasoning_summary_text": "text",
    "response.function_call_arguments": "arguments",
    "response.custom_tool_call_input": "input",
    "response.mcp_call_arguments": "arguments",
    "response.code_interpreter_call_code": "code",
}
"""Texts that are streamed, and the field that has the whole when it is done."""


class Judge:
    """Follows one response; each event gets the objections to it."""

    def __init__(self) -> None:
        self._states: dict[Key, str] = {}
        self._items: dict[object, tuple[object, object]] = {}
        self._said: dict[Key, str] = {}
        self._number = 0

    @property
    def over(self) -> bool:
        """Whether an event has ended the response."""
        return self._states.get(()) == "over"

    def objections(self, event: Json) -> Iterator[str]:
        """What speaks against this event here; it counts all the same."""
        yield from self._misnumbered(event)
        row = TABLE.get(str(event.get("type")))
        scope = row.scope(event) if row else ()
        if scope and self._states.get(()) != "open":
            yield "it comes outside of the response"
        if row is None:
            return
        state = self._states.get(scope, NOTHING)
        if state not in row.before:
            wanted = " or ".join(sorted(row.before))
            yield f"its {_name(scope)} is in the state {state!r}; expected {wanted}"
        yield from self._about_item(event, row, scope)
        yield from self._about_text(event, scope)
        self._states[scope] = row.after

    def _misnumbered(self, event: Json) -> Iterator[str]:
        found = event.get("sequence_number")
        if found != self._number:
            yield f"its sequence_number is {found!r}; expected {self._number}"
        self._number = (found if isinstance(found, int) else self._number) + 1

    def _about_item(self, event: Json, row: Row, scope: Key) -> Iterator[str]:
        if row.after == "over":
            still = [key[0] for key, state in self._states.items() if _is_open(key, state)]
            if still and event.get("type") == "response.completed":
                yield f"the items {still} are not done"
            return
        if not scope:
            return
        index = scope[0]
        if "item" in event:
            yield from self._whole_item(event, index)
            return
        if self._states.get((index,)) != "open":
            yield f"no item {index!r} is open"
        id, type = self._items.get(index, (None, None))
        if event.get("item_id") != id:
            yield f"its item_id is {event.get('item_id')!r}; item {index!r} has {id!r}"
        if row.item not in (None, type):
            yield f"it belongs to a {row.item}; item {index!r} is a {type}"

    def _whole_item(self, event: Json, index: object) -> Iterator[str]:
        identity = event["item"].get("id"), event["item"].get("type")
        if self._items.setdefault(index, identity) != identity:
            yield f"item {index!r} was {self._items[index]}; now it is {identity}"
        if event.get("type") == "response.output_item.done":
            rest = [
                _name(key)
                for key, state in self._states.items()
                if key[:1] == (index,) and state in UNFINISHED
            ]
            if rest:
                yield f"item {index!r} is not whole: {', '.join(rest)}"

    def _about_text(self, event: Json, scope: Key) -> Iterator[str]:
        prefix, _, last = str(event.get("type")).rpartition(".")
        if prefix not in TEXTS:
            return
        if last == "delta":
            self._said[scope] = self._said.get(scope, "") + str(event.get("delta"))
        elif last == "done" and event.get(TEXTS[prefix]) != self._said.get(scope, ""):
            yield f"its {TEXTS[prefix]} is not what the deltas add up to"


def objections(events: Iterable[Json]) -> list[str]:
    """What is wrong with the events of one whole response: nothing, for a legal stream.

    Each objection names the event by its place and type.
    """
    judge = Judge()
    found = [
        f"event {place}, {event.get('type')}: {objection}"
        for place, event in enumerate(events)
        for objection in judge.objections(event)
    ]
    return found if judge.over else [*found, "no event ended the response"]


def _is_open(key: Key, state: str) -> bool:
    return len(key) == 1 and state == "open"


def _name(scope: Key) -> str:
    if len(scope) < 2:
        return f"item {scope[0]!r}" if scope else "response"
    return " ".join(map(str, scope[1:]))
