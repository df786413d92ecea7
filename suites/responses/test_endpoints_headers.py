"""Headers of answers: request ids on all of them, and what a reply tells by name."""

from typing import Any

import pytest

from agent_rehearsal import Stage
from mock_responses import message, rate_limits, reply_headers, status, window
from suites.wire.raw_client import ask

STREAMED = {"model": "m", "input": "hi", "stream": True}
WHOLE = {"model": "m", "input": "hi"}


async def test_every_answer_has_a_request_id() -> None:
    """It is the number of the request in the journal, on errors and unknown paths too."""
    async with Stage(strict="warn") as stage:
        stage.responses.reply(message("hi"), times=2)
        stage.responses.reply(status(500))
        heads = [
            (await ask(stage, body, path=path))[1]
            for body, path in (
                (STREAMED, "/v1/responses"),
                (WHOLE, "/v1/responses"),
                (WHOLE, "/v1/responses"),
                (WHOLE, "/nowhere"),
            )
        ]
        numbers = [entry.seq for entry in stage.journal if entry.kind == "request"]
    assert [head["x-request-id"] for head in heads] == [f"req_{number}" for number in numbers]


async def test_the_official_sdk_knows_the_request_id() -> None:
    """The package hands on what the header says, of the test's own id too."""
    async with Stage() as stage:
        stage.responses.reply(message("hi"))
        stage.responses.reply(message("hi"), request_id="req_mine")
        api = stage.openai().responses
        found = [(await api.create(model="m", input="hi"))._request_id for _ in range(2)]
    assert found == ["req_1", "req_mine"]


@pytest.mark.parametrize("body", [STREAMED, WHOLE], ids=["streamed", "whole"])
async def test_a_reply_tells_in_headers_by_name(body: dict[str, Any]) -> None:
    """Each has the name that the Codex CLI reads; `headers` of the test's own go before them."""
    async with Stage() as stage:
        stage.responses.reply(
            message("hi"),
            turn_state="ts-1",
            openai_model="gpt-5",
            models_etag='"v2"',
            reasoning_included=True,
            rate_limits=rate_limits(primary=window(42)),
            headers={"openai-model": "other"},
        )
        _, head, _ = await ask(stage, body)
    assert {name: head[name] for name in head if name.startswith(("x-c", "x-m", "x-rea", "o"))} == {
        "x-codex-turn-state": "ts-1",
        "openai-model": "other",
        "x-models-etag": '"v2"',
        "x-reasoning-included": "true",
        "x-codex-primary-used-percent": "42",
    }


async def test_an_error_tells_in_headers_too() -> None:
    """A whole answer has what its reply tells, unless it says so itself."""
    async with Stage() as stage:
        limits = rate_limits(primary=window(100), limit_id="codex")
        refused = status(429, headers={"OpenAI-Model": "own"})
        stage.responses.reply(refused, rate_limits=limits, openai_model="told")
        code, head, _ = await ask(stage, STREAMED)
    assert (code, head["x-codex-primary-used-percent"]) == (429, "100")
    assert head["openai-model"] == "own"


def test_what_is_false_is_not_told() -> None:
    """The header's presence is what counts."""
    assert reply_headers(reasoning_included=False) == {}


untyped: Any = reply_headers
"""The builder as a test without types calls it."""


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"turnstate": "x"}, TypeError, "mean 'turn_state'"),
        ({"turn_state": 3}, TypeError, "turn_state is 3"),
        ({"openai_model": ""}, ValueError, "not empty"),
        ({"rate_limits": {}}, TypeError, "rate_limits\\(...\\)"),
    ],
)
def test_a_wrong_field_is_refused_where_it_is_written(
    given: dict[str, Any], kind: type[Exception], words: str
) -> None:
    """The error names the field and what is expected."""
    with pytest.raises(kind, match=words):
        untyped(**given)


@pytest.mark.parametrize("name", ["reply", "greet", "compact", "summarize"])
async def test_a_misspelt_option_is_told_under_the_name_of_what_was_called(name: str) -> None:
    """With the nearest, its own options, and the headers that it takes."""
    async with Stage() as stage:
        called: Any = getattr(stage.responses, name)
        with pytest.raises(TypeError) as told:
            called(tims=3)
    text = str(told.value)
    assert text.startswith(f"{name}() has no field 'tims' (did you mean 'times'?); it takes ")
    assert {"when", "optional", "headers", "turn_state"} <= set(text.replace(",", "").split())
