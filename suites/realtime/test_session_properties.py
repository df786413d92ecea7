"""Whatever a client says, what the server says is in order and official, one response at a time."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_realtime.legality import objections as order
from mock_realtime.parts import Heard
from mock_realtime.strategies import TEXTS, answers, client_events
from suites.realtime.told import Told, objections

Json = dict[str, Any]
STEPS = st.lists(
    client_events() | st.just("go on") | TEXTS.map(Heard) | st.just("barge in"), max_size=12
)


@given(answers(), STEPS)
@settings(max_examples=60, deadline=None)
def test_a_server_says_what_is_legal(answer: list[Any], steps: list[Any]) -> None:
    """Under any events in any order, with responses held anywhere."""
    told = Told("v2", *answer)
    told.open()
    for step in steps:
        if isinstance(step, dict):
            told.tell(**step)
        elif isinstance(step, Heard):
            told.take(told.session.hear(step))
        elif step == "barge in":
            told.take(told.session.hear_begin())
        elif told.held:
            told.go_on()
    assert order(told.said) == []
    assert [line for event in told.said for line in objections(event)] == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
FIELDS = ("session", "item", "item_id", "audio", "response", "event_id", "previous_item_id")


@given(st.sampled_from(["v1", "v2", "beta"]), client_events(), st.data())
@settings(max_examples=150, deadline=None)
def test_any_json_is_answered(shape: Any, event: Json, data: st.DataObject) -> None:
    """A field of any value is taken or refused with an error event; nothing raises."""
    told = Told(shape)
    told.open()
    place = data.draw(st.sampled_from(FIELDS))
    inner = event.get(place)
    spoilt = {**event, place: data.draw(VALUES)}
    if isinstance(inner, dict) and inner:
        key = data.draw(st.sampled_from(sorted(inner)))
        spoilt[place] = {**inner, key: data.draw(VALUES)}
    for out in told.session.receive(spoilt):
        assert not isinstance(out, dict) or isinstance(out["type"], str)
