"""A realtime session without a network: any course of it keeps what a session promises."""

from collections import deque
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from codex_core.model_client.websocket import Arrival, Binary, Closed, Lost, Text
from codex_core.protocol import realtime as told
from codex_core.protocol.realtime import AudioFrame
from codex_core.realtime.frames import RESPONSE_CREATE, function_output
from codex_core.realtime.output import COMPLETE, LABEL, SILENT, STEERED, OutputRules, Said
from codex_core.realtime.session import Ending, Session
from codex_core.realtime.wire_v1 import V1
from codex_core.realtime.wire_v2 import HANDOFF_TOOL, NOOP_TOOL, V2
from suites.core.sockets import as_arrival

Json = dict[str, Any]
IDS = st.sampled_from(["r1", "r2", "r3"])
CREATE = {"type": "response.create"}
SPOKE = "input_audio_buffer.speech_started"
BUSY: Json = {"type": "error", "error": {"code": "conversation_already_has_active_response"}}


def handed(handoff_id: str, prompt: str = "go", name: str = HANDOFF_TOOL) -> Arrival:
    call = {"type": "function_call", "name": name, "call_id": handoff_id}
    item = {"id": f"item_{handoff_id}", **call, "arguments": prompt}
    return as_arrival({"type": "conversation.item.done", "item": item})


def response(state: str, response_id: str) -> Arrival:
    event = {"type": f"response.{state}", "response": {"id": response_id}}
    return as_arrival(BUSY if state == "refused" else event)


