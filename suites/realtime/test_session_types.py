"""Sessions that only transcribe, and sessions of the v1 protocol."""

from mock_realtime import handoff, heard, speech
from suites.realtime.told import Told, legal, objections

USER = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}
REALTIME = {"type": "realtime"}


def test_a_session_stays_of_its_type(told: Told) -> None:
    """The first update says whether it only transcribes; later ones must say the same."""
    (event,) = told.tell("session.update", session={"type": "transcription"})
    assert event["session"]["type"] == "transcription"
    assert "voice" not in str(event)
    assert told.error("session.update", session=REALTIME)["code"] == "invalid_parameter"
    assert objections(event) == []


def test_a_transcription_session_does_not_answer() -> None:
    """It writes down what is said, and that is all."""
    told = Told()
    told.open()
    audio = {"input": {"transcription": {"model": "whisper-1"}}}
    told.tell("session.update", session={"type": "transcription", "audio": audio})
    found = told.take(told.session.hear(heard("hello", b"\0" * 4800)))
    assert found[-1]["type"] == "conversation.item.input_audio_transcription.completed"
    assert legal(told)


V1 = {"type": "quicksilver", "instructions": "be brief"}


def test_v1_says_nothing_of_responses() -> None:
    """Updates, items, transcripts, sound and handoffs, in the words of v1."""
    told = Told("v1")
    assert told.open() == []
    (event,) = told.tell("session.update", session=V1)
    assert event["session"]["instructions"] == "be brief"
    assert event["session"]["id"] == "sess_000001"
    assert told.types("conversation.item.create", item=USER)[1:] == [
        "conversation.item.added",
        "conversation.item.done",
    ]
    spoken = told.take([told.session.respond([speech("hi", b"\0\0"), handoff("do it", id="h1")])])
    assert [event["type"].removeprefix("conversation.") for event in spoken] == [
        "output_transcript.delta",
        "output_audio.delta",
        "item.added",
        "item.done",
        "handoff.requested",
    ]
    assert (spoken[1]["sample_rate"], spoken[1]["samples_per_channel"]) == (24_000, 1)
    assert (spoken[4]["handoff_id"], spoken[4]["input_transcript"]) == ("h1", "do it")
    done = told.tell("conversation.handoff.append", handoff_id="h1", output_text="done")
    assert done == []
    said = told.take(told.session.hear(heard("hello")))
    assert [event["type"].rpartition(".")[2] for event in said] == ["delta", "turn_marked"]


def test_v1_has_voices_of_its_own() -> None:
    """Those of v2 are refused, and the other way round."""
    told = Told("v1")
    voice = {**V1, "audio": {"output": {"voice": "marin"}}}
    assert told.error("session.update", session=voice)["param"] == "session.audio.output.voice"


def test_a_session_may_turn_out_to_be_v1(told: Told) -> None:
    """Where the upgrade did not say so, the first update does."""
    told.tell("session.update", session=V1)
    assert told.session.shape == "v1"
    assert told.types("conversation.handoff.append", handoff_id="h", output_text="x") == []
