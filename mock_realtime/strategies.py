"""Hypothesis strategies: what a client of the Realtime API says, legal and not, and what a model
answers.

Needs the extra `hypothesis`; nothing else in the package imports this module.
"""

from typing import Any

from mock_realtime import parts
from mock_realtime.audio import to_base64
from mock_realtime.schema import VOICES

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise ImportError(
        "mock_realtime.strategies needs hypothesis: pip install 'agent-rehearsal[hypothesis]'"
    ) from error

from agent_rehearsal.wire.script import Mark, delay

Strategy = st.SearchStrategy
Json = dict[str, Any]

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
"""Any text that UTF-8 can carry."""
IDS = st.sampled_from(["item_1", "item_2", "item_000001", "item_000002", "item_000003"])
"""Ids of items: some that a test made, some that the mock makes."""
SOUND = st.integers(0, 400).map(lambda ms: b"\0" * (48 * ms))
"""Silence of up to 400 ms, PCM at 24 kHz."""
NO_MARKS: Strategy[Mark] = st.builds(delay, st.just(0))
"""Marks that change nothing but the moments at which data leaves."""


def answers(marks: Strategy[Mark] = NO_MARKS) -> Strategy[list[Any]]:
    """What the model says in one response."""
    said = st.lists(TEXTS | st.binary(max_size=8) | marks, max_size=4)
    written = st.lists(TEXTS | marks, max_size=4)
    part = st.one_of(
        said.map(lambda pieces: parts.message(*pieces)),
        said.map(lambda pieces: parts.speech(*pieces)),
        written.map(lambda pieces: parts.text(*pieces)),
        written.map(lambda pieces: parts.function_call("f", pieces)),
        TEXTS.map(parts.handoff),
    )
    ends = st.sampled_from([parts.failed("server_error", "gone"), parts.incomplete()])
    bodies = st.lists(part | marks, max_size=4)
    return st.builds(lambda body, end: [*body, *end], bodies, st.lists(ends, max_size=1))


def session_updates() -> Strategy[Json]:
    """`session.update` of a GA session."""
    vad = st.none() | st.fixed_dictionaries(
        {"type": st.just("server_vad")},
        optional={"create_response": st.booleans(), "interrupt_response": st.booleans()},
    )
    transcription = st.none() | st.just({"model": "whisper-1"})
    heard = st.fixed_dictionaries(
        {}, optional={"turn_detection": vad, "transcription": transcription}
    )
    spoken = st.fixed_dictionaries({}, optional={"voice": st.sampled_from(VOICES)})
    audio = st.fixed_dictionaries({}, optional={"input": heard, "output": spoken})
    session = st.fixed_dictionaries(
        {"type": st.just("realtime")},
        optional={
            "instructions": TEXTS,
            "audio": audio,
            "output_modalities": st.sampled_from([["text"], ["audio"]]),
        },
    )
    return session.map(lambda session: {"type": "session.update", "session": session})


def items() -> Strategy[Json]:
    """Items that a client makes."""
    user = TEXTS.map(
        lambda text: {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": text}],
        }
    )
    output = st.just({"type": "function_call_output", "call_id": "call_000001", "output": "done"})
    return st.builds(lambda item, ids: {**item, **ids}, user | output, _maybe("id", IDS))


def client_events() -> Strategy[Json]:
    """Any event of a client, in its place or not."""
    empty = st.sampled_from(
        ["input_audio_buffer.commit", "input_audio_buffer.clear", "response.cancel"]
    )
    about = st.sampled_from(["conversation.item.delete", "conversation.item.retrieve"])
    options = st.fixed_dictionaries(
        {},
        optional={
            "conversation": st.sampled_from(["auto", "none"]),
            "output_modalities": st.sampled_from([["text"], ["audio"]]),
        },
    )
    return st.one_of(
        session_updates(),
        st.builds(
            lambda item, after: {"type": "conversation.item.create", "item": item, **after},
            items(),
            _maybe("previous_item_id", IDS | st.just("root")),
        ),
        st.builds(lambda name, id: {"type": name, "item_id": id}, about, IDS),
        st.builds(
            lambda id, ms: {
                "type": "conversation.item.truncate",
                "item_id": id,
                "content_index": 0,
                "audio_end_ms": ms,
            },
            IDS,
            st.integers(0, 100),
        ),
        SOUND.map(lambda data: {"type": "input_audio_buffer.append", "audio": to_base64(data)}),
        empty.map(lambda name: {"type": name}),
        options.map(lambda options: {"type": "response.create", "response": options}),
    )


def _maybe(name: str, values: Strategy[Any]) -> Strategy[Json]:
    return st.fixed_dictionaries({}, optional={name: values})
