"""`GET /v1/models`: both shapes, and what a client has already."""

import json

import pytest

from agent_rehearsal import Stage
from mock_responses.models import is_known
from suites.wire.raw_client import ask, connected
from suites.wire.raw_client import request as http

MODELS = {"method": "GET", "path": "/v1/models"}
CODEX = {"method": "GET", "path": "/v1/models?client_version=0.142.0"}


async def test_the_official_sdk_lists_the_models() -> None:
    """The list is a page of models."""
    async with Stage() as stage:
        stage.responses.models = ("one", "two")
        found = [model async for model in stage.openai().models.list()]
    assert [(model.id, model.object) for model in found] == [("one", "model"), ("two", "model")]


async def test_the_codex_cli_gets_its_own_shape() -> None:
    """`client_version` in the query asks for `{"models": [...]}`, of what the test says."""
    async with Stage() as stage:
        assert json.loads((await ask(stage, **CODEX))[2]) == {"models": []}
        stage.responses.model_infos = ({"slug": "gpt-5"},)
        assert json.loads((await ask(stage, **CODEX))[2]) == {"models": [{"slug": "gpt-5"}]}


async def test_the_etag_follows_from_the_list() -> None:
    """The same list has the same `ETag`, another list another one; the test may choose it."""
    async with Stage() as stage:
        first, again = [(await ask(stage, **MODELS))[1]["etag"] for _ in range(2)]
        stage.responses.models = ("other",)
        other = (await ask(stage, **MODELS))[1]["etag"]
        stage.responses.models_etag = '"v2"'
        chosen = (await ask(stage, **CODEX))[1]["etag"]
    assert first == again != other
    assert chosen == '"v2"'


async def test_a_list_that_the_client_has_is_not_sent_again() -> None:
    """`If-None-Match` with the `ETag` gets 304 without a body; with another one, the list."""
    async with Stage() as stage:
        tag = (await ask(stage, **MODELS))[1]["etag"]
        async with connected(stage) as client:
            condition = f'"x", W/{tag}'
            await client.send(http(**MODELS, headers={"If-None-Match": condition}))
            code, head = await client.head()
            next_code, _, _ = await client.ask(**MODELS)
        stale, _, _ = await ask(stage, **MODELS, headers={"If-None-Match": '"x"'})
    assert (code, head["etag"], next_code, stale) == (304, tag, 200, 200)


@pytest.mark.parametrize(
    ("condition", "known"),
    [(None, False), ("", False), ("*", True), ('"a"', True), ('W/"a"', True), ('"b","a"', True)],
)
def test_a_condition_is_compared_weakly(condition: str | None, known: bool) -> None:  # noqa: FBT001
    """One of several tags is enough, a star means any."""
    assert is_known(condition, '"a"') is known
