"""A session without a connection: what its server says, judged by the official types."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, get_args

import msgspec
from openai.types.realtime import RealtimeServerEvent
from pydantic import BaseModel

from agent_rehearsal.wire.script import Mark
from mock_realtime import message
from mock_realtime.legality import objections as order
from mock_realtime.session import AnyTurn, Out, Session
from mock_realtime.shape import Shape

Json = dict[str, Any]
UNDOCUMENTED = {
    "session.id",
    "session.object",
    "session.expires_at",
    "usage.input_token_details.cached_tokens_details",
}
"""Fields that the API sends and the package's types do not have."""


def _models() -> dict[str, type[BaseModel]]:
    by_type = {}
    for model in get_args(get_args(RealtimeServerEvent)[0]):
        (name,) = get_args(model.model_fields["type"].annotation)
        by_type[name] = model
    return by_type


OFFICIAL: dict[str, type[BaseModel]] = _models()
"""The package's models of the server's events, by `type`."""


def objections(event: Json) -> list[str]:
    """What the official type of an event says against it. Raises ValidationError."""
    found = OFFICIAL[event["type"]].model_validate(event, strict=True)
    return [path for path in _extra(found, "") if path.lstrip(".") not in UNDOCUMENTED]


def _extra(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from _extra(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _extra(inner, path)


class Told:
    """One session, told event by event; a response is taken in whole unless it is held."""

    def __init__(self, shape: Shape = "v2", *answer: Any) -> None:
        counters: dict[str, count[int]] = {}
        self.session = Session(
            shape,
            lambda prefix: f"{prefix}_{next(counters.setdefault(prefix, count(1))):06}",
            model="gpt-realtime",
            expires_at=1,
            answer=lambda: answer or (message("hi"),),
        )
        self.said: list[Json] = []
        """Everything that the server has said, with event ids."""
        self.held: list[Iterator[Any]] = []
        """Responses that wait at a mark."""

    def open(self) -> list[Json]:
        """The connection opens."""
        return self.take(self.session.opened())

    def tell(self, type: str, **fields: Any) -> list[Json]:
        """The client says something; what the server says to it."""
        return self.take(self.session.receive({"type": type, **fields}))

    def error(self, type: str, **fields: Any) -> Json:
        """The client says something that is refused; the error."""
        (event,) = self.tell(type, **fields)
        assert event["type"] == "error"
        found: Json = event["error"]
        return found

    def types(self, type: str, **fields: Any) -> list[str]:
        """The types of what the server says to an event of the client."""
        return [event["type"] for event in self.tell(type, **fields)]

    def take(self, outs: Iterable[Out]) -> list[Json]:
        """Take what the server says, responses up to their first mark."""
        start = len(self.said)
        for out in outs:
            if isinstance(out, dict):
                self._say(out)
            else:
                self._play(out)
        return self.said[start:]

    def go_on(self) -> list[Json]:
        """Let the response that was held first go on, to its next mark."""
        start = len(self.said)
        self._advance(self.held.pop(0))
        return self.said[start:]

    def _play(self, turn: AnyTurn) -> None:
        self._advance(iter(turn.steps()))

    def _advance(self, steps: Iterator[Any]) -> None:
        for step in steps:
            if isinstance(step, Mark):
                self.held.append(steps)
                return
            self._say(step)

    def _say(self, event: Json) -> None:
        encoded = msgspec.json.encode({"event_id": f"event_{len(self.said)}", **event})
        self.said.append(msgspec.json.decode(encoded))


def legal(told: Told) -> bool:
    """Whether all that the server said is in order, and official."""
    assert order(told.said) == []
    assert [line for event in told.said for line in objections(event)] == []
    return True
