"""A voice in front of the agent: the example of README."""

import pytest

from agent_rehearsal import carries
from mock_realtime import says
from mock_responses import message, shell_call

pytestmark = pytest.mark.asyncio


async def test_a_voice_hands_work_to_the_agent(realtime, responses, codex):
    responses.reply(shell_call("c1", "ls"))
    responses.reply(message("There is one file."))
    thread = await codex(commands={"ls": "notes.txt\n"}).start(realtime=True)
    session = await realtime.session(carries("session.instructions"))
    await session.hand_off("list the files")
    await realtime.wait_for(says("There is one file."))
    await thread.stop_realtime()
    assert "list the files" in responses.requests[0].texts("user")[-1]
