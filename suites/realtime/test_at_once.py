"""Messages that are taken as they come in, past the player: which ones may be, and that nobody can
tell.
"""

import asyncio
import json
from base64 import b64encode
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal import Journal, Stage, direction, head, kind, of_type
from agent_rehearsal.journal import FRAMES_IN, Apart
from agent_rehearsal.wire import inflow
from mock_realtime import legality, message
from mock_realtime.appends import plain_appends
from mock_realtime.audio import appended
from mock_realtime.client_events import BufferAppend, parsed
from mock_realtime.copies import Copies
from mock_realtime.refusal import Refusal
from suites.realtime.sockets import open_socket, received
from suites.wire.raw_client import connected, frame, upgrade

Json = dict[str, Any]
MOST = 30
"""Bytes of audio in one event."""
TEMPLATES = (
    '{"type":"input_audio_buffer.append","audio":"%s"}',
    '{"type": "input_audio_buffer.append", "audio": "%s"}',
    ' {"event_id": "event_1-a", "type": "input_audio_buffer.append", "audio": "%s"}',
    '{"audio":"%s","type":"input_audio_buffer.append"}',
    '{"type":"input_audio_buffer.append","audio":"%s","event_id":"a=="}',
    '{"type":"input_audio_buffer.append","audio":"%s"} ',
    '{"type":"input_audio_buffer.append","audio":"%s","more":1}',
    '{"type":"input_audio_buffer.appended","audio":"%s"}',
)
PLAIN = TEMPLATES[:3]
BASE64 = st.binary(max_size=MOST + 6).map(lambda data: b64encode(data).decode())
WRONG = st.text('Aa0+/=-_" \\é', max_size=12)
APPENDS = st.tuples(st.sampled_from(TEMPLATES), BASE64 | WRONG).map(lambda both: both[0] % both[1])
CREATE = '{"type": "response.create"}'


def size_of(text: str) -> int | None:
    """The bytes of audio that a message appends, as it is parsed; None where it appends none."""
    try:
        event = parsed(json.loads(text))
        return appended(event.audio, most=MOST) if isinstance(event, BufferAppend) else None
    except (ValueError, Refusal, TypeError):
        return None


@given(st.lists(APPENDS, max_size=6))
def test_what_is_taken_by_its_bytes_is_an_append(texts: list[str]) -> None:
    """The messages that are taken are appends that are not refused, of as much audio."""
    count, size = plain_appends([text.encode() for text in texts], most=MOST)
    found = [size_of(text) for text in texts[:count]]
    assert None not in found
    assert size == sum(each or 0 for each in found)


@given(st.lists(st.tuples(st.sampled_from(PLAIN), st.binary(max_size=MOST)), max_size=6))
def test_usual_appends_are_taken_by_their_bytes(appends: list[tuple[str, bytes]]) -> None:
    """As clients write them, with an id or without, in any order."""
    texts = [template % b64encode(data).decode() for template, data in appends]
    sizes = [len(data) for _, data in appends]
    assert plain_appends([t.encode() for t in texts], most=MOST) == (len(texts), sum(sizes))


def test_more_audio_than_is_taken_in_one_event_is_left() -> None:
    """The limit is the session's to tell of."""
    text = (PLAIN[0] % b64encode(bytes(MOST + 3)).decode()).encode()
    assert plain_appends([text], most=MOST) == (0, 0)


def append(audio: str) -> bytes:
    """A frame with audio."""
    return frame(1, (PLAIN[0] % audio).encode())


GOOD = append(b64encode(bytes(48)).decode())
"""A millisecond of PCM."""
BURST = (
    GOOD * 2
    + append("no base64")
    + frame(9, b"there?")
    + GOOD
    + frame(1, b'{"type":"input_audio_buffer.commit"}')
    + GOOD * 101
    + frame(1, b'{"type":"input_audio_buffer.commit"}')
)


async def burst(data: bytes, *, early: int = 0) -> list[tuple[str, str, bytes]]:
    """What the journal has of a client that sends all of `data` at once, `early` bytes of it with
    its upgrade.
    """
    async with Stage(strict="warn") as stage, connected(stage) as client:
        await client.send(upgrade() + data[:early])
        await client.head()
        await stage.journal.wait_for(of_type("session.created"))
        await client.send(data[early:])
        await stage.journal.wait_for(of_type("conversation.item.done"))
        return [(e.direction, e.head, e.raw) for e in stage.journal.select(kind("frame"))]


