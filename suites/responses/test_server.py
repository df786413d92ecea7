"""`POST /v1/responses` and `GET /v1/models` over real sockets, by hand-made HTTP and an SDK."""

import asyncio
import gzip
import json
import zlib
from typing import Any

import brotli
import pytest
import zstandard

from agent_rehearsal import Conversation, Stage, Violation, direction, fragment, header, kind, path
from agent_rehearsal.wire import Raw
from mock_responses import (
    asks,
    completed,
    created,
    failed,
    function_call,
    message,
    minimal,
    rate_limited,
    status,
    stream,
    text_delta,
)
from suites.wire.raw_client import ask, connected, error_of, events, request, unchecked

STREAMED = {"model": "m", "input": "hi", "stream": True}
WHOLE = {"model": "m", "input": "hi"}


def texts(found: list[dict[str, Any]]) -> str:
    """The deltas of a stream, joined."""
    return "".join(e["delta"] for e in found if e["type"] == "response.output_text.delta")


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json", "*/*"])
async def test_the_body_decides_whether_a_reply_is_streamed(accept: str) -> None:
    """`stream` in the body decides; SDKs send the same `Accept` for both."""
    async with Stage() as stage:
        stage.responses.reply(message("a", "b"), times=3)
        _, head, body = await ask(stage, STREAMED, headers={"Accept": accept})
        assert head["content-type"] == "text/event-stream; charset=utf-8"
        assert texts(events(body)) == "ab"
        for unstreamed in (WHOLE, {**WHOLE, "stream": False}):
            _, head, body = await ask(stage, unstreamed, headers={"Accept": accept})
            assert head["content-type"] == "application/json"
            assert json.loads(body)["output"][0]["content"][0]["text"] == "ab"


async def test_models_are_listed() -> None:
    """`GET /v1/models` lists what the test says there is."""
    async with Stage() as stage:
        stage.responses.models = ("one", "two")
        code, _, body = await ask(stage, method="GET", path="/v1/models")
    assert code == 200
    assert [model["id"] for model in json.loads(body)["data"]] == ["one", "two"]


async def test_a_status_is_the_whole_answer() -> None:
    """A whole answer stands in place of a stream and of an object, with its headers."""
    async with Stage() as stage:
        stage.responses.reply(rate_limited(retry_after=2), times=2)
        for body in (STREAMED, WHOLE):
            code, head, content = await ask(stage, body)
            assert (code, head["retry-after"]) == (429, "2")
            assert error_of(content)["code"] == "rate_limit_exceeded"


async def test_headers_go_out_with_either_kind_of_answer() -> None:
    """`headers` of a reply are in the head of a stream, and of a whole object."""
    async with Stage() as stage:
        stage.responses.reply(message("hi"), times=2, headers={"X-Turn": "7"})
        heads = [(await ask(stage, body))[1] for body in (STREAMED, WHOLE)]
    assert [head["x-turn"] for head in heads] == ["7", "7"]


async def test_a_failure_without_stream_is_the_state_of_the_object() -> None:
    """`response.failed` answers a request without `stream` with an object that has failed."""
    async with Stage() as stage:
        stage.responses.reply(failed("server_error", "no"))
        _, _, body = await ask(stage, WHOLE)
    assert json.loads(body)["status"] == "failed"


async def test_marks_hold_a_whole_answer_too() -> None:
    """A gate inside an item holds the answer to a request without `stream`."""
    async with Stage() as stage:
        gate = stage.responses.gate("half")
        stage.responses.reply(message("a", gate, "b"))
        async with connected(stage) as client:
            await client.send(request(WHOLE))
            await gate.reached()
            assert not stage.journal.select(kind("response"))
            gate.open()
            _, _, body = await client.answer()
    assert json.loads(body)["output"][0]["content"][0]["text"] == "ab"


@pytest.mark.parametrize("body", [STREAMED, WHOLE], ids=["streamed", "whole"])
async def test_a_coroutine_reads_the_request_and_sends_what_it_likes(body: dict[str, Any]) -> None:
    """A coroutine reply sees the request, sends in steps, and what it returns is sent last."""

    async def echo(talk: Conversation) -> Any:
        return message(f"you said {talk.request.get('input')}")

    async with Stage() as stage:
        stage.responses.reply(echo)
        _, _, content = await ask(stage, body)
    assert b"you said hi" in content


async def test_a_coroutine_sends_events_one_by_one() -> None:
    """What a coroutine sends goes out at once, numbered on."""
    went_on = asyncio.Event()

    async def slowly(talk: Conversation) -> None:
        await talk.send(created(), text_delta("a"))
        await went_on.wait()
        await talk.send(completed())

    async with Stage() as stage:
        stage.responses.reply(slowly)
        async with connected(stage) as client:
            await client.send(request(STREAMED))
            await client.head()
            first = events(await client.chunk())
            went_on.set()
            second = events(await client.chunk())
            assert await client.chunk() == b""
    assert [e["sequence_number"] for e in [*first, *second]] == [0, 1, 2]


async def test_a_coroutine_cannot_receive_over_http() -> None:
    """`receive()` on an HTTP exchange says that there is one request."""

    async def wrong(talk: Conversation) -> None:
        await talk.receive()

    async with Stage() as stage:
        stage.waive("reply-raised")
        stage.responses.reply(wrong)
        code, _, body = await ask(stage, STREAMED)
    assert code == 500
    assert "receive() needs a WebSocket" in error_of(body)["message"]


async def test_requests_are_told_apart_by_what_they_carry() -> None:
    """The most specific reply wins, whatever the order in which they were given."""
    async with Stage() as stage:
        stage.responses.reply(message("general"), times=2)
        stage.responses.reply(message("special"), when=asks("please"))
        answers = [
            texts(events((await ask(stage, {**STREAMED, "input": text}))[2]))
            for text in ("hi", "please", "please")
        ]
    assert answers == ["general", "special", "general"]


async def test_a_tie_is_an_error_that_names_both() -> None:
    """Two replies that are equally specific answer nothing; the client is told why."""
    async with unchecked() as stage:
        stage.responses.reply(message("1"), when=asks("h"), name="first", optional=True)
        stage.responses.reply(message("2"), when=asks("i"), name="second", optional=True)
        code, _, body = await ask(stage, STREAMED)
        assert code == 400
        assert error_of(body)["code"] == "rehearsal_ambiguous"
    with pytest.raises(Violation, match="ambiguous") as caught:
        stage.check()
    assert "first when asks('h')" in str(caught.value)
    assert "second when asks('i')" in str(caught.value)


async def test_parallel_agents_do_not_take_each_others_replies() -> None:
    """A queue answers what it claims and nothing else, also when another agent asks first."""
    async with Stage() as stage:
        for name in ("ann", "bob"):
            queue = stage.responses.queue(header("agent", name))
            queue.reply(message(f"{name} 1"))
            queue.reply(message(f"{name} 2"))
        stage.responses.reply(message("anybody"))

        async def agent(name: str) -> list[str]:
            async with connected(stage) as client:
                found = []
                for _ in range(2):
                    _, _, body = await client.ask(STREAMED, headers={"Agent": name})
                    found.append(texts(events(body)))
                return found

        said = list(await asyncio.gather(agent("bob"), agent("ann")))
        assert texts(events((await ask(stage, STREAMED))[2])) == "anybody"
    assert said == [["bob 1", "bob 2"], ["ann 1", "ann 2"]]


async def test_an_unmatched_request_fails_waits_and_tells_the_client() -> None:
    """No reply: waits fail at once, and the error names the nearest rule and what it lacked."""
    async with unchecked() as stage:
        stage.responses.reply(message("x"), when=asks("bye"), name="farewell", optional=True)
        never = asyncio.create_task(stage.responses.wait_for(path("/nowhere"), timeout=60))
        await asyncio.sleep(0)
        code, head, body = await ask(stage, STREAMED)
        with pytest.raises(Violation, match="farewell"):
            await never
        with pytest.raises(Violation, match="farewell"):
            await stage.responses.wait_for(path("/nowhere"), timeout=60)
    with pytest.raises(Violation, match="unmatched"):
        stage.check()
    said = error_of(body)
    assert (code, said["type"], said["code"]) == (
        400,
        "invalid_request_error",
        "rehearsal_unmatched",
    )
    assert "nearest is farewell when asks('bye')" in said["message"]
    assert "the last user text is 'hi'" in said["message"]
    assert head["x-rehearsal"] == said["message"].replace("\n", " | ")


async def test_a_long_message_is_a_valid_header() -> None:
    """`x-rehearsal` is one line of ASCII, whatever a reply is called."""
    async with Stage(strict="warn") as stage:
        stage.responses.reply(message("x"), when=asks("bye"), name="ü\r\n" * 900, optional=True)
        code, head, _ = await ask(stage, STREAMED)
    assert code == 400
    assert len(head["x-rehearsal"]) <= 1000
    assert head["x-rehearsal"].isascii()


ENCODINGS = {
    "zstd": zstandard.ZstdCompressor().compress,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_encoded_bodies_are_kept_and_understood(encoding: str) -> None:
    """A compressed body is in the journal as it was sent, and in the view as it was meant."""
    packed = ENCODINGS[encoding](json.dumps(STREAMED).encode())
    async with Stage() as stage:
        stage.responses.reply(message("hi"))
        code, _, _ = await ask(stage, packed, headers={"Content-Encoding": encoding})
    (sent,) = stage.responses.requests
    assert code == 200
    assert sent.entry.raw == packed
    assert sent.model == "m"


async def test_a_request_is_recorded_as_it_was_sent() -> None:
    """Request line, names and values of headers, and a chunked body, in the client's own bytes."""
    body = json.dumps(STREAMED).encode()
    parts = [body[:7], body[7:]]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    head = (
        b"POST /v1/responses?a=%7e&b=%2F HTTP/1.1\r\nHOST: mock\r\n"
        b"x-Odd-CASE: \xc3\xbc\r\nTransfer-Encoding: chunked\r\nX-Odd-Case: 2\r\n\r\n"
    )
    async with Stage() as stage:
        stage.responses.reply(message("hi"))
        async with connected(stage) as client:
            await client.send(head + chunks)
            assert (await client.answer())[0] == 200
    (sent,) = stage.responses.requests
    assert sent.entry.head == "POST /v1/responses?a=%7e&b=%2F HTTP/1.1"
    assert sent.entry.raw == body
    assert sent.entry.raw_headers == (
        (b"HOST", b"mock"),
        (b"x-Odd-CASE", b"\xc3\xbc"),
        (b"Transfer-Encoding", b"chunked"),
        (b"X-Odd-Case", b"2"),
    )
    assert sent.headers["x-odd-case"] == "ü"


async def test_everything_is_recorded_in_order_before_it_is_seen() -> None:
    """The request, the head, and each event as a chunk of its own, one after the other."""
    async with Stage() as stage:
        stage.responses.reply(minimal(message("hi")))
        _, _, body = await ask(stage, STREAMED)
        kinds = [(e.kind, e.direction, e.re) for e in stage.journal]
        chunks = stage.journal.select(kind("chunk") & direction("out"))
    assert kinds == [
        ("request", "in", None),
        ("response", "out", 1),
        *[("chunk", "out", 1)] * 3,
    ]
    assert b"".join(entry.raw for entry in chunks) == body
    assert [entry.type for entry in chunks] == [event["type"] for event in events(body)]


async def test_a_connection_keeps_its_id() -> None:
    """Requests of one connection share an id, another connection has another."""
    async with Stage() as stage:
        stage.responses.reply(message("hi"), times=3)
        async with connected(stage) as first, connected(stage) as second:
            for client in (first, second, first):
                await client.ask(STREAMED)
    ids = [request.conn.id for request in stage.responses.requests if request.conn]
    assert ids == ["c1", "c2", "c1"]


async def test_a_run_of_data_is_one_chunk_and_a_fragmented_one_many() -> None:
    """Events without a mark between them leave together; `fragment` says into what they fall."""
    async with Stage() as stage:
        stage.responses.reply(stream(Raw(b"abc"), Raw(b"def"), fragment([2, 1]), Raw(b"ghijk")))
        async with connected(stage) as client:
            await client.send(request(STREAMED))
            await client.head()
            found = [await client.chunk() for _ in range(5)]
    assert found == [b"abcdef", b"gh", b"i", b"jk", b""]


async def test_a_reply_can_be_given_by_a_queue_with_headers() -> None:
    """A queue's reply takes all that the mock's takes."""
    async with Stage() as stage:
        queue = stage.responses.queue(path("/v1/responses"))
        rule = queue.reply(function_call("c1", "f", "{}"), headers={"x-a": "1"}, name="mine")
        _, head, _ = await ask(stage, STREAMED)
    assert head["x-a"] == "1"
    assert [entry.seq for entry in rule.answered] == [1]


async def test_the_official_sdk_reads_all_three_kinds_of_answer() -> None:
    """The openai package takes a stream, an object and an error; the stage closes its client."""
    from openai import RateLimitError

    async with Stage() as stage:
        stage.responses.reply(message("one ", "two"), times=2)
        stage.responses.reply(status(429))
        client = stage.openai(max_retries=0)
        streamed = await client.responses.create(model="m", input="hi", stream=True)
        types = [event.type async for event in streamed]
        whole = await client.responses.create(model="m", input="hi")
        with pytest.raises(RateLimitError):
            await client.responses.create(model="m", input="hi")
    assert client.is_closed()
    assert types[-1] == "response.completed"
    assert whole.output_text == "one two"
