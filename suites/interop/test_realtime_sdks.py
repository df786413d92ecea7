"""Realtime clients that are not ours and the mock: the same conversations with each.

The session answers as the API does; only what the model says is scripted. What came is read from
the journal, what the client's caller got is compared with the script.
"""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agent_rehearsal import of_type
from agent_rehearsal.journal import Entry, Journal
from mock_realtime import MockRealtime, RealtimeSession, function_call, speech, text
from mock_responses import MockResponses
from suites.interop.child import LIMIT
from suites.interop.drivers.turns import PLAYED_MS, VOICE, Told
from suites.interop.sdks import REALTIME_SDKS, Sdk

INSISTS_ON_TLS = ("openai Node",)
"""The clients that dial `wss` whatever URL they are given."""

pytestmark = [
    pytest.mark.interop,
    pytest.mark.parametrize(
        "sdk",
        [
            pytest.param(
                sdk, id=sdk.label, marks=pytest.mark.rehearsal(tls=sdk.name in INSISTS_ON_TLS)
            )
            for sdk in REALTIME_SDKS
        ],
    ),
]


@pytest.fixture
def env(responses: MockResponses, home: Path) -> Mapping[str, str]:
    """What a library finds the mock by."""
    home.mkdir()
    return {**responses.env, "HOME": str(home)}


def the_session(realtime: MockRealtime) -> RealtimeSession:
    """The one session that there was, opened with the key and for the model."""
    (session,) = realtime.sessions
    assert session.opened.header("authorization") == "Bearer test"
    assert session.opened.query == {"model": "mock-model"}
    return session


def refusals(journal: Journal) -> list[Entry]:
    """The error events that the mock sent."""
    return [entry for entry in journal if entry.direction == "out" and entry.type == "error"]


async def test_a_written_answer_over_realtime(
    sdk: Sdk,
    realtime: MockRealtime,
    journal: Journal,
    env: Mapping[str, str],
    works: Callable[[str, str], None],
) -> None:
    """A text of the user becomes an item, and the answer comes out in its deltas."""
    realtime.reply(text("hello", " there"))
    version, told = await sdk.take("written", env)

    assert told == Told(text="hello there", deltas=["hello", " there"])
    session = the_session(realtime)
    assert [view.said for view in session.received(of_type("conversation.item.create"))] == [
        "say hello"
    ]
    assert session.settings["output_modalities"] == ["text"]
    assert refusals(journal) == []
    works(sdk.name, version)


async def test_a_spoken_answer_over_realtime(
    sdk: Sdk,
    realtime: MockRealtime,
    journal: Journal,
    env: Mapping[str, str],
    works: Callable[[str, str], None],
) -> None:
    """Sound goes in as it was spoken, and comes out as the script has it."""
    realtime.reply(speech("hello", b"\1\2\3\4", " there", b"\5\6"))
    version, told = await sdk.take("spoken", env)

    sound = b64encode(b"\1\2\3\4\5\6").decode()
    assert told == Told(text="hello there", deltas=["hello", " there"], sound=sound)
    assert the_session(realtime).audio == VOICE
    assert refusals(journal) == []
    works(sdk.name, version)


async def test_a_tool_call_and_its_spoken_answer(
    sdk: Sdk,
    realtime: MockRealtime,
    journal: Journal,
    env: Mapping[str, str],
    works: Callable[[str, str], None],
) -> None:
    """The call runs the tool, its output goes back under the call's id, then the model speaks."""
    realtime.reply(function_call("look_up", {"word": "stage"}, call_id="c1"))
    realtime.reply(speech("a", b"\1\2", " platform", b"\3\4"))
    version, told = await sdk.take("tool", env)

    sound = b64encode(b"\1\2\3\4").decode()
    said = Told(text="a platform", deltas=["a", " platform"], tool_runs=["stage"], sound=sound)
    assert told == said
    question, output = the_session(realtime).received(of_type("conversation.item.create"))
    assert question.said == "what is a stage?"
    assert (output.call_id, output.said) == ("c1", "a stage is a platform")
    assert refusals(journal) == []
    works(sdk.name, version)


async def test_speech_that_is_interrupted(
    sdk: Sdk,
    realtime: MockRealtime,
    journal: Journal,
    env: Mapping[str, str],
    works: Callable[[str, str], None],
) -> None:
    """The user is heard, answered, and begins to speak: the response is cancelled, its item cut."""
    held = realtime.gate("in the middle")
    realtime.answer = (speech("a long", bytes(4800), held, " story"),)
    taken = asyncio.create_task(sdk.take("interrupted", env))
    session = await realtime.session(of_type("input_audio_buffer.append"), timeout=LIMIT)
    await session.wait_for(lambda _: session.audio == VOICE)
    await session.say("tell me a story")
    await session.wait_for(lambda _: session.audio == 2 * VOICE)
    await session.barge_in()
    version, told = await taken

    assert (told.text, told.deltas) == ("tell me a story", ["a long"])
    (cut,) = session.received(of_type("conversation.item.truncate"))
    assert cut.get("audio_end_ms") == PLAYED_MS
    (done,) = journal.select(of_type("response.done"))
    assert done.get("response.status") == "cancelled"
    assert refusals(journal) == []
    works(sdk.name, version)
