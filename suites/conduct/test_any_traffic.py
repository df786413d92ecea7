"""Whatever crosses the wire, the rules read it: no exception, no name that is not in the table."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mock_responses.conduct import NAMES
from mock_responses.conduct.items import CALLS, OUTPUTS
from suites.conduct.told import Story

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
TYPES = st.sampled_from([*CALLS, *OUTPUTS, "message", "reasoning", "compaction", "item_reference"])
ITEMS = VALUES | st.fixed_dictionaries(
    {},
    optional={
        "type": TYPES | VALUES,
        "call_id": st.sampled_from(["c1", "c2"]) | VALUES,
        "role": st.sampled_from(["user", "assistant"]) | VALUES,
        "content": VALUES | st.lists(st.fixed_dictionaries({"text": VALUES, "type": VALUES})),
        "execution": st.sampled_from(["client", "server"]) | VALUES,
    },
)
BODIES = VALUES | st.fixed_dictionaries(
    {"input": st.lists(ITEMS, max_size=4) | VALUES},
    optional={
        "prompt_cache_key": st.just("k") | VALUES,
        "previous_response_id": VALUES,
        "client_metadata": VALUES | st.just({"x-codex-window-id": 1}),
    },
)
EVENTS = VALUES | st.fixed_dictionaries(
    {
        "type": VALUES
        | st.sampled_from(
            [
                "response.output_item.added",
                "response.output_item.done",
                "response.output_text.delta",
                "response.completed",
                "response.failed",
                "error",
            ]
        )
    },
    optional={
        "item": ITEMS,
        "item_id": VALUES,
        "delta": VALUES,
        "response": VALUES,
        "error": VALUES,
    },
)
ANSWERS = st.tuples(st.sampled_from([200, 400, 429, 500]), st.none() | VALUES)
ENDS = st.sampled_from(["", "cut", "left"])
ROUNDS = st.lists(st.tuples(BODIES, ANSWERS, st.lists(EVENTS, max_size=4), ENDS), max_size=5)


@given(ROUNDS)
def test_any_traffic_is_read(rounds: list[Any]) -> None:
    """Requests and answers of any JSON, in any combination."""
    story = Story()
    for body, (status, answer), events, end in rounds:
        asked = story.journal.append(
            "responses",
            "request",
            conn=story.journal.connection(),
            direction="in",
            head="POST /v1/responses HTTP/1.1",
            raw=json.dumps(body).encode(),
        )
        story.answer(asked, status, answer)
        for event in events:
            story.raw(asked, b"data: " + json.dumps(event).encode() + b"\n\n")
        {"": lambda _: None, "cut": story.cut, "left": story.left}[end](asked)
    assert set(story.names(ended=True)) <= set(NAMES)
