"""One response of the GA API from its beginning to its end, as the events that make it up.

Sans-IO: events are made one by one, when they are about to be sent, so that a response which is
stopped says nothing more. What it is made of are the parts of `parts`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from agent_rehearsal.wire.script import Mark
from mock_realtime.audio import to_base64
from mock_realtime.client_events import ResponseOptions
from mock_realtime.conversation import Conversation
from mock_realtime.event import Event
from mock_realtime.parts import (
    HANDOFF_TOOL,
    Ending,
    FunctionCall,
    Handoff,
    Message,
    function_call,
)
from mock_realtime.response import response, usage
from mock_realtime.settings import SessionSettings

Json = dict[str, Any]
Step = Json | Event | Mark
SILENCE_MS: Final = 20
"""How long a text is spoken where a test gives no sound."""


class Open:
    """The item that is being said."""

    def __init__(self, item: Json, index: int, *, speaks: bool = False) -> None:
        self.item = item
        self.index = index
        self.speaks = speaks
        self.said: list[str] = []

    @property
    def text(self) -> str:
        """What was said so far."""
        return "".join(self.said)


class Turn:
    """A response; `over` once nothing more can come of it."""

    def __init__(
        self,
        settings: SessionSettings,
        conversation: Conversation,
        parts: Iterable[Any],
        options: ResponseOptions | None = None,
    ) -> None:
        self.id = conversation.ids("resp")
        self.options = options or ResponseOptions()
        self.alone = self.options.conversation == "none"
        """Whether it stays out of the conversation; several such may be active at once."""
        self.begun = False
        self.over = False
        self.open: Open | None = None
        self._settings = settings
        self._conversation = conversation
        self._parts = tuple(parts)
        self._output: list[Json] = []
        self._context = conversation.characters
        self._text: list[str] = []
        self._sound = 0

    @property
    def speaks(self) -> bool:
        """Whether its messages are spoken where a test does not say."""
        asked = self.options.output_modalities
        return self._settings.speaks if asked is None else "audio" in asked

    def steps(self) -> Iterator[Step]:
        """Its events and the marks between them, until its end or until it is stopped."""
        for step in self._all():
            yield step
            if self.over:
                return

    def stop(self, reason: str) -> list[Json]:
        """The events with which it ends early: `client_cancelled` or `turn_detected`."""
        begin = [] if self.begun else [self._created()]
        rest = self._close("incomplete")
        return [*begin, *rest, self._done("cancelled", {"reason": reason})]

    def _all(self) -> Iterator[Step]:
        for part in self._parts:
            if not self.begun and not isinstance(part, Mark):
                yield self._created()
            if isinstance(part, Ending):
                yield self._done(part.status, part.details)
                return
            yield from self._part(part)
        if not self.begun:
            yield self._created()
        yield self._done("completed", None)

    def _part(self, part: Any) -> Iterator[Step]:
        match part:
            case Message():
                yield from self._message(part)
            case FunctionCall():
                yield from self._call(part)
            case Handoff():
                tool = function_call(HANDOFF_TOOL, {"prompt": part.prompt}, call_id=part.id)
                yield from self._call(tool)
            case _:
                yield part

    def _message(self, part: Message) -> Iterator[Step]:
        speaks = self.speaks if part.speaks is None else part.speaks
        item: Json = {"type": "message", "role": "assistant", "content": []}
        yield from self._begin(item, speaks=speaks)
        yield self._in_part("response.content_part.added", part=self._shown(""))
        silent = speaks and not any(isinstance(piece, bytes) for piece in part.pieces)
        for piece in part.pieces:
            if isinstance(piece, Mark):
                yield piece
            elif isinstance(piece, bytes):
                yield self._audio(piece)
            else:
                yield self._delta(piece)
                if silent:
                    yield self._audio(self._settings.output_format.silent(SILENCE_MS))
        yield from self._close("completed")

    def _call(self, part: FunctionCall) -> Iterator[Step]:
        call_id = part.call_id or self._conversation.ids("call")
        item: Json = {"type": "function_call", "name": part.name, "call_id": call_id}
        yield from self._begin({**item, "arguments": ""})
        for piece in part.pieces:
            if isinstance(piece, Mark):
                yield piece
            else:
                self._note(piece)
                name = "response.function_call_arguments.delta"
                yield self._in_item(name, call_id=call_id, delta=piece)
        yield from self._close("completed")

    def _begin(self, fields: Json, *, speaks: bool = False) -> Iterator[Json]:
        """Announce an item."""
        id = self._conversation.new_id()
        item = {"id": id, "object": "realtime.item", "status": "in_progress", **fields}
        self.open = Open(item, len(self._output), speaks=speaks)
        self._output.append(item)
        shown = dict(item)
        yield self._in_response("response.output_item.added", item=shown)
        if not self.alone:
            previous = self._conversation.note(shown)
            yield {
                "type": "conversation.item.added",
                "previous_item_id": previous,
                "item": shown,
            }

    def _close(self, status: str) -> list[Json]:
        """The events that end the open item, if there is one."""
        if self.open is None:
            return []
        item, text = self.open.item, self.open.text
        found = self._said_events() if item["type"] == "message" else [self._called_event()]
        item["status"] = status
        if item["type"] == "message":
            kind, field = ("audio", "transcript") if self.open.speaks else ("text", "text")
            item["content"] = [{"type": f"output_{kind}", field: text}]
        else:
            item["arguments"] = text
        if item["id"] in self._conversation.items:
            previous = self._conversation.note(item)
            found.append(
                {"type": "conversation.item.done", "previous_item_id": previous, "item": item}
            )
        found.append(self._in_response("response.output_item.done", item=item))
        self.open = None
        return found

    def _said_events(self) -> list[Json]:
        assert self.open is not None
        text = self.open.text
        part = self._in_part("response.content_part.done", part=self._shown(text))
        if not self.open.speaks:
            return [self._in_part("response.output_text.done", text=text), part]
        return [
            self._in_part("response.output_audio.done"),
            self._in_part("response.output_audio_transcript.done", transcript=text),
            part,
        ]

    def _called_event(self) -> Json:
        assert self.open is not None
        item, name = self.open.item, "response.function_call_arguments.done"
        said = {"name": item["name"], "arguments": self.open.text}
        return self._in_item(name, call_id=item["call_id"], **said)

    def _delta(self, text: str) -> Json:
        self._note(text)
        spoken = self.open is not None and self.open.speaks
        kind = "output_audio_transcript" if spoken else "output_text"
        return self._in_part(f"response.{kind}.delta", delta=text)

    def _audio(self, data: bytes) -> Json:
        assert self.open is not None
        self._sound += len(data)
        self._conversation.sounded(self.open.item["id"], len(data))
        return self._in_part("response.output_audio.delta", delta=to_base64(data))

    def _note(self, text: str) -> None:
        assert self.open is not None
        self.open.said.append(text)
        self._text.append(text)

    def _shown(self, text: str) -> Json:
        spoken = self.open is not None and self.open.speaks
        return {"type": "audio", "transcript": text} if spoken else {"type": "text", "text": text}

    def _in_response(self, type: str, **fields: Any) -> Json:
        index = self.open.index if self.open else 0
        return {"type": type, "response_id": self.id, "output_index": index, **fields}

    def _in_item(self, type: str, **fields: Any) -> Json:
        assert self.open is not None
        return self._in_response(type, item_id=self.open.item["id"], **fields)

    def _in_part(self, type: str, **fields: Any) -> Json:
        return self._in_item(type, content_index=0, **fields)

    def _created(self) -> Json:
        self.begun = True
        return {"type": "response.created", "response": self._object("in_progress")}

    def _done(self, status: str, details: Mapping[str, Any] | None) -> Json:
        self.over = True
        spent = usage(self._context, "".join(self._text), self._sound, self._settings.output_format)
        object_ = self._object(status, output=self._output, details=details, usage=spent)
        return {"type": "response.done", "response": object_}

    def _object(self, status: str, **fields: Any) -> Json:
        return response(
            self.id,
            status,
            settings=self._settings,
            options=self.options,
            speaks=self.speaks,
            conversation=None if self.alone else self._conversation.id,
            **fields,
        )