def sides(frames: list[tuple[str, str, bytes]]) -> tuple[list[Any], list[Any]]:
    """What came, and what was said to it; pongs may be early."""
    came = [each for each in frames if each[0] == "in"]
    said = [each for each in frames if each[0] == "out" and each[1] != "pong"]
    return came, said


@pytest.mark.explore
@pytest.mark.parametrize("early", [0, 30, len(GOOD) + 3])
async def test_nobody_can_tell_what_was_taken(early: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Audio between other messages, some of it wrong, is recorded and answered as without the part
    of aiohttp by which messages are taken; also where the client did not wait for the upgrade.
    """
    taken = sides(await burst(BURST, early=early))
    monkeypatch.setattr(inflow, "WebSocketReader", None)
    came, said = sides(await burst(BURST))
    assert taken == (came, said)
    errors = [json.loads(raw)["error"] for _, _, raw in said if b'"error"' in raw]
    assert [error["code"] for error in errors] == [
        "invalid_value",
        "input_audio_buffer_commit_empty",
    ]
    assert len([raw for _, _, raw in came if b"append" in raw]) == 105


CHANGES = (
    '{"type":"session.update","session":{"type":"realtime","instructions":"be brief"}}',
    '{"type":"session.update","event_id":"e1","session":{"type":"other"}}',
    '{"type":"conversation.item.create","item":{"type":"none"}}',
    '{"type": "conversation.item.retrieve", "item_id": "item_000001"}',
    '{"event_id":"e2","type":"conversation.item.delete","item_id":"item_9"}',
    '{"type":"input_audio_buffer.commit"}',
    '{"type":"input_audio_buffer.clear","type":"response.cancel"}',
    '{"type":"input_audio_buffer.clear"',
    '{"type":"input_audio_buffer.clear"} {}',
    '{"type":"unheard.of"}',
)


async def changed() -> list[tuple[str, str, bytes]]:
    """What the journal has of a client that makes all changes, one after the other."""
    async with Stage(strict="warn") as stage, connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        for number, change in enumerate(CHANGES):
            await client.send(frame(1, change.encode()))
            await stage.journal.wait_count(kind("frame") & direction("in"), 2 * number + 1)
            await client.send(frame(1, b'{"type":"input_audio_buffer.clear"}'))
            await stage.journal.wait_count(of_type("input_audio_buffer.cleared"), number + 1)
        return [(e.direction, e.head, e.raw) for e in stage.journal.select(kind("frame"))]


@pytest.mark.explore
async def test_a_change_that_is_acknowledged_at_once_is_as_any(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Changes and what is wrong with them are recorded, answered and numbered as in their turn."""
    taken = await changed()
    monkeypatch.setattr(inflow, "WebSocketReader", None)
    assert sides(taken) == sides(await changed())


@pytest.mark.explore
async def test_a_reply_is_asked_before_audio_is_taken() -> None:
    """A reply that is for audio gets it."""
    async with Stage() as stage, connected(stage) as client:
        stage.realtime.reply({"type": "heard"}, when=of_type("input_audio_buffer.append"))
        await client.send(upgrade())
        await client.head()
        await client.send(GOOD * 2)
        said = await stage.journal.wait_for(of_type("heard"))
    assert said.direction == "out"


async def asked(client: Any, times: int) -> list[Json]:
    """The events of as many answers, one after the other."""
    events: list[Json] = []
    for _ in range(times):
        await client.send(CREATE)
        events += await answer(client)
    return events


async def answer(client: Any) -> list[Json]:
    """The events of an answer."""
    events = [await received(client)]
    while events[-1]["type"] != "response.done":
        events.append(await received(client))
    return events


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Copies]:
    """Filled with what every answer is made of that is given at once."""
    found: list[Copies] = []
    make = Copies.make

    def noted(copies: Copies, *args: Any) -> Any:
        found.append(copies)
        return make(copies, *args)

    monkeypatch.setattr(Copies, "make", noted)
    return found


