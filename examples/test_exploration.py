"""Orders directed and drawn: the tests of `docs/exploration.md`."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_responses import message

pytestmark = pytest.mark.asyncio


async def test_a_late_end(responses, codex, world):
    world.late(responses, "response.completed", by=0.02)
    responses.reply(message("done"))
    thread = await codex.start()
    assert await thread.run("go") == "done"


@settings(max_examples=10, deadline=None)
@given(words=st.lists(st.text(min_size=1), min_size=1))
async def test_any_words_arrive(stage_factory, words):
    async with stage_factory() as stage:
        stage.responses.reply(message(*words))
        answer = await stage.openai().responses.create(model="gpt-5", input="hi")
        assert answer.output_text == "".join(words)
