"""The chain of responses of one connection, as a state machine over journal entries."""

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal import Connection, Entry, Journal
from mock_responses.continuation import Continuation
from suites.responses.sockets import Json, user

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
IDS = st.sampled_from(["a", "b"])
TYPES = st.sampled_from(
    [
        "response.created",
        "response.output_item.done",
        "response.completed",
        "response.failed",
        "response.incomplete",
        "error",
    ]
)
EVENTS = st.fixed_dictionaries(
    {"type": TYPES | VALUES},
    optional={"response": VALUES | st.fixed_dictionaries({"id": IDS | VALUES}), "item": VALUES},
)
ASKED = st.fixed_dictionaries(
    {"type": st.just("response.create")},
    optional={"input": VALUES, "previous_response_id": IDS | VALUES, "store": VALUES},
)


class Wire:
    """A connection whose entries go into a chain."""

    def __init__(self) -> None:
        self.journal = Journal(clock=lambda: 0.0)
        self.conn: Connection = self.journal.connection()
        self.chain = Continuation()

    def asked(self, body: Json) -> Entry:
        """A request."""
        entry = self._append("in", "text", json.dumps(body).encode())
        self.chain.asked(entry)
        return entry

    def sent(self, event: Any, *cuts: int) -> None:
        """An event, divided at these places."""
        data = json.dumps(event).encode()
        places = [0, *sorted({cut % (len(data) + 1) for cut in cuts} - {0, len(data)}), len(data)]
        for start, end in pairwise(places):
            head = "continuation" if start else "text"
            self.chain.sent(self._append("out", head, data[start:end]))

    def complete(self, id: str, *items: Json) -> None:
        """A whole response."""
        self.sent({"type": "response.created", "response": {"id": id}})
        for item in items:
            self.sent({"type": "response.output_item.done", "item": item})
        self.sent({"type": "response.completed", "response": {"id": id}})

    def _append(self, direction: Any, head: str, raw: bytes) -> Entry:
        return self.journal.append(
            "responses", "frame", conn=self.conn, direction=direction, head=head, raw=raw
        )


@given(st.lists(st.tuples(st.just("ask"), ASKED) | st.tuples(st.just("send"), EVENTS | VALUES)))
def test_any_traffic_is_read(traffic: list[tuple[str, Any]]) -> None:
    """Whatever comes and goes: nothing raises, and what is known is known under an id."""
    wire = Wire()
    for way, payload in traffic:
        if way == "ask":
            wire.asked(payload)
        else:
            wire.sent(payload)
    for id in wire.chain.ids:
        history = wire.chain.known(id)
        assert history is not None
        assert all(isinstance(item, dict) for item in history)


@given(st.lists(st.integers(1, 200), max_size=4))
def test_a_message_may_be_divided_anywhere(cuts: list[int]) -> None:
    """The frames of a message say what it says whole."""
    wire = Wire()
    wire.asked({"type": "response.create", "input": [user("hi")]})
    wire.sent({"type": "response.output_item.done", "item": {"type": "x"}}, *cuts)
    wire.sent({"type": "response.completed", "response": {"id": "a"}}, *cuts)
    assert list(wire.chain.known("a") or ()) == [user("hi"), {"type": "x"}]


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["completed", "failed", "open"]))))
def test_a_history_is_every_request_and_response_before(steps: list[tuple[int, str]]) -> None:
    """Whichever complete response a request goes on from, against a model that copies lists."""
    wire = Wire()
    model: dict[str, list[Json]] = {}
    for number, (pick, outcome) in enumerate(steps):
        before = list(model)[pick] if pick < len(model) else None
        named = {} if before is None else {"previous_response_id": before}
        given, made = user(str(number)), {"type": "made", "number": number}
        entry = wire.asked({"type": "response.create", "input": [given], **named})
        earlier = model.get(before or "", [])
        assert list(wire.chain.befores.get(entry.seq, ())) == earlier
        if outcome == "completed":
            wire.complete(f"r{number}", made)
            model[f"r{number}"] = [*earlier, given, made]
        elif outcome == "failed":
            wire.sent({"type": "response.failed", "response": {"id": f"r{number}"}})
        else:
            wire.chain.settle([])
    assert {id: list(wire.chain.known(id) or ()) for id in wire.chain.ids} == model


def test_a_history_shares_its_past() -> None:
    """A thousand responses are a thousand links, and no item is kept twice."""
    wire = Wire()
    before: Json = {}
    for number in range(1000):
        wire.asked({"type": "response.create", "input": [user(str(number))], **before})
        wire.complete(f"r{number}", {"type": "made"})
        before = {"previous_response_id": f"r{number}"}
    last, first = wire.chain.known("r999"), wire.chain.known("r998")
    assert last is not None
    assert last.before is first
    assert len(list(last)) == 2000
