"""Bad input and manners over HTTP: each is recorded, named, answered, and leaves nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from agent_rehearsal import ALWAYS, PortInUse, Stage, Violation, head, kind
from agent_rehearsal.journal import PredicateError
from mock_responses import message
from suites.wire.raw_client import ask, connected, error_of, events, request, unchecked

BODY = {"model": "m", "input": "hi", "stream": True}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A stage that fails for nothing, serves the next request, and leaves no task behind."""
    async with Stage(strict="warn") as stage:
        stage.responses.reply(message("ok"), times=ALWAYS)
        yield stage
        code, _, body = await ask(stage, BODY)
        assert code == 200
        assert events(body)[-1]["type"] == "response.completed"
    assert asyncio.all_tasks() == {asyncio.current_task()}


def findings(stage: Stage) -> dict[str, str]:
    """The findings by name."""
    return {finding.name: finding.text for finding in stage.findings.of_level("advice")}


UNDECODABLE: dict[str, tuple[bytes, dict[str, str], str]] = {
    "empty": (b"", {}, "not JSON (0 bytes)"),
    "no JSON": (b'{"model": ', {}, "not JSON (10 bytes)"),
    "no UTF-8": (b'{"model": "\xff"}', {}, "not JSON (14 bytes)"),
    "no object": (b"[1]", {}, "a JSON list, expected an object"),
    "a wrong encoding": (
        json.dumps(BODY).encode(),
        {"Content-Encoding": "zstd"},
        "claims content-encoding 'zstd' and is not in it",
    ),
    "an unknown encoding": (
        json.dumps(BODY).encode(),
        {"Content-Encoding": "rot13"},
        "content-encoding 'rot13' is unknown; known are zstd, gzip",
    ),
}


@pytest.mark.parametrize("case", UNDECODABLE)
async def test_a_body_that_is_no_request_is_refused_and_kept(stage: Stage, case: str) -> None:
    """The client gets a 400 that names the entry and the reason; no reply is used up."""
    body, headers, reason = UNDECODABLE[case]
    code, _, content = await ask(stage, body, headers=headers)
    said = error_of(content)
    assert (code, said["code"]) == (400, "rehearsal_undecodable")
    assert reason in said["message"]
    assert said["message"].startswith("<#1 responses c1 in request POST /v1/responses>")
    assert findings(stage)["undecodable"] == said["message"]
    assert stage.journal[0].raw == body


async def test_a_truncated_body_is_recorded_as_far_as_it_came(stage: Stage) -> None:
    """A client that leaves before the end of its body: what came, a finding, a close."""
    async with connected(stage) as client:
        await client.send(request(b'{"model"', headers={"Content-Length": "100"}))
    closed = await stage.journal.wait_for(kind("close"))
    entry = stage.journal.entry(closed.re or 0)
    assert entry.raw == b'{"model"'
    assert (
        "broke off after 8 bytes, content-length 100 was announced"
        in findings(stage)["damaged-body"]
    )


async def test_a_broken_chunk_is_answered_and_ends_the_connection(stage: Stage) -> None:
    """A chunked body that breaks its own encoding gets a 400 and no second chance."""
    headers = {"Transfer-Encoding": "chunked", "Expect": "100-continue"}
    async with connected(stage) as client:
        await client.send(request(headers=headers))
        assert (await client.head())[0] == 100
        await client.send(b"3\r\nabc\r\nzz\r\n")
        code, headers, body = await client.answer()
        await client.rest()
    assert (code, headers["connection"]) == (400, "close")
    assert error_of(body)["code"] == "rehearsal_damaged_body"
    assert "a chunked body was announced" in findings(stage)["damaged-body"]
    assert stage.journal[0].raw == b"abc"


async def test_a_body_of_100_mb_is_served(stage: Stage) -> None:
    """A huge body is recorded whole and answered, in bounded time."""
    body = b'{"stream": true, "input": "%b"}' % (b"x" * 100_000_000)
    async with asyncio.timeout(20):
        code, _, _ = await ask(stage, body)
    assert code == 200
    assert len(stage.journal[0].raw) == len(body)


