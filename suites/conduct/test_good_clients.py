"""Clients that behave are clean: the agent on the stage and the openai SDK, with `conduct="error"`,
through tools, server errors, rate limits and streams that break off.
"""

from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from agent_rehearsal import Stage, cut, reset
from agent_rehearsal.face.agent import Codex
from mock_responses import (
    MockResponses,
    created,
    function_call,
    message,
    overloaded,
    rate_limit_failed,
    rate_limited,
    shell_call,
    status,
    stream,
)

TROUBLES: dict[str, tuple[Any, ...]] = {
    "none": (),
    "500": (status(500), status(500), status(502)),
    "429": (rate_limited(2), rate_limited(1)),
    "503": (status(503, retry_after=3, code_name="busy"),),
    "cut": (message("hel", cut(), "lo"), message("hell", cut(), "o")),
    "reset": (message("hel", reset(), "lo"),),
    "no last event": (stream(created()), stream(created())),
    "failed": (stream(created(), rate_limit_failed(1.5)),),
}
"""What goes wrong before each answer."""


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A stage on which misconduct fails the test."""
    async with Stage(conduct="error") as stage:
        yield stage
        stage.assert_no_findings()


@pytest.mark.rehearsal(conduct="error")
@pytest.mark.parametrize("name", TROUBLES)
async def test_the_agent_is_clean(responses: MockResponses, codex: Codex, name: str) -> None:
    """Two turns with parallel tools, and the same trouble before each response."""
    replies = [
        (shell_call("c1", "ls"), shell_call("c2", "pwd")),
        (message("one"),),
        (shell_call("c3", "ls"),),
        (message("two"),),
    ]
    for reply in replies:
        for trouble in TROUBLES[name]:
            responses.reply(trouble)
        responses.reply(*reply)
    thread = await codex(commands={"ls": "README\n", "pwd": "here\n"}).start()
    assert await thread.run("list the files") == "one"
    assert await thread.run("and again") == "two"
    responses.assert_no_findings()


@pytest.mark.rehearsal(conduct="error")
async def test_the_agent_gives_up_cleanly(responses: MockResponses, codex: Codex) -> None:
    """Thirty requests with two layers of back-off, then a turn that works."""
    responses.reply(status(500), times=30)
    thread = await codex.start()
    await (await thread.submit("go")).ended()
    responses.reply(overloaded(), times=5)
    await (await thread.submit("go on")).ended()
    responses.reply(message("fine"))
    assert await thread.run("again") == "fine"
    responses.assert_no_findings()


def sdk(stage: Stage, **options: Any) -> openai.AsyncOpenAI:
    """The SDK's client of a stage."""
    client: openai.AsyncOpenAI = stage.openai(**options)
    return client


async def test_the_sdk_is_clean_with_a_tool(stage: Stage) -> None:
    """A call, its output, and a second turn on the same history."""
    client = sdk(stage)
    stage.responses.reply(function_call("c1", "look_up", {"word": "stage"}))
    stage.responses.reply(message("a platform"), times=2)
    history: list[Any] = [{"role": "user", "content": "look it up"}]
    asked: dict[str, Any] = {"model": "gpt-5", "prompt_cache_key": "k"}
    for more in (
        {"type": "function_call_output", "call_id": "c1", "output": "a platform"},
        {"role": "user", "content": "thanks"},
    ):
        response = await client.responses.create(**asked, input=history)
        history += [*(item.to_dict() for item in response.output), more]
    await client.responses.create(**asked, input=history)


@pytest.mark.parametrize(
    "troubles",
    [
        (status(500),),
        (rate_limited("0.02"), rate_limited("0.02")),
        (status(503, retry_after="0.02"),),
    ],
    ids=["500", "429", "503"],
)
async def test_the_sdk_repeats_cleanly(stage: Stage, troubles: tuple[Any, ...]) -> None:
    """It waits as long as it is asked to, else a time of its own."""
    for trouble in troubles:
        stage.responses.reply(trouble)
    stage.responses.reply(message("done"))
    response = await sdk(stage).responses.create(model="gpt-5", input="hi")
    assert response.output_text == "done"
    assert len(stage.responses.requests) == len(troubles) + 1


@pytest.mark.parametrize("code", [400, 401, 403, 404, 422])
async def test_the_sdk_takes_a_refusal(stage: Stage, code: int) -> None:
    """It raises, and asks no more."""
    stage.responses.reply(status(code))
    with pytest.raises(openai.APIStatusError):
        await sdk(stage).responses.create(model="gpt-5", input="hi")
    assert len(stage.responses.requests) == 1
