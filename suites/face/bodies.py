"""Hypothesis strategies for request histories whose ids and times are blanks to be filled in.

A blank is `@n@` for an id and `%n%` for a time; `filled` puts values in, so that one history can be
written with two sets of ids.
"""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Json = Any
IDS = 6
TIMES = 3

plain = st.text(max_size=40)
lengthy = st.lists(st.text(max_size=20), min_size=45, max_size=60).map("\n".join)
wide = st.text(min_size=1, max_size=3).map(lambda text: text * 120)
texts = st.one_of(
    plain, lengthy, wide, st.sampled_from(["a\r\nb", " ", "x ", "| x", "~ 1", "\x1b"])
)
leaves = st.one_of(
    texts, st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from([0.0, 1.0, 2.5])
)
uuid_blank = st.sampled_from([f"@{n}@" for n in range(3)])
call_blank = st.sampled_from([f"@{n}@" for n in range(3, IDS)])
time_blank = st.sampled_from([f"%{n}%" for n in range(TIMES)])


def _sentence(uuid: str, call: str, time: str, text: str) -> str:
    return f"thread {uuid} of {call}: {text}\nWall time: {time} seconds\n"


sentences = st.builds(_sentence, uuid_blank, call_blank, time_blank, texts)
contents = st.one_of(texts, sentences)
parts = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["input_text", "output_text"]), "text": contents},
        optional={"annotations": st.lists(leaves, max_size=2), "detail": leaves},
    ),
    max_size=3,
)
items = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("message"), "role": texts, "content": st.one_of(contents, parts)}
    ),
    st.fixed_dictionaries({"role": st.just("user"), "content": contents}),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["function_call", "custom_tool_call"]),
            "name": texts,
            "call_id": call_blank,
        },
        optional={"arguments": contents, "input": contents, "namespace": texts, "status": leaves},
    ),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["function_call_output", "custom_tool_call_output"]),
            "call_id": call_blank,
            "output": st.one_of(contents, parts, leaves),
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("reasoning"), "summary": parts, "encrypted_content": texts}
    ),
    st.dictionaries(st.sampled_from(["type", "a", "b", "created_at"]), leaves, min_size=1),
)
tools = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["function", "custom", "web_search"])},
        optional={
            "name": st.sampled_from(["ls", "cat", "a b"]),
            "description": texts,
            "parameters": st.fixed_dictionaries(
                {"properties": st.dictionaries(plain, st.fixed_dictionaries({"type": texts}))},
                optional={"required": st.lists(plain, max_size=2)},
            ),
        },
    ),
    max_size=4,
)
metadata = st.fixed_dictionaries(
    {
        "thread_id": uuid_blank,
        "turn_id": uuid_blank,
        "x-codex-turn-metadata": st.fixed_dictionaries(
            {
                "thread_id": uuid_blank,
                "request_kind": st.sampled_from(["turn", "compaction"]),
                "turn_started_at_unix_ms": time_blank,
            }
        ),
    },
    optional={"lane": texts},
)
settings = st.fixed_dictionaries(
    {"model": texts, "prompt_cache_key": uuid_blank},
    optional={
        "instructions": contents,
        "stream": st.booleans(),
        "temperature": leaves,
        "tools": tools,
        "reasoning": st.dictionaries(st.sampled_from(["effort", "summary"]), leaves),
        "previous_response_id": st.one_of(st.none(), call_blank),
        "client_metadata": metadata,
    },
)
"""All of a body but its input."""


@st.composite
def histories(draw: st.DrawFn) -> list[Json]:
    """One to four requests; most of them extend the one before and keep its settings."""
    first = draw(settings)
    input_ = draw(st.lists(items, max_size=3))
    found = [{**first, "input": input_}]
    for _ in range(draw(st.integers(0, 3))):
        body = draw(st.one_of(st.just(first), settings))
        kept = input_[: draw(st.integers(0, len(input_)))]
        start = draw(st.sampled_from([input_, input_, kept]))
        input_ = [*start, *draw(st.lists(items, max_size=2))]
        found.append({**body, "input": input_})
    return found


histories_or_frames = st.one_of(
    histories(),
    st.lists(
        st.fixed_dictionaries(
            {"type": texts},
            optional={"event_id": call_blank, "session": settings, "audio": texts, "x": leaves},
        ),
        min_size=1,
        max_size=2,
    ),
)


def filled(value: Json, ids: list[str], times: list[float]) -> Json:
    """`value` with its blanks filled in; turn metadata becomes JSON text, as on the wire."""
    return _mapped(value, lambda text: _fill(text, ids, times))


def _fill(text: str, ids: list[str], times: list[float]) -> str:
    for number, each in enumerate(ids):
        text = text.replace(f"@{number}@", each)
    for number, time in enumerate(times):
        text = text.replace(f"%{number}%", str(time))
    return text


def _mapped(value: Json, change: Callable[[str], str]) -> Json:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_mapped(each, change) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: _mapped(each, change) for key, each in value.items()}
    if "x-codex-turn-metadata" in found:
        inner = json.dumps(found["x-codex-turn-metadata"], separators=(",", ":"))
        found["x-codex-turn-metadata"] = inner
    return found
