"""What the model of a v1 session says, as the events that make it up: v1 tells of no responses.

Sans-IO, made one by one as in `turn`.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from agent_rehearsal.wire.script import Mark
from mock_realtime.audio import to_base64
from mock_realtime.conversation import Conversation
from mock_realtime.event import Event
from mock_realtime.parts import Ending, FunctionCall, Handoff, Message

Json = dict[str, Any]
Step = Json | Event | Mark
_WIDTH: Final = 2


class V1Turn:
    """Something the model says; `over` once nothing more can come of it."""

    alone = True
    """v1 has no rule of one response at a time."""

    def __init__(self, conversation: Conversation, parts: Iterable[Any], *, rate: int) -> None:
        self.id = conversation.ids("resp")
        self.over = False
        self._conversation = conversation
        self._parts = tuple(parts)
        self._rate = rate

    def steps(self) -> Iterator[Step]:
        """Its events and the marks between them, until its end or until it is stopped."""
        for part in self._parts:
            for step in self._part(part):
                yield step
                if self.over:
                    return
        self.over = True

    def stop(self, reason: str) -> list[Json]:
        """Say nothing more."""
        self.over = True
        return []

    def _part(self, part: Any) -> Iterator[Step]:
        match part:
            case Message():
                yield from self._message(part)
            case Handoff():
                yield self._handoff(part.prompt, part.id)
            case FunctionCall():
                prompt = "".join(piece for piece in part.pieces if isinstance(piece, str))
                yield self._handoff(prompt, part.call_id)
            case Ending():
                yield {"type": "error", "error": part.details.get("error", dict(part.details))}
            case _:
                yield part

    def _message(self, part: Message) -> Iterator[Step]:
        said: list[str] = []
        for piece in part.pieces:
            if isinstance(piece, Mark):
                yield piece
            elif isinstance(piece, bytes):
                yield self._audio(piece)
            else:
                said.append(piece)
                yield {"type": "conversation.output_transcript.delta", "delta": piece}
        content = [{"type": "output_text", "text": "".join(said)}]
        item = self._item({"type": "message", "role": "assistant", "content": content})
        yield {"type": "conversation.item.added", "item": item}
        yield {"type": "conversation.item.done", "item": item}

    def _handoff(self, prompt: str, id: str | None) -> Json:
        return {
            "type": "conversation.handoff.requested",
            "handoff_id": id or self._conversation.ids("handoff"),
            "item_id": self._conversation.new_id(),
            "input_transcript": prompt,
        }

    def _audio(self, data: bytes) -> Json:
        return {
            "type": "conversation.output_audio.delta",
            "delta": to_base64(data),
            "sample_rate": self._rate,
            "channels": 1,
            "samples_per_channel": len(data) // _WIDTH,
        }

    def _item(self, fields: Json) -> Json:
        item = {"id": self._conversation.new_id(), **fields}
        self._conversation.note(item)
        return item