async def test_a_client_may_ask_before_it_sends(stage: Stage) -> None:
    """`Expect: 100-continue` is answered, for clients that wait with a large body."""
    whole = request(BODY, headers={"Expect": "100-continue"})
    start, body = whole.split(b"\r\n\r\n", 1)
    async with connected(stage) as client:
        await client.send(start + b"\r\n\r\n")
        assert (await client.head())[0] == 100
        await client.send(body)
        assert (await client.answer())[0] == 200


UNSERVED = [
    ("POST", "/v1/nothing", 404, None, ""),
    ("POST", "/v1/chat/completions", 404, None, ""),
    ("POST", "/responses", 404, None, "POST /v1/responses"),
    ("GET", "/v1/v1/models", 404, None, "GET /v1/models"),
    ("PUT", "/v1/responses", 405, "POST", "POST /v1/responses"),
    ("OPTIONS", "/v1/responses", 405, "POST", "POST /v1/responses"),
    ("DELETE", "/v1/models", 405, "GET", "GET /v1/models"),
    ("GET", "/v1/realtime", 404, None, ""),
]


@pytest.mark.parametrize(("method", "path", "code", "allow", "meant"), UNSERVED)
async def test_what_nothing_serves_gets_an_error_that_lists_what_is(
    stage: Stage, method: str, path: str, code: int, allow: str | None, meant: str
) -> None:
    """404 for a path, 405 for a method, both with the nearest and all that is served; recorded like
    the rest.
    """
    found, headers, body = await ask(stage, method=method, path=path)
    assert (found, headers.get("allow")) == (code, allow)
    text = error_of(body)["message"]
    hint = f" (did you mean {meant}?)" if meant else ""
    assert text == (
        f"{method} {path} is not served{hint}; "
        "served are DELETE /v1/responses/{id}, GET /v1/models, "
        "GET /v1/responses/{id}, GET /v1/responses/{id}/input_items, "
        "POST /v1/memories/trace_summarize, POST /v1/realtime/calls, "
        "POST /v1/realtime/calls/{id}/accept, POST /v1/realtime/calls/{id}/hangup, "
        "POST /v1/realtime/calls/{id}/refer, POST /v1/realtime/calls/{id}/reject, "
        "POST /v1/realtime/client_secrets, POST /v1/responses, POST /v1/responses/compact, "
        "POST /v1/responses/{id}/cancel, upgrades of /v1/realtime, upgrades of /v1/responses"
    )
    assert findings(stage)["unknown-path"] == text
    assert stage.journal[0].method == method


async def test_an_answer_to_head_has_no_body(stage: Stage) -> None:
    """HEAD on a served path: the head of the error, on the wire and in the journal."""
    async with connected(stage) as client:
        await client.send(request(method="HEAD"))
        assert (await client.head())[0] == 405
        await client.send(request(BODY))
        assert (await client.answer())[0] == 200
    assert stage.journal.select(kind("response"))[0].raw == b""


async def test_an_unknown_path_fails_only_where_paths_are_strict() -> None:
    """Plugins and analytics ask for much: advice, or a violation on request."""
    async with Stage():
        pass
    async with unchecked(strict_paths=True) as strict:
        await ask(strict, method="GET", path="/v1/nothing")
    with pytest.raises(Violation, match="GET /v1/nothing is not served"):
        strict.check()


NONSENSE = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    "a bad chunk": b"POST /v1/responses HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a bad header": b"POST /v1/responses HTTP/1.1\r\nbad header\r\n\r\n",
    "two lengths": b"POST /v1/responses HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
}


@pytest.mark.parametrize("case", NONSENSE)
async def test_what_is_no_http_leaves_a_trace(stage: Stage, case: str) -> None:
    """The bytes are in the journal, a finding asks about TLS, the client gets a 400."""
    async with connected(stage) as client:
        await client.send(NONSENSE[case])
        assert (await client.head())[0] == 400
        await client.rest()
    entry, finding, answered = stage.journal[:3]
    assert entry.raw == NONSENSE[case]
    assert entry.conn is not None
    assert finding.head == "damaged-head"
    assert (answered.head, answered.re) == ("400 Bad Request", entry.seq)
    assert "speak TLS" in findings(stage)["damaged-head"]


async def test_huge_headers_are_taken(stage: Stage) -> None:
    """Clients put whole documents into headers: a mebibyte in one, and a thousand of them."""
    many = {f"X-{number}": "y" for number in range(1000)}
    code, _, _ = await ask(stage, BODY, headers={"X-Big": "x" * (1 << 20), **many})
    assert code == 200
    assert len(stage.responses.requests[0].headers["x-big"]) == 1 << 20


