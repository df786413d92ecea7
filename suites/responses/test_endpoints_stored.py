"""`/v1/responses/{id}`: responses that were composed earlier, asked for again."""

import asyncio
import json
from typing import Any

import pytest

from agent_rehearsal import Stage, cut
from mock_responses import (
    created,
    failed,
    function_call,
    message,
    minimal,
    queued,
    stream,
)
from suites.wire.raw_client import ask, connected, error_of, events, request

STREAMED = {"model": "m", "input": "hi", "stream": True}
WHOLE = {"model": "m", "input": "hi"}


async def told(stage: Stage, path: str, method: str = "GET") -> Any:
    """The JSON of an answer that is no error."""
    code, _, body = await ask(stage, method=method, path=f"/v1/responses/{path}")
    assert code == 200
    return json.loads(body)


@pytest.mark.parametrize("body", [STREAMED, WHOLE], ids=["streamed", "whole"])
async def test_a_response_is_what_its_request_was_answered_with(body: dict[str, Any]) -> None:
    """The object is the one that completed the stream, or the whole answer."""
    async with Stage() as stage:
        stage.responses.reply(message("hi"), function_call("c1", "f", {}))
        _, _, content = await ask(stage, body)
        sent = events(content)[-1]["response"] if "stream" in body else json.loads(content)
        found = await told(stage, sent["id"])
    assert found == sent


async def test_the_official_sdk_retrieves_cancels_and_deletes() -> None:
    """All methods of the package about one response; after the last it is gone."""
    from openai import NotFoundError

    async with Stage() as stage:
        stage.responses.reply(stream(queued()))
        api = stage.openai(max_retries=0).responses
        begun = await api.create(model="m", input="hi", background=True)
        assert (await api.retrieve(begun.id)).status == "queued"
        assert (await api.cancel(begun.id)).status == "cancelled"
        assert (await api.retrieve(begun.id)).status == "cancelled"
        listed = [one.to_dict() async for one in api.input_items.list(begun.id)]
        await api.delete(begun.id)
        with pytest.raises(NotFoundError):
            await api.retrieve(begun.id)
    assert [(one["role"], one["content"]) for one in listed] == [
        ("user", [{"type": "input_text", "text": "hi"}])
    ]


async def test_the_official_sdk_goes_on_after_a_cut() -> None:
    """`starting_after` hands out what the client missed, also what was never sent."""
    async with Stage() as stage:
        stage.responses.reply(message("one ", cut(), "two"))
        async with connected(stage) as client:
            await client.send(request({**STREAMED, "background": True}))
            await client.head()
            seen = events(await client.chunk())
        api = stage.openai(max_retries=0).responses
        id = seen[0]["response"]["id"]
        after = seen[-1]["sequence_number"]
        rest = [e async for e in await api.retrieve(id, stream=True, starting_after=after)]
        whole = await api.retrieve(id)
    assert [e.sequence_number for e in rest] == list(range(after + 1, after + 1 + len(rest)))
    assert rest[-1].type == "response.completed"
    assert (whole.status, whole.output_text) == ("completed", "one two")


async def test_a_whole_stream_is_sent_again_as_it_was() -> None:
    """Without `starting_after` it begins at the first event."""
    async with Stage() as stage:
        stage.responses.reply(message("hi"))
        _, _, first = await ask(stage, STREAMED)
        id = events(first)[0]["response"]["id"]
        code, head, again = await ask(stage, method="GET", path=f"/v1/responses/{id}?stream=true")
    assert (code, head["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert again == first


async def test_a_running_response_is_in_progress_and_its_stream_is_waited_for() -> None:
    """While a gate holds the answer, the object has what is done; the stream comes when it ends."""
    async with Stage() as stage:
        gate = stage.responses.gate("half")
        stage.responses.reply(message("a"), gate, message("b"))
        async with connected(stage) as client, connected(stage) as other:
            await client.send(request(STREAMED))
            await gate.reached()
            id = stage.journal[2].json["response"]["id"]
            found = await told(stage, id)
            again = asyncio.create_task(
                other.ask(method="GET", path=f"/v1/responses/{id}?stream=true")
            )
            await stage.responses.wait_for(lambda entry: entry.query.get("stream") == "true")
            gate.open()
            _, _, body = await client.answer()
            assert (await again)[2] == body
    assert (found["status"], len(found["output"])) == ("in_progress", 1)


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (minimal(message("hi")), "completed"),
        (stream(created(), failed("server_error", "no")), "failed"),
    ],
)
async def test_a_response_follows_from_its_events(reply: Any, status: str) -> None:
    """The shortest stream adds up to a whole object, a failure to one that has failed."""
    async with Stage() as stage:
        stage.responses.reply(reply)
        _, _, body = await ask(stage, STREAMED)
        found = await told(stage, events(body)[0]["response"]["id"])
    assert (found["object"], found["model"], found["status"]) == ("response", "m", status)
    assert len(found["output"]) == (1 if status == "completed" else 0)


