"""One session as it is served on a connection: what the parts of a reply are on the wire.

Turns parts into steps. Each event is made when it is about to be sent, and the session is told of
it then.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from agent_rehearsal.journal import Entry
from agent_rehearsal.wire import Player, Send, Step
from agent_rehearsal.wire.service import Socketed
from mock_realtime.beta import in_beta
from mock_realtime.event import Event, identified
from mock_realtime.filling import filled, learn
from mock_realtime.joint import Aside
from mock_realtime.lanes import Lanes
from mock_realtime.parts import Begun, Heard, Part, Usual
from mock_realtime.refusal import Refusal
from mock_realtime.session import AnyTurn, Out, Session

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a server says when a connection is open."""


@dataclass(frozen=True, slots=True)
class Heeded:
    """A message that a test answers itself."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event that a test has written out."""

    event: Mapping[str, Any]


class Served:
    """A session and one of its connections; those of a call share their lanes."""

    __slots__ = ("lanes", "reactive", "session", "talks")

    def __init__(
        self,
        session: Session,
        talks: Socketed,
        lanes: Lanes,
        *,
        reactive: Callable[[], bool],
    ) -> None:
        self.session = session
        self.talks = talks
        self.lanes = lanes
        self.reactive = reactive

    def script(self, entry: Entry, *, aside: bool = False) -> "SessionScript":
        """What turns parts into the steps that answer `entry`; with `aside` its events are for this
        connection alone.
        """
        return SessionScript(self, entry, Aside if aside else Send)

    async def send(self, parts: tuple[Any, ...]) -> None:
        """Send parts now, outside of any reply, and obey their marks."""
        entry = self.talks.entry
        player = Player(self.talks, self.talks.journal, self.talks.conn, entry.seq)
        await player.play(self.script(entry).more(parts))

    async def respond(self, parts: tuple[Any, ...]) -> None:
        """Give a response that nobody asked for, to its end. Raises Refusal."""
        script = self.script(self.talks.entry)
        await asyncio.wait([script.start(self.session.respond(told(parts)))])


class SessionScript:
    """Turns the parts of one reply into steps."""

    def __init__(self, served: Served, entry: Entry, send: type[Send]) -> None:
        self._sent = send
        self._served = served
        self._session = served.session
        self._entry = entry

    def steps(self, parts: Iterable[Any]) -> Iterator[Step]:
        """The steps of a reply; one with something to say is a response, played in its own lane."""
        listed = tuple(parts)
        if any(isinstance(part, Part) for part in listed):
            yield from self._respond(listed)
            return
        for part in listed:
            yield from self._part(part)
            self._served.lanes.tidy()

    more = steps  # a reply here is its parts and nothing around them

    def start(self, turn: AnyTurn) -> "asyncio.Task[None]":
        """Play a response in a lane."""
        served = self._served
        steps = served.script(self._entry)._turn_steps(turn)
        return served.lanes.start(turn, steps, self._entry, served.talks)

    def _respond(self, parts: tuple[Any, ...]) -> Iterator[Step]:
        while parts and isinstance(parts[0], Heeded | Usual):
            yield from self._part(parts[0])
            parts = parts[1:]
        try:
            self.start(self._session.respond(told(parts)))
        except Refusal as refusal:
            yield self._send({"type": "error", "error": refusal.error(self._entry.get("event_id"))})

    def _part(self, part: Any) -> Iterator[Step]:
        match part:
            case Mapping():
                yield self._told(part)
            case Event():
                yield self._told(filled(self._session, part))
            case Opening():
                yield from self._outs(self._session.opened() if self._served.reactive() else ())
            case Usual():
                yield from self._usual()
            case Heeded():
                self._session.heed(self._entry.json)
            case Heard():
                yield from self._outs(self._session.hear(part))
            case Begun():
                yield from self._outs(self._session.hear_begin())
            case _:
                yield part

    def _usual(self) -> Iterator[Step]:
        if self._served.reactive():
            yield from self._outs(self._session.receive(self._entry.json))
        else:
            self._session.heed(self._entry.json)
        self._entry.forget()

    def _outs(self, outs: Iterable[Out]) -> Iterator[Step]:
        for out in outs:
            if not isinstance(out, dict):
                self.start(out)
            elif (event := self._shaped(out)) is not None:
                yield self._send(event)

    def _turn_steps(self, turn: AnyTurn) -> Iterator[Step]:
        for step in turn.steps():
            if isinstance(step, dict):
                event = self._shaped(step)
                if event is not None:
                    yield self._send(event)
            elif isinstance(step, Told):
                yield self._told(step.event)
            elif isinstance(step, Event):
                yield self._told(filled(self._session, step))
            else:
                yield step

    def _shaped(self, event: Json) -> Json | None:
        return in_beta(event) if self._session.shape == "beta" else event

    def _told(self, event: Mapping[str, Any]) -> Send:
        learn(self._session, event)
        return self._send(event)

    def _send(self, event: Mapping[str, Any]) -> Send:
        told = event if "event_id" in event else identified(event, self._session.ids("event"))
        return self._sent(msgspec.json.encode(told), event["type"])


def told(parts: Iterable[Any]) -> tuple[Any, ...]:
    """The parts of a response, in which events that a test has written out are marked as such."""
    return tuple(Told(part) if isinstance(part, Mapping) else part for part in parts)