class Whole(RuleBasedStateMachine):
    """Texts, sound, events, handoffs and turns in any order, then perhaps an end."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(V2(), OutputRules())
        self.sent: list[Json] = []
        self.said: list[str] = []
        self.turns: deque[tuple[str, str]] = deque()
        self.number = 0
        self.errors = 0

    def drain(self) -> None:
        while self.session.frames:
            self.sent.append(self.session.frames.popleft())

    @precondition(lambda self: self.session.ending is None)
    @rule()
    def text(self) -> None:
        self.number += 1
        self.said.append(f"[USER] {self.number}")
        self.session.text("user", str(self.number))
        self.drain()

    @precondition(lambda self: self.session.ending is None)
    @rule()
    def speech(self) -> None:
        self.number += 1
        self.said.append(f"[BACKEND] {self.number}")
        self.session.speech(str(self.number))
        self.drain()

    @rule(state=st.sampled_from(["created", "done", "cancelled", "refused"]), response_id=IDS)
    def response(self, state: str, response_id: str) -> None:
        ended = self.session.ending
        self.session.arrive(response(state, response_id), 0.0)
        assert self.session.ending is ended
        self.drain()

    @rule()
    def handoff(self) -> None:
        """It is either answered at once, or waits for a turn."""
        self.number += 1
        name = f"h{self.number}"
        before = len(self.sent)
        event = self.session.arrive(handed(name), 0.0)
        self.drain()
        acknowledged = any(name in str(frame) for frame in self.sent[before:])
        if event is not None and not acknowledged:
            self.turns.append((name, f"t{self.number}"))
            self.session.handoffs.taken(name, f"t{self.number}")

    @precondition(lambda self: self.turns and self.session.ending is None)
    @rule(aborts=st.booleans())
    def turn(self, *, aborts: bool) -> None:
        """What a turn says goes to its handoff, and its end answers the call, once."""
        name, turn_id = self.turns.popleft()
        handoffs = self.session.handoffs
        if aborts:
            handoffs.aborted(turn_id)
            turn_id = "next"
        assert handoffs.answer(turn_id) == name
        self.number += 1
        self.said.append(f"[BACKEND] {LABEL}{self.number}")
        self.session.output(Said(text=str(self.number), handoff_id=name))
        assert handoffs.complete(turn_id) == (name, True)
        self.session.finish(name, answered=True)
        self.drain()
        assert handoffs.complete(turn_id) is None

    @rule(
        arrival=st.sampled_from(
            [Binary(), Closed(1000, ""), Lost(""), Lost("reset"), Text(b'{"type":"error"}')]
        )
    )
    def arrive(self, arrival: Arrival) -> None:
        ended = self.session.ending
        assert self.session.arrive(arrival, 0.0) is None
        assert ended is None or self.session.ending is ended

    @invariant()
    def no_text_is_lost(self) -> None:
        texts = [frame["item"]["content"][0]["text"] for frame in self.sent if _is_text(frame)]
        assert texts == self.said

    @invariant()
    def no_call_is_answered_twice(self) -> None:
        answered = [frame["item"]["call_id"] for frame in self.sent if _is_output(frame)]
        assert len(answered) == len(set(answered))

    @invariant()
    def nothing_is_left_to_send_after_the_end(self) -> None:
        assert not self.session.frames


TestWhole = Whole.TestCase


def _is_text(frame: Json) -> bool:
    return "content" in frame.get("item", {})


def _is_output(frame: Json) -> bool:
    return "call_id" in frame.get("item", {})


ENDS: list[tuple[Arrival, Ending]] = [
    (Closed(1000, "bye"), Ending(reason="transport_closed")),
    (Lost(""), Ending(reason="transport_closed")),
    (Binary(), Ending(reason="error", error="unexpected binary realtime websocket event")),
    (Text(b'{"type":"error","message":"boom"}'), Ending(reason="error", error="boom")),
    (
        Lost("reset"),
        Ending(
            reason="error",
            error="stream disconnected before completion: failed to read websocket message: reset",
        ),
    ),
]


@pytest.mark.parametrize(("arrival", "ending"), ENDS)
def test_how_a_session_ends(arrival: Arrival, ending: Ending) -> None:
    """Once; what comes later changes nothing and is not told."""
    session = Session(V2(), OutputRules())
    session.arrive(arrival, 0.0)
    session.arrive(Binary(), 0.0)
    assert session.ending == ending
    assert session.arrive(response("created", "r"), 0.0) is None
    assert session.end(Ending(reason="requested")) is False


def test_a_second_handoff_on_v2_steers() -> None:
    """Its call is answered at once, and a response is asked for."""
    session = Session(V2(), OutputRules())
    session.arrive(handed("h1"), 0.0)
    session.arrive(handed("h2"), 0.0)
    outputs = [frame["item"]["output"] for frame in session.frames if _is_output(frame)]
    assert outputs == [STEERED]
    assert session.frames[-1] == CREATE


OUTPUTS: list[tuple[OutputRules, Said, Any, Any]] = [
    (
        OutputRules(),
        Said(text="a", handoff_id="h"),
        ("h", f"{LABEL}a"),
        f"[BACKEND] {LABEL}a",
    ),
    (
        OutputRules(labelled=False),
        Said(text="a", handoff_id="h"),
        ("h", f"{LABEL}a"),
        "[BACKEND] a",
    ),
    (OutputRules(), Said(text="a"), ("codex", "a"), "[BACKEND] a"),
    (
        OutputRules(),
        Said(text="a", handoff_id=""),
        ("", f"{LABEL}a"),
        f"[BACKEND] {LABEL}a",
    ),
    (
        OutputRules(labelled=False),
        Said(text="a", follows_up=True),
        ("codex", f"{LABEL}a"),
        "[BACKEND] a",
    ),
    (
        OutputRules(handoff_prefix="P", labelled=False),
        Said(text="a", phase="commentary", handoff_id="h"),
        ("h", "P\n\na"),
        "[BACKEND] a",
    ),
    (
        OutputRules(handoff_prefix="P", labelled=False),
        Said(text="a", phase="final_answer", handoff_id="h"),
        ("h", "a"),
        "[BACKEND] a",
    ),
    (
        OutputRules(handoff_prefix="", labelled=False),
        Said(text="a", phase="commentary", handoff_id="h"),
        ("h", "a"),
        "[BACKEND] a",
    ),
]


@pytest.mark.parametrize(("rules", "said", "v1", "v2"), OUTPUTS)
def test_how_the_agent_s_messages_go_back(
    rules: OutputRules, said: Said, v1: tuple[str, str], v2: str
) -> None:
    """Labelled for a handoff, or after the prefix in its place."""
    frame = rules.frame(V1(), said)
    assert (frame["handoff_id"], frame["output_text"]) == v1
    assert rules.frame(V2(), said)["item"]["content"][0]["text"] == v2


@pytest.mark.parametrize(("handoff_id", "count"), [(None, 0), ("h", 1), ("", 1)])
def test_a_blank_message_goes_back_to_a_handoff_only(handoff_id: str | None, count: int) -> None:
    """Without one there is nothing to speak of."""
    session = Session(V1(), OutputRules())
    session.output(Said(text=" ", handoff_id=handoff_id))
    assert len(session.frames) == count


def test_the_end_of_a_handoff_comes_before_the_request_for_a_response() -> None:
    """On v1 there is neither."""
    session = Session(V2(), OutputRules())
    session.finish("h", answered=True)
    assert [frame.get("item", frame).get("output") for frame in session.frames] == [COMPLETE, None]
    quiet = Session(V1(), OutputRules())
    quiet.finish("h", answered=True)
    assert not quiet.frames


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (OutputRules(), [function_output("h", SILENT), dict(RESPONSE_CREATE)]),
        (OutputRules(as_items=True), [function_output("h", "")]),
        (OutputRules(client_managed=True), []),
        (OutputRules(answers_all=False), []),
    ],
    ids=["said so", "as items", "by the client", "left open"],
)
def test_a_handoff_to_which_nothing_went_back(rules: OutputRules, told: list[Json]) -> None:
    """Its call is answered all the same, so that the model does not wait, but as the reference."""
    session = Session(V2(), rules)
    session.finish("h", answered=False)
    assert list(session.frames) == told
    quiet = Session(V1(), rules)
    quiet.finish("h", answered=False)
    assert not quiet.frames


@pytest.mark.parametrize(("answers_all", "told"), [(True, [function_output("c", "")]), (False, [])])
def test_a_call_that_hands_nothing_over(told: list[Json], *, answers_all: bool) -> None:
    """It is answered with nothing, but as the reference; the next one steers nothing either way."""
    session = Session(V2(), OutputRules(answers_all=answers_all))
    session.arrive(handed("c", prompt=""), 0.0)
    assert list(session.frames) == told
    assert session.handoffs.request("d") is True


def sound(samples: int, item_id: str | None = None) -> Arrival:
    return as_arrival(
        {
            "type": "response.output_audio.delta",
            "delta": "AQID",
            "samples_per_channel": samples,
            "item_id": item_id,
        }
    )


SPEECH: list[tuple[list[Arrival], str | None, list[tuple[str, int]]]] = [
    ([sound(480, "a"), sound(480, "a")], None, [("a", 40)]),
    ([sound(480, "a"), sound(240, "b")], "b", [("b", 10)]),
    ([sound(480, "a")], "other", []),
    ([sound(480)], None, []),
    ([sound(1, "a")], None, []),
    ([sound(480, "a"), response("done", "r")], None, []),
    ([sound(480, "a"), response("cancelled", "r")], None, []),
    ([sound(480, "a"), response("created", "r")], None, [("a", 20)]),
    ([sound(480, "a"), handed("h")], None, []),
    ([sound(480, "a"), handed("h", name=NOOP_TOOL)], None, []),
]


@pytest.mark.parametrize(("arrivals", "item_id", "expected"), SPEECH)
def test_speech_cuts_off_what_plays(
    arrivals: list[Arrival], item_id: str | None, expected: list[tuple[str, int]]
) -> None:
    """By as much as came of the last item, unless it is over."""
    session = Session(V2(), OutputRules())
    for arrival in arrivals:
        session.arrive(arrival, 0.0)
    session.arrive(as_arrival({"type": SPOKE, "item_id": item_id}), 0.0)
    cuts = [f for f in session.frames if f["type"] == "conversation.item.truncate"]
    assert [(f["item_id"], f["audio_end_ms"]) for f in cuts] == expected


HEARD: list[tuple[list[tuple[float, Arrival]], float, list[tuple[str, int]]]] = [
    ([(10.0, sound(48_000, "a"))], 10.5, [("a", 500)]),
    ([(10.0, sound(48_000, "a"))], 10.0, [("a", 0)]),
    ([(10.0, sound(48_000, "a")), (10.1, response("done", "r"))], 11.5, [("a", 1_500)]),
    ([(10.0, sound(48_000, "a")), (10.1, handed("h"))], 11.5, [("a", 1_500)]),
    ([(10.0, sound(48_000, "a"))], 12.0, []),
    ([(10.0, sound(24_000, "a")), (12.0, sound(24_000, "a"))], 12.5, [("a", 1_500)]),
    ([(10.0, sound(24_000, "a")), (10.0, sound(24_000, "b"))], 10.5, [("b", 0)]),
    ([(10.0, sound(48_000, "a")), (10.1, response("cancelled", "r"))], 10.5, []),
]


@pytest.mark.parametrize(("arrivals", "at", "expected"), HEARD)
def test_speech_cuts_off_what_plays_at_what_was_heard(
    arrivals: list[tuple[float, Arrival]], at: float, expected: list[tuple[str, int]]
) -> None:
    """While it plays, be its response over; the server names the user's item, not that one."""
    session = Session(V2(), OutputRules(), playback_aware=True)
    for when, arrival in arrivals:
        session.arrive(arrival, when)
    session.arrive(as_arrival({"type": SPOKE, "item_id": "item_of_the_user"}), at)
    cuts = [f for f in session.frames if f["type"] == "conversation.item.truncate"]
    assert [(f["item_id"], f["audio_end_ms"]) for f in cuts] == expected