async def test_input_items_come_in_pages() -> None:
    """Newest first unless asked otherwise; `after` and `limit` cut out a page."""
    said = [{"role": "user", "content": str(n)} for n in range(3)]
    async with Stage() as stage:
        stage.responses.reply(message("hi"))
        _, _, body = await ask(stage, {**WHOLE, "input": said})
        items = f"{json.loads(body)['id']}/input_items"
        newest = await told(stage, f"{items}?limit=2")
        rest = await told(stage, f"{items}?after={newest['last_id']}")
        oldest = await told(stage, f"{items}?order=asc")
    texts = [[one["content"][0]["text"] for one in page["data"]] for page in (newest, rest, oldest)]
    assert texts == [["2", "1"], ["0"], ["0", "1", "2"]]
    assert (newest["has_more"], rest["has_more"]) == (True, False)
    assert newest["first_id"] == newest["data"][0]["id"]


@pytest.mark.parametrize(
    ("method", "path", "code", "words"),
    [
        ("GET", "resp_none", 404, "no response with the id 'resp_none'"),
        ("DELETE", "resp_none", 404, "resp_none"),
        ("POST", "resp_none/cancel", 404, "resp_none"),
        ("GET", "resp_none/input_items", 404, "resp_none"),
        ("GET", "{id}?stream=true", 400, "was not streamed"),
        ("POST", "{id}/cancel", 400, "background=true"),
        ("GET", "{id}/input_items?limit=0", 400, "from 1 to 100"),
        ("GET", "{id}/input_items?limit=x", 400, "from 1 to 100"),
        ("GET", "{id}/input_items?order=x", 400, "desc, asc"),
        ("GET", "{id}/input_items?after=x", 400, "none of the items"),
    ],
)
async def test_what_cannot_be_had_is_refused(method: str, path: str, code: int, words: str) -> None:
    """The error has the API's shape and names what is wrong."""
    async with Stage() as stage:
        stage.responses.reply(message("hi"))
        _, _, body = await ask(stage, WHOLE)
        where = f"/v1/responses/{path.format(id=json.loads(body)['id'])}"
        found, _, content = await ask(stage, method=method, path=where)
    assert (found, error_of(content)["type"]) == (code, "invalid_request_error")
    assert words in error_of(content)["message"]


async def test_a_place_in_a_stream_is_a_number() -> None:
    """Anything else as `starting_after` is refused."""
    async with Stage() as stage:
        stage.responses.reply(message("hi"))
        _, _, body = await ask(stage, STREAMED)
        id = events(body)[0]["response"]["id"]
        path = f"/v1/responses/{id}?stream=true&starting_after=x"
        code, _, content = await ask(stage, method="GET", path=path)
    assert (code, error_of(content)["param"]) == (400, "starting_after")


async def test_a_response_that_was_not_to_be_stored_is_not_found() -> None:
    """`store: false` is taken at its word."""
    async with Stage() as stage:
        stage.responses.reply(message("hi"))
        _, _, body = await ask(stage, {**WHOLE, "store": False})
        path = f"/v1/responses/{json.loads(body)['id']}"
        code, _, _ = await ask(stage, method="GET", path=path)
    assert code == 404


async def test_a_method_that_is_not_served_names_those_that_are() -> None:
    """A template answers like an exact path: 405, with the methods that it has."""
    async with Stage(strict="warn") as stage:
        code, head, body = await ask(stage, b"", method="PUT", path="/v1/responses/resp_1")
    assert (code, head["allow"]) == (405, "DELETE, GET")
    assert "GET /v1/responses/{id}/input_items" in error_of(body)["message"]
