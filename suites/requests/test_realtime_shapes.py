"""What the agent sets a realtime session up with, and what goes back to it, as approved shapes."""

import pytest
from syrupy.assertion import SnapshotAssertion

from agent_rehearsal import carries, like, of_type
from agent_rehearsal.face.agent import Codex
from codex_core.config.realtime import RealtimeSettings
from codex_core.realtime.output import COMPLETE
from mock_realtime import MockRealtime
from mock_responses import MockResponses, message
from suites.realtime.talking import output, sent, talk


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_settings(
    realtime: MockRealtime, codex: Codex, request_snapshot: SnapshotAssertion, version: str
) -> None:
    """The first message of a session: the prompt, the sound, and on v2 the functions."""
    await codex.start(realtime={"version": version, "include_startup_context": False})
    update = await realtime.wait_for(carries("session.instructions"))
    assert update.json == request_snapshot


async def test_transcription(
    realtime: MockRealtime, codex: Codex, request_snapshot: SnapshotAssertion
) -> None:
    """A session that only writes down what it hears."""
    await codex(config={"realtime": RealtimeSettings(type="transcription")}).start(realtime=True)
    update = await realtime.wait_for(of_type("session.update"))
    assert update.json == request_snapshot


async def test_startup_context(
    realtime: MockRealtime,
    responses: MockResponses,
    codex: Codex,
    request_snapshot: SnapshotAssertion,
) -> None:
    """What is told of the thread, of work of late and of the folder."""
    there = codex(cwd="work")
    there.cwd.mkdir()
    (there.cwd / "README.md").write_text("x", encoding="utf-8")
    responses.reply(message("there is one file"))
    thread = await there.start()
    await thread.run("list the files")
    await thread.start_realtime(prompt="")
    update = await realtime.wait_for(carries("session.instructions"))
    assert update.json == request_snapshot


async def test_handoff(
    realtime: MockRealtime,
    responses: MockResponses,
    codex: Codex,
    request_snapshot: SnapshotAssertion,
) -> None:
    """The request that a handoff starts, and what goes back to it."""
    responses.reply(message("one file"))
    _, session = await talk(codex, realtime)
    await session.hand_off("list the files", id="h1")
    await session.wait_for(like(output("h1", COMPLETE)))
    assert responses.requests == request_snapshot
    assert sent(session)[:2] == request_snapshot
