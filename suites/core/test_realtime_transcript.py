"""The transcript of a realtime session: pieces, wholes, and what a handoff takes along."""

from hypothesis import given
from hypothesis import strategies as st

from codex_core.protocol import realtime as told
from codex_core.protocol.realtime import RealtimeEvent, TranscriptEntry
from codex_core.realtime.handoffs import delegation
from codex_core.realtime.transcript import Transcript, lines

WORDS = st.text(st.characters(codec="ascii", exclude_characters="\n"), max_size=5)
EVENTS = st.one_of(
    WORDS.map(lambda text: told.InputTranscriptDelta(delta=text)),
    WORDS.map(lambda text: told.OutputTranscriptDelta(delta=text)),
    st.just(told.InputSpeechStarted()),
    st.just(told.ResponseCreated()),
)


def after(*events: RealtimeEvent) -> Transcript:
    transcript = Transcript()
    for event in events:
        transcript.take(event)
    return transcript


def user(text: str) -> TranscriptEntry:
    return TranscriptEntry(role="user", text=text)


def assistant(text: str) -> TranscriptEntry:
    return TranscriptEntry(role="assistant", text=text)


def heard(text: str) -> RealtimeEvent:
    return told.InputTranscriptDelta(delta=text)


def said(text: str) -> RealtimeEvent:
    return told.OutputTranscriptDelta(delta=text)


def test_pieces_are_joined_and_a_whole_takes_their_place() -> None:
    """As long as nobody else spoke between them."""
    transcript = after(heard("he"), heard("llo"), told.InputTranscriptDone(text="Hello."))
    assert transcript.entries == [user("Hello.")]
    transcript.take(said("hi"))
    transcript.take(told.OutputTranscriptDone(text="Hi."))
    assert transcript.entries == [user("Hello."), assistant("Hi.")]


def test_speech_and_responses_begin_anew() -> None:
    """The next piece of that side is an entry of its own."""
    transcript = after(heard("a"), told.InputSpeechStarted(), heard("b"))
    assert transcript.entries == [user("a"), user("b")]
    transcript = after(said("a"), told.ResponseCreated(), said("b"))
    assert transcript.entries == [assistant("a"), assistant("b")]


def test_a_handoff_takes_all_along_and_leaves_nothing() -> None:
    """With what is handed over, unless the user has just said that."""
    transcript = after(heard(" do it "), said("yes"))
    assert transcript.hand_over("do it") == (user(" do it "), assistant("yes"))
    assert transcript.hand_over("do it") == (user("do it"),)
    assert transcript.hand_over("  ") == ()


@given(st.lists(EVENTS))
def test_no_word_is_lost_and_none_is_twice(events: list[RealtimeEvent]) -> None:
    """Each side's entries are together what its pieces are together."""
    entries = after(*events).hand_over("")
    for role, kind in (("user", told.InputTranscriptDelta), ("assistant", said("").__class__)):
        pieces = "".join(getattr(e, "delta", "") for e in events if isinstance(e, kind))
        assert "".join(entry.text for entry in entries if entry.role == role) == pieces


@given(st.lists(EVENTS), st.lists(EVENTS))
def test_each_entry_goes_to_one_handoff(
    first: list[RealtimeEvent], second: list[RealtimeEvent]
) -> None:
    """What one took is not in the next."""
    transcript = after(*first)
    taken = transcript.hand_over("")
    for event in second:
        transcript.take(event)
    assert transcript.hand_over("") == after(*second).hand_over("")
    assert taken == after(*first).hand_over("")


def request(**fields: object) -> told.HandoffRequested:
    base = {"handoff_id": "h", "item_id": "i", "input_transcript": ""}
    return told.HandoffRequested(**{**base, **fields})  # type: ignore[arg-type]


def test_what_the_agent_is_told() -> None:
    """The handoff's messages, else its input, else what was said; nothing of nothing."""
    spoken = (user("a"), assistant("b"))
    assert delegation(request()) is None
    for fields, task in (
        ({"input_transcript": "x & <y>"}, "x &amp; &lt;y&gt;"),
        ({"input_transcript": "x", "messages": spoken}, lines(spoken)),
    ):
        expected = f"<realtime_delegation>\n  <input>{task}</input>\n</realtime_delegation>"
        assert delegation(request(**fields)) == expected
    both = delegation(request(active_transcript=spoken))
    assert both == (
        "<realtime_delegation>\n  <input>user: a\nassistant: b</input>\n"
        "  <transcript_delta>user: a\nassistant: b</transcript_delta>\n</realtime_delegation>"
    )