@pytest.mark.explore
async def test_an_answer_that_was_given_often_is_given_at_once(made: list[Copies]) -> None:
    """Each of its events is a frame and an entry, in order, with ids of its own; to whoever waits
    for an event in the middle of it, it is there.
    """
    async with Stage() as stage, open_socket(stage, compression=None) as client:
        stage.realtime.answer = (message("one ", "two"),)
        events = [await received(client), *await asked(client, 4)]
        waiting = asyncio.create_task(
            stage.journal.wait_count(of_type("response.output_audio_transcript.done"), 5)
        )
        await asyncio.sleep(0)
        events += await asked(client, 1)
        waited = await waiting
        told = stage.journal.select(kind("frame") & direction("out") & head("text"))
    assert len(made) == 1 + 3  # the first was a trial
    assert [entry.json for entry in told] == events
    assert legality.objections(events) == []
    assert all(entry.re == 1 and entry.source == "realtime" for entry in told)
    assert waited[-1].json in events


@pytest.mark.explore
async def test_an_answer_at_once_waits_for_what_is_being_said() -> None:
    """While a greeting is held, or an answer, what comes later is answered later."""
    async with Stage() as stage:
        realtime = stage.realtime
        async with open_socket(stage, compression=None) as client:
            await received(client)
            await asked(client, 3)
        realtime.greet({"type": "session.created"}, held := realtime.gate("held"), {"type": "late"})
        async with open_socket(stage, compression=None) as client:
            await held.reached()
            await client.send(CREATE)
            await realtime.wait_count(of_type("response.create"), 4)
            held.open()
            types = [(await received(client))["type"] for _ in range(3)]
    assert types == ["session.created", "late", "response.created"]


@pytest.mark.explore
async def test_a_request_that_is_stopped_in_one_breath_is_not_answered_at_once() -> None:
    """A cancel that came with the request finds the response, as it does the first time."""
    async with Stage() as stage, connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        for number in range(4):
            await client.send(frame(1, CREATE.encode()))
            await stage.journal.wait_count(of_type("response.done"), number + 1)
        both = frame(1, CREATE.encode()) + frame(1, b'{"type":"response.cancel"}')
        await client.send(both)
        done = await stage.journal.wait_count(of_type("response.done"), 5)
    assert done[-1].get("response.status") == "cancelled"


@pytest.mark.explore
@pytest.mark.parametrize("change", ["a reply", "another answer", "no answers", "an observer"])
async def test_what_a_test_changes_counts_at_once(change: str, made: list[Copies]) -> None:
    """A reply, another answer, a mock that says nothing of its own accord, and whoever is called
    with each entry: the next request meets it.
    """
    async with Stage() as stage, open_socket(stage, compression=None) as client:
        realtime, seen = stage.realtime, list[str | None]()
        await received(client)
        await asked(client, 3)
        assert len(made) == 1 + 1
        match change:
            case "a reply":
                realtime.reply(message("mine"))
            case "another answer":
                realtime.answer = (message("mine"),)
            case "no answers":
                realtime.reactive = False
            case _:
                stage.journal.observe(lambda entry: seen.append(entry.type))
        await client.send(CREATE)
        if change == "no answers":
            realtime.reply({"type": "response.done"}, when=of_type("x"))
            await client.send('{"type": "x"}')
        said = await answer(client)
    assert len(made) == 1 + 1
    assert (len(said) == 1) == (change == "no answers")
    assert ("mine" in json.dumps(said[-1])) == (change in ("a reply", "another answer"))
    assert seen.count("response.done") == (change == "an observer")


def test_an_entry_of_many_is_as_any_other() -> None:
    """A message that was taken with others is parsed, and shown, like one that came alone."""
    journal = Journal(clock=float)
    opened = journal.append("realtime", "open", conn=journal.connection(), direction="in")
    raws = [msgspec.json.encode({"type": f"t{number}"}) for number in range(3)]
    journal.extend(opened, Apart(raws), way=FRAMES_IN)
    alone = [
        journal.append(
            "realtime", "frame", conn=opened.conn, direction="in", head="text", raw=raw, re=1
        )
        for raw in raws
    ]
    together = journal.select(kind("frame"))[:3]
    facts = [(e.kind, e.conn, e.direction, e.head, e.raw, e.re, e.type) for e in together]
    assert facts == [(e.kind, e.conn, e.direction, e.head, e.raw, e.re, e.type) for e in alone]
