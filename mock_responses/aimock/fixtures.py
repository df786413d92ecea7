"""Fixtures as replies: a rule for each, of which the one that aimock would choose holds.

The order of a file decides there, and counts of what was answered; here conditions do. So the
condition of each rule asks all fixtures at once and holds if its own is the chosen one. It counts
less than no clause at all: whatever reply a test or a scenario gives comes before the fixtures.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from agent_rehearsal.journal import Clause, Entry, Predicate
from agent_rehearsal.wire import ALWAYS, Conversation, Rule, delay
from mock_responses.aimock.choosing import choose
from mock_responses.aimock.conditions import Condition, conditions_of
from mock_responses.aimock.history import History, history_of
from mock_responses.aimock.problems import Problem
from mock_responses.aimock.replies import CallIds, answer_of, events_of
from mock_responses.aimock.schema import Fixture
from mock_responses.aimock.timing import paced
from mock_responses.mock import MockResponses
from mock_responses.parts import stream


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loaded:
    """One fixture and where it stands: `chats.json fixtures[2]`."""

    name: str
    fixture: Fixture
    conditions: tuple[Condition, ...]
    """What a request must say."""
    turn: int | None
    """How many messages the assistant should have said."""
    sequence: bytes | None
    """What it shares with those that answer before and after it; None if it is in no sequence."""
    place: int | None
    """Its place there, from 0."""


def loaded(name: str, fixture: Fixture) -> Loaded:
    """A fixture, ready to be asked."""
    match = fixture.match
    place, turn = match.sequence_index, match.turn_index
    shared = msgspec.json.encode(msgspec.structs.replace(match, sequence_index=UNSET))
    return Loaded(
        name=name,
        fixture=fixture,
        conditions=conditions_of(match),
        turn=None if isinstance(turn, UnsetType) else turn,
        sequence=None if isinstance(place, UnsetType) else shared,
        place=None if isinstance(place, UnsetType) else place,
    )


class Fixtures:
    """The fixtures of some files, in order."""

    def __init__(self, fixtures: Sequence[Loaded], left_out: Sequence[Problem]) -> None:
        self._fixtures = tuple(fixtures)
        self.left_out = tuple(left_out)
        """What the files have that no reply of this API can show; the rest is served."""

    def __len__(self) -> int:
        return len(self._fixtures)

    def reply_on(self, responses: MockResponses) -> list[Rule]:
        """Let the fixtures answer what no other reply of `responses` does; a rule for each."""
        cast = Cast(self._fixtures)
        return [cast.add(fixture, responses.reply) for fixture in self._fixtures]


class Cast:
    """Fixtures at work on one server: it remembers how often each has answered."""

    def __init__(self, fixtures: Sequence[Loaded]) -> None:
        self._fixtures = fixtures
        self._sequences: dict[bytes | None, list[Rule]] = {}
        self._calls = count(1)
        self._asked: tuple[Entry, Loaded | None] | None = None

    def add(self, fixture: Loaded, reply: Callable[..., Rule]) -> Rule:
        """A rule for one of the fixtures."""
        play = self._player(fixture.fixture)
        rule = reply(play, when=Chosen(self, fixture), times=ALWAYS, name=fixture.name)
        self._sequences.setdefault(fixture.sequence, []).append(rule)
        return rule

    def chosen(self, entry: Entry) -> Loaded | None:
        """The fixture that answers `entry`; asked by every rule, worked out once."""
        if self._asked is None or self._asked[0] is not entry:
            self._asked = entry, self._choose(history_of(entry))
        return self._asked[1]

    def early(self, fixture: Loaded) -> str | None:
        """Why it is not the turn of a fixture in its sequence; None if it is, or has none."""
        answered = sum(len(rule.answered) for rule in self._sequences.get(fixture.sequence, ()))
        if fixture.place in (None, answered):
            return None
        return f"{answered} of its sequence have been given"

    def _choose(self, history: History) -> Loaded | None:
        fitting = [
            fixture
            for fixture in self._fixtures
            if not any(condition.miss(history) for condition in fixture.conditions)
            and self.early(fixture) is None
        ]
        place = choose([fixture.turn for fixture in fitting], history.turn)
        return None if place is None else fitting[place]

    def _player(self, fixture: Fixture) -> Callable[[Conversation], Awaitable[Any]]:
        async def play(talk: Conversation) -> Any:
            entry = talk.request.entry
            # A frame is streamed to whatever it says.
            streamed = entry.kind == "frame" or bool(entry.get("stream"))
            return parts_of(fixture, self._call_id, streamed=streamed)

        return play

    def _call_id(self) -> str:
        return f"call_{next(self._calls):08}"


class Chosen(Predicate):
    """A request that one fixture is chosen for, among all that fit."""

    __slots__ = ("_cast", "_fixture")

    def __init__(self, cast: Cast, fixture: Loaded) -> None:
        self._cast = cast
        self._fixture = fixture

    def __call__(self, entry: Entry) -> bool:
        return self._cast.chosen(entry) is self._fixture

    def explain(self, entry: Entry) -> tuple[Clause, ...]:
        history = history_of(entry)
        own = [_clause(repr(each), each.miss(history)) for each in self._fixture.conditions]
        if self._fixture.place is not None:
            text = f"sequenceIndex={self._fixture.place}"
            own.append(_clause(text, self._cast.early(self._fixture)))
        return tuple(own)

    @property
    def specificity(self) -> int:
        return -1

    def __repr__(self) -> str:
        return f"fixture({', '.join(map(repr, self._fixture.conditions))})"


def _clause(text: str, miss: str | None) -> Clause:
    return Clause(text, met=miss is None, detail=miss or "", closeness=0.3 if miss else 1.0)


def parts_of(fixture: Fixture, call_ids: CallIds, *, streamed: bool) -> tuple[Any, ...]:
    """What is sent: a whole error, or events, which only a stream has pauses and breaks between."""
    latency = fixture.chaos.latency_ms
    lead = (delay(latency / 1000),) if latency else ()
    answer = answer_of(fixture.response)
    if answer is not None:
        return (*lead, answer)
    events = events_of(fixture, call_ids)
    return (stream(*lead, *(paced(fixture, events) if streamed else events)),)
