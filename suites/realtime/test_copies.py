"""Responses that are composed once and filled in again: nobody can tell them from the others."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal import delay
from agent_rehearsal.wire.stencil import Filled
from mock_realtime import failed, function_call, handoff, heard, incomplete, message, speech, text
from mock_realtime.conversation import texts
from mock_realtime.copies import EVENT, Copier, copies_of
from mock_realtime.event import identified
from mock_realtime.legality import objections
from mock_realtime.numbers import BLOCK, Numbers, name
from mock_realtime.session import Session
from mock_realtime.turn import Turn

Json = dict[str, Any]
TEXTS = st.text(max_size=8)
PARTS = st.one_of(
    st.lists(TEXTS, min_size=1, max_size=30).map(lambda said: message(*said)),
    st.lists(TEXTS, min_size=1, max_size=3).map(lambda said: text(*said)),
    st.lists(TEXTS | st.binary(max_size=9), min_size=1, max_size=30).map(
        lambda said: speech(*said)
    ),
    TEXTS.map(lambda said: function_call("look", {"for": said})),
    TEXTS.map(lambda said: function_call("look", [said, said], call_id="mine")),
    TEXTS.map(handoff),
)
ANSWERS = st.tuples(
    st.lists(PARTS, max_size=3),
    st.sampled_from([[], [failed("server_error", "no")], [incomplete()]]),
).map(lambda both: (*both[0], *both[1]))
UPDATES = st.sampled_from(
    [
        None,
        {"type": "realtime", "output_modalities": ["text"]},
        {"type": "realtime", "max_output_tokens": 17, "audio": {"output": {"voice": "marin"}}},
        {"type": "realtime", "audio": {"output": {"format": {"type": "audio/pcmu"}}}},
    ]
)
BEFORE = st.lists(TEXTS, max_size=3)
"""What the user said before."""


def begun(answer: tuple[Any, ...], update: Json | None, before: list[str]) -> Session:
    """A session at the point at which a response is asked for."""
    session = Session("v2", Numbers(), model="m", expires_at=1, answer=lambda: answer)
    told = [{"type": "session.update", "session": update}] if update else []
    for said in before:
        item = {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": said}],
        }
        told.append({"type": "conversation.item.create", "item": item})
    for event in told:
        assert all(out["type"] != "error" for out in session.receive(event))  # type: ignore[index]
    return session


def composed(session: Session, answer: tuple[Any, ...], block: int) -> list[bytes]:
    """The messages of a response, made one by one."""
    turn = session.respond(answer)
    assert isinstance(turn, Turn)
    return [
        msgspec.json.encode(identified(event, name(EVENT, block * BLOCK + place)))  # type: ignore[arg-type]
        for place, event in enumerate(turn.steps())
    ]


def each(made: Filled) -> list[bytes]:
    """The messages as the journal tells them apart."""
    data, ends = made.within(b"", b""), [0, *made.ends()]
    return [data[begin:end] for begin, end in pairwise(ends)]


def unframed(data: bytes) -> Iterator[bytes]:
    """The payloads of frames as a server sends them, each a message (RFC 6455, 5.2)."""
    while data:
        assert data[0] == 0x81
        wide = {126: 2, 127: 8}.get(data[1], 0)
        size = int.from_bytes(data[2 : 2 + wide]) if wide else data[1]
        yield data[2 + wide : 2 + wide + size]
        data = data[2 + wide + size :]


def state(session: Session) -> tuple[Any, ...]:
    """What a session knows."""
    talk = session.conversation
    known = (talk.items, talk.order, list(talk.calls), dict(talk.sound), talk.characters)
    return (*known, session.last_response, session.turns(), talk.new_id())


@given(ANSWERS, UPDATES, BEFORE, st.integers(1, 2_000))
def test_a_copy_is_what_would_be_composed(
    answer: tuple[Any, ...], update: Json | None, before: list[str], block: int
) -> None:
    """The same bytes, framed and apart, and a session that knows the same, twice in a row."""
    made, other = begun(answer, update, before), begun(answer, update, before)
    copies = copies_of(made.settings, answer)
    assert copies is not None
    for number in (block, block + 1):
        filled, wanted = copies.make(made, number), composed(other, answer, number)
        assert each(filled) == wanted
        assert list(unframed(filled.framed())) == wanted
        assert (len(filled), filled.size) == (len(wanted), sum(map(len, wanted)))
    assert state(made) == state(other)


def test_a_copy_is_lengthened_where_an_id_is() -> None:
    """Ids of more digits than the first ones had make longer frames."""
    answer = (message("a", "b"),)
    session = begun(answer, None, [])
    copies = copies_of(session.settings, answer)
    assert copies is not None
    for block in (1, 12_345):
        filled = copies.make(session, block)
        assert list(unframed(filled.framed())) == each(filled)
        assert b"event_%03d000" % block in each(filled)[0]


@pytest.mark.parametrize(
    "answer",
    [
        (message("a", delay(1.0)),),
        ({"type": "response.created"},),
        (message("tokens: 987654321"),),
        (message("item_before_stencil"),),
        (message(*["a"] * BLOCK),),
    ],
    ids=["a mark", "an event", "a text like a number", "a text like an id", "too long"],
)
def test_what_cannot_be_copied_is_composed(answer: tuple[Any, ...]) -> None:
    """A response that waits, or that a test tells itself, or that a copy might garble, has none."""
    assert copies_of(begun(answer, None, []).settings, answer) is None


def test_a_response_is_copied_once_it_was_given_often() -> None:
    """Not the first ones; another answer, and other settings, are counted from the start."""
    first, other = (message("a"),), (message("b"),)
    session, copier = begun(first, None, []), Copier(Numbers())

    def ready(*answers: tuple[Any, ...]) -> list[bool]:
        return [copier.ready(session, answer) is not None for answer in answers]

    assert ready(first, first, first) == [False, False, True]
    assert ready(other, other, other) == [False, False, True]
    session.settings.update({"type": "realtime", "output_modalities": ["text"]}, spoken=False)
    assert ready(other, other, other) == [False, False, True]


def test_the_events_of_a_copy_are_in_order() -> None:
    """A session that was answered by copies says what is legal."""
    answer = (message("a", "b"), function_call("f", {}))
    session, copier, said = begun(answer, None, []), Copier(Numbers()), list[Json]()
    said.append({"type": "session.created", "event_id": "event_0", "session": {}})
    for _ in range(5):
        made = copier.ready(session, answer)
        if made is not None:
            said += map(msgspec.json.decode, each(made()))
    assert len([event for event in said if event["type"] == "response.done"]) == 3
    assert objections(said) == []


def test_a_block_of_ids_is_nobody_elses() -> None:
    """Ids taken one by one go on after those taken together, which begin with a number of their
    own.
    """
    numbers = Numbers()
    assert [numbers("event"), numbers.block("event"), numbers("event")] == [
        "event_000001",
        1,
        "event_002000",
    ]
    assert (numbers.block("event"), numbers.block("event")) == (3, 4)
    assert numbers("item") == "item_000001"


ITEM_EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), TEXTS),
        st.tuples(st.just("drop"), st.integers(0, 5)),
        st.tuples(st.just("respond"), TEXTS),
        st.tuples(st.just("truncate"), st.integers(0, 5)),
        st.tuples(st.just("hear"), TEXTS),
    ),
    max_size=12,
)


@given(ITEM_EVENTS)
def test_a_conversation_knows_how_long_it_is(events: list[tuple[str, Any]]) -> None:
    """The characters of its items are counted as they come, change and go."""
    session = begun((), None, [])
    transcription = {"input": {"transcription": {"model": "whisper-1"}, "turn_detection": None}}
    list(session.receive(_update(transcription)))
    talk = session.conversation
    for what, value in events:
        _do(session, what, value)
        assert talk.characters == sum(len(t) for item in talk.items.values() for t in texts(item))


def _update(audio: Json) -> Json:
    return {"type": "session.update", "session": {"type": "realtime", "audio": audio}}


def _do(session: Session, what: str, value: Any) -> None:
    order = session.conversation.order
    id = order[value % len(order)] if isinstance(value, int) and order else "none"
    match what:
        case "say":
            part = {"type": "input_text", "text": value}
            item = {"type": "message", "role": "user", "content": [part]}
            list(session.receive({"type": "conversation.item.create", "item": item}))
        case "drop":
            list(session.receive({"type": "conversation.item.delete", "item_id": id}))
        case "respond":
            list(session.respond((speech(value),)).steps())
        case "truncate":
            where = {"item_id": id, "content_index": 0, "audio_end_ms": 0}
            list(session.receive({"type": "conversation.item.truncate", **where}))
        case "hear":
            list(session.hear(heard(value)))
