"""The items of one session: their order, what is known of their sound, the calls that wait.

Values and refusals; no events, no I/O.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from mock_realtime.audio import Encoding, appended
from mock_realtime.refusal import Refusal, read

Json = dict[str, Any]
Ids = Callable[[str], str]
"""Makes an id from its prefix."""
ROOT: Final = "root"
"""As `previous_item_id`: the start of the conversation."""
_CONTENT: Final[Mapping[str, frozenset[str]]] = {
    "user": frozenset({"input_text", "input_audio", "input_image"}),
    "assistant": frozenset({"output_text", "output_audio", "text"}),
    "system": frozenset({"input_text"}),
    "developer": frozenset({"input_text"}),
}
"""Role -> the types of content that its messages may have."""
_FIELDS: Final[Mapping[str, str]] = {
    "input_text": "text",
    "output_text": "text",
    "text": "text",
    "input_image": "image_url",
}
"""Type of content -> the field that it must have."""
_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "message": ("role", "content"),
    "function_call": ("name", "arguments"),
    "function_call_output": ("call_id", "output"),
    "mcp_approval_response": ("approval_request_id", "approve"),
}
"""Type of an item that a client may make -> the fields that it must have."""


class _Shape(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of an item that a client may make."""

    type: str
    id: str | None = None
    role: str | None = None
    status: str | None = None
    content: list[Json] | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    output: str | None = None


