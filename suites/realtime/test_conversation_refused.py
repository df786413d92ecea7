"""A conversation whose server refuses a response, because it has begun one by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent_rehearsal import like
from agent_rehearsal.face.agent import AgentThread, Codex
from codex_core.protocol.realtime_ops import RealtimeConversationSpeech
from mock_realtime import MockRealtime, RealtimeSession, speech
from suites.realtime.talking import AS_THE_REFERENCE, CLOSED, CREATE, closes, errors, talk, told

pytestmark = pytest.mark.explore
BUSY = "Conversation already has an active response in progress: resp_000001."


@asynccontextmanager
async def crossing(
    realtime: MockRealtime, codex: Codex
) -> AsyncIterator[tuple[AgentThread, RealtimeSession]]:
    """The agent asks for a response when the server has begun one of which it has not told; that
    one goes on afterwards.
    """
    thread, session = await talk(codex, realtime)
    gate = realtime.gate("before the server tells of its own")
    own = asyncio.create_task(session.respond(gate, speech("by myself")))
    await gate.reached()
    await thread.submit_op(RealtimeConversationSpeech(text="wanted"))
    yield thread, session
    gate.open()
    await own


async def test_the_session_goes_on_and_asks_again(realtime: MockRealtime, codex: Codex) -> None:
    """The refusal is told and ends nothing; when the server's own is over, the next is given."""
    async with crossing(realtime, codex) as (thread, session):
        refused = await thread.wait_for(told("response_refused"))
        assert refused.get("payload.message").startswith(BUSY)
    await thread.wait_for(told("response_done", response_id="resp_000002"))
    assert len(session.received(like(CREATE))) == 2
    assert [item["role"] for item in session.items] == ["user", "assistant", "assistant"]
    assert (errors(thread), closes(thread)) == ([], [])


async def test_as_the_reference_the_session_ends(realtime: MockRealtime, codex: Codex) -> None:
    """One error with the server's text, one end."""
    plain = codex(config={"realtime": AS_THE_REFERENCE})
    thread, _ = await talk(plain, realtime)
    error = {"code": "conversation_already_has_active_response", "message": BUSY}
    realtime.reply({"type": "error", "error": error}, when=like(CREATE))
    await thread.submit_op(RealtimeConversationSpeech(text="wanted"))
    await thread.wait_for(told("error"))
    await thread.wait_for(CLOSED)
    assert (errors(thread), closes(thread)) == ([BUSY], ["error"])