def test_the_microphone_while_something_plays() -> None:
    """Quiet sound is held back until the end, or until the user spoke up."""
    quiet, loud = AudioFrame(data="AQABAA=="), AudioFrame(data="AEAAQA==")
    session = Session(V2(), OutputRules(), playback_aware=True)
    session.arrive(sound(48_000), 10.0)
    assert [session.admits(quiet, at) for at in (10.0, 11.9, 12.0)] == [False, False, True]
    assert session.admits(loud, 10.5)
    assert [session.admits(quiet, at) for at in (11.0, 11.5)] == [True, False]
    session.arrive(as_arrival({"type": SPOKE}), 11.5)
    assert session.admits(quiet, 11.5)
    plain = Session(V1(), OutputRules(), playback_aware=True)
    assert plain.admits(quiet, 0.0)


def test_what_is_told_of_a_handoff_has_the_transcript() -> None:
    """As it was when the handoff came."""
    session = Session(V2(), OutputRules())
    transcribed = "conversation.item.input_audio_transcription.completed"
    session.arrive(as_arrival({"type": transcribed, "transcript": "hello"}), 0.0)
    event = session.arrive(handed("h", "go"), 0.0)
    assert isinstance(event, told.HandoffRequested)
    assert [entry.text for entry in event.active_transcript] == ["hello", "go"]