class _PartShape(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a part of a message."""

    text: str | None = None
    transcript: str | None = None
    audio: str | None = None
    image_url: str | None = None


class Conversation:
    """The items that both sides know of.

    Ids are the keys of dicts, which are a quarter of a set's size while they are empty.
    """

    __slots__ = ("_made", "_sound", "_used", "calls", "characters", "id", "ids", "items", "order")

    def __init__(self, ids: Ids) -> None:
        self.ids = ids
        self.id = ids("conv")
        self.items: dict[str, Json] = {}
        """By id."""
        self.order: list[str] = []
        self.calls: dict[str, None] = {}
        """The ids of all function calls."""
        self.characters = 0
        """How long the texts of all items are together."""
        self._sound: dict[str, int] = {}
        self._made: dict[str, None] = {}
        self._used: dict[str, None] = {}

    @property
    def last(self) -> str | None:
        """The id of the last item."""
        return self.order[-1] if self.order else None

    @property
    def sound(self) -> Mapping[str, int]:
        """The bytes of speech of each item that has any."""
        return self._sound

    @property
    def spoken(self) -> bool:
        """Whether the model has said something aloud."""
        return bool(self._sound)

    def new_id(self) -> str:
        """An id for an item of ours: one that no item has or had."""
        id = self.ids("item")
        while id in self._used:
            id = self.ids("item")
        self._made[id] = None
        return id

    def create(self, item: Json, previous: str | None) -> tuple[Json, str | None]:
        """Put an item of the client's in; the item as it is now, and the id of the one before it.

        Raises Refusal.
        """
        self._check(item)
        if previous not in (None, ROOT) and previous not in self.items:
            text = f"'previous_item_id': no item has the id {previous!r}."
            raise Refusal("item_create_invalid_previous_item_id", text, param="previous_item_id")
        made = {"object": "realtime.item", "status": "completed", **item}
        made["id"] = made.get("id") or self.new_id()
        if made["type"] == "function_call":
            made["call_id"] = made.get("call_id") or self.ids("call")
        return made, self.note(made, previous)

    def note(self, item: Json, previous: str | None = None) -> str | None:
        """Know of an item, or of its new state; the id of the one before it."""
        id = str(item["id"])
        if id not in self.items:
            place = len(self.order)
            if previous is not None:
                place = 0 if previous == ROOT else self.order.index(previous) + 1
            self.order.insert(place, id)
        self._used[id] = None
        self._keep(id, {**self.items.get(id, {}), **item})
        if item.get("type") == "function_call" and isinstance(item.get("call_id"), str):
            self.calls[item["call_id"]] = None
        at = len(self.order) - 1 if self.order[-1] == id else self.order.index(id)
        return self.order[at - 1] if at else None

    def transcribe(self, id: str, transcript: str) -> None:
        """Know what the user says in an item of sound."""
        item = self.items[id]
        self._keep(id, {**item, "content": [{**item["content"][0], "transcript": transcript}]})

    def find(self, id: str, action: str) -> Json:
        """The item of an id. `action` is what was to be done to it. Raises Refusal."""
        if id not in self.items:
            text = f"'item_id': no item has the id {id!r}."
            raise Refusal(f"item_{action}_invalid_item_id", text, param="item_id")
        return self.items[id]

    def delete(self, id: str) -> None:
        """Forget an item. Raises Refusal."""
        self.find(id, "delete")
        self.drop(id)

    def drop(self, id: str) -> None:
        """Forget an item, if it is known."""
        if id in self.items:
            self._keep(id, {})
            del self.items[id]
            self.order.remove(id)

    def sounded(self, id: str, size: int) -> None:
        """Count bytes of speech of an item."""
        self._sound[id] = self._sound.get(id, 0) + size

    def truncate(self, id: str, part: int, end_ms: int, format: Encoding) -> None:
        """Forget the speech of an item after `end_ms`. Raises Refusal."""
        item = self.find(id, "truncate")
        if id not in self._sound:
            text = f"'item_id': {id!r} is no message that the model has spoken."
            raise Refusal("invalid_value", text, param="item_id")
        if part != 0 or end_ms < 0:
            name = "content_index" if part else "audio_end_ms"
            text = f"'{name}': {part or end_ms} is not in the item {id!r}."
            raise Refusal("invalid_value", text, param=name)
        lasts = format.ms(self._sound[id])
        if end_ms > lasts:
            text = f"'audio_end_ms': {end_ms}; the audio of {id!r} lasts for {lasts} ms only."
            raise Refusal("invalid_value", text, param="audio_end_ms")
        self._sound[id] = end_ms * format.rate * format.width // 1000
        parts = [
            {key: value for key, value in part.items() if key != "transcript"}
            for part in item.get("content") or ()
        ]
        self._keep(id, {**item, "content": parts} if "content" in item else item)

    def _keep(self, id: str, item: Json) -> None:
        if (old := self.items.get(id)) is not None:
            self.characters -= sum(map(len, texts(old)))
        self.characters += sum(map(len, texts(item)))
        self.items[id] = item

    def _check(self, item: Json) -> None:
        shape = read(item, _Shape, "item")
        if shape.type not in _REQUIRED:
            text = f"'item.type': {shape.type!r} is none of {', '.join(_REQUIRED)}."
            raise Refusal("invalid_value", text, param="item.type")
        for name in _REQUIRED[shape.type]:
            if item.get(name) is None:
                text = f"'item.{name}': a {shape.type} needs it."
                raise Refusal("missing_required_parameter", text, param=f"item.{name}")
        if shape.id in self.items or shape.id in self._made:
            text = f"'item.id': there is an item with the id {shape.id!r} already."
            raise Refusal("item_create_duplicate_item_id", text, param="item.id")
        if shape.type == "message":
            _check_message(str(shape.role), shape.content or [])
        if shape.type == "function_call_output" and shape.call_id not in self.calls:
            text = f"'item.call_id': no call has the id {shape.call_id!r}."
            raise Refusal("invalid_tool_call_id", text, param="item.call_id")


def texts(item: Mapping[str, Any]) -> list[str]:
    """What an item says: its texts, transcripts, arguments and outputs."""
    content = item.get("content")
    parts = [part for part in content if isinstance(part, dict)] if type(content) is list else []
    found = [part.get(key) for part in parts for key in ("text", "transcript")]
    found += [item.get("arguments"), item.get("output")]
    return [text for text in found if isinstance(text, str)]


def _check_message(role: str, content: list[Json]) -> None:
    if role not in _CONTENT:
        text = f"'item.role': {role!r} is none of {', '.join(_CONTENT)}."
        raise Refusal("invalid_value", text, param="item.role")
    for place, part in enumerate(content):
        found = part.get("type")
        if not isinstance(found, str) or found not in _CONTENT[role]:
            name = f"item.content[{place}].type"
            text = f"'{name}': {found!r} in a message of the role {role}; expected one of "
            raise Refusal("invalid_value", text + ", ".join(sorted(_CONTENT[role])), param=name)
        _check_part(part, f"item.content[{place}]")


def _check_part(part: Json, place: str) -> None:
    field = _FIELDS.get(part["type"])
    if field is not None and part.get(field) is None:
        name = f"{place}.{field}"
        text = f"'{name}': content of the type {part['type']} needs it."
        raise Refusal("missing_required_parameter", text, param=name)
    read(part, _PartShape, place)
    if part.get("audio") is not None:
        appended(part["audio"], most=len(part["audio"]), param=f"{place}.audio")