async def test_a_condition_that_raises_is_named(stage: Stage) -> None:
    """The client gets a 400 and the finding says which condition raised, and on what."""

    def clumsy(entry: Any) -> bool:
        return bool(entry.get("input") == "trip" and entry.json["no such key"])

    stage.responses.reply(message("x"), when=clumsy, optional=True, name="mine")
    code, _, body = await ask(stage, {**BODY, "input": "trip"})
    assert (code, error_of(body)["code"]) == (400, "rehearsal_predicate_raised")
    assert "clumsy, the condition of mine, raised KeyError" in findings(stage)["predicate-raised"]


async def test_a_wait_whose_condition_raises_fails_at_once(stage: Stage) -> None:
    """The error names the condition and the entry that it was asked about."""
    wait = asyncio.create_task(stage.responses.wait_for(lambda e: e.json["no"], timeout=60))
    await asyncio.sleep(0)
    await ask(stage, BODY)
    with pytest.raises(PredicateError, match="raised KeyError"):
        await wait


async def test_a_pipelining_client_is_answered_in_order(stage: Stage) -> None:
    """Two requests in one segment: two answers, in order, on one connection."""
    async with connected(stage) as client:
        await client.send(request(method="GET", path="/v1/models") + request(BODY))
        assert b"mock-model" in (await client.answer())[2]
        assert events((await client.answer())[2])[0]["type"] == "response.created"


async def test_http_1_0_ends_a_stream_with_the_connection(stage: Stage) -> None:
    """A client of HTTP/1.0 gets no chunks."""
    async with connected(stage) as client:
        await client.send(request(BODY).replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert (await client.head())[0] == 200
        body, _ = await client.rest()
    assert events(body)[-1]["type"] == "response.completed"


async def test_a_port_in_use_is_named() -> None:
    """The error says which port, and what to do."""
    async with Stage() as first:
        with pytest.raises(PortInUse, match=rf"127\.0\.0\.1:{first.server.port} is in use"):
            async with Stage(port=first.server.port):
                pass


async def test_a_client_that_comes_while_the_server_stops_is_let_go() -> None:
    """Clients that retry in a loop do not keep a server from stopping."""
    async with Stage(strict="warn") as other:
        other.responses.reply(other.responses.gate("held"), message("x"), times=50, optional=True)
        async with aiohttp.ClientSession() as session:

            async def hammer() -> None:
                while True:
                    try:
                        await session.post(f"{other.base_url}/responses", json=BODY)
                    except aiohttp.ClientConnectorError:
                        return
                    except aiohttp.ClientError:
                        continue

            tasks = [asyncio.create_task(hammer()) for _ in range(5)]
            await other.journal.wait_count(kind("gate"), 5)
            async with asyncio.timeout(5):
                await other.stop()
                await asyncio.gather(*tasks)


async def test_an_idle_connection_is_closed_at_the_end() -> None:
    """A connection that never asked anything, or is kept alive, ends with the stage."""
    async with Stage() as stage:
        stage.responses.reply(message("ok"))
        async with connected(stage) as idle, connected(stage) as used:
            await used.ask(BODY)
            await stage.stop()
            assert await idle.rest() == (b"", None)
            assert await used.rest() == (b"", None)


async def test_departures_are_recorded_with_the_request_they_end(stage: Stage) -> None:
    """A client that leaves before its answer: a `close` that leads back to its request."""
    gate = stage.responses.gate("held")
    stage.responses.reply(gate, message("x"), when=lambda e: e.get("input") == "bye")
    async with connected(stage) as client:
        await client.send(request({**BODY, "input": "bye"}))
        reached = await gate.reached()
    left = await stage.journal.wait_for(kind("close") & head("client left"))
    assert left.re == reached.re


async def test_a_request_line_is_recorded_as_it_was_sent(stage: Stage) -> None:
    """A client that takes the stage for a proxy is served, and its whole URL is kept."""
    async with connected(stage) as client:
        await client.ask(BODY, path="http://mock/v1/responses?a=b")
    (sent,) = stage.responses.requests
    assert sent.entry.head == "POST http://mock/v1/responses?a=b HTTP/1.1"
