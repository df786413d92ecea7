"""Requests that are answered past aiohttp: which ones may be, and that nobody can tell."""

import asyncio
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_rehearsal import ALWAYS, Stage
from agent_rehearsal.wire.plain import Lane, plain
from mock_responses import message
from suites.wire.raw_client import RawClient, connected, request

BODY = {"model": "m", "input": "hi", "stream": True}
ASKED = request(BODY)
DIFFERING = re.compile(
    rb'(?:resp|msg|req)_\d+|"(?:created|completed)_at":\d+|Date: [^\r]*|[0-9a-f]+\r\n'
)


def post(*headers: str, line: str = "POST /v1/responses HTTP/1.1", body: str = "") -> bytes:
    """A request with these header lines."""
    return "\r\n".join([line, *headers, "", body]).encode()


@pytest.mark.parametrize(
    "data",
    [
        post(),
        post("content-length: 0"),
        post("Host: mock", "Content-Length:2", body="{}"),
        post("connection: Keep-Alive", "accept: */*", "x:", "y:  a b \t"),
        post(line="GET /v1/models?a=%20&b HTTP/1.1"),
    ],
)
def test_a_usual_request_is_plain(data: bytes) -> None:
    """Its parts are read off, the values of headers without the white space around them."""
    found = plain(data)
    assert found is not None
    assert len(data) == found.size + found.length
    lines = data.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    pairs = [line.split(b":", 1) for line in lines]
    assert list(found.headers) == [(name, value.strip()) for name, value in pairs]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        post()[:-1],
        post("content-length: 2", "content-length: 2"),
        post("content-length: +2"),
        post("content-length: 1_0"),
        post("transfer-encoding: chunked"),
        post("expect: 100-continue"),
        post("connection: close"),
        post("Connection: Upgrade", "upgrade: websocket"),
        post("no colon"),
        post("name : value"),
        post(" folded: value"),
        post("name: caf\u00e9"),
        post("name: a\rb"),
        post(line="POST /v1/responses HTTP/1.0"),
        post(line="POST http://mock/v1/responses HTTP/1.1"),
        post(line="POST  /v1/responses HTTP/1.1"),
        post(line="post /v1/responses HTTP/1.1"),
        b"\r\n" + post(),
        post("name: value").replace(b"\r\n", b"\n"),
        post("name: " + "x" * 9000),
    ],
)
def test_anything_else_is_not(data: bytes) -> None:
    """What could be framed or meant in another way is left to aiohttp."""
    assert plain(data) is None


def test_what_comes_while_another_request_is_served_is_aiohttps() -> None:
    """A pipelined request must not overtake the one before it."""
    lane = Lane()
    assert lane.take(ASKED) is not None
    lane.hand_over()
    assert lane.take(ASKED) is None
    lane.served()
    assert lane.take(ASKED) is None


def test_a_body_in_two_parts_is_aiohttps_and_the_next_request_is_not() -> None:
    """Where one request ends is known all the while, so the next one is known to be whole."""
    lane = Lane()
    assert lane.take(ASKED[:-5]) is None
    assert lane.take(ASKED[-5:]) is None
    lane.served()
    assert lane.take(ASKED) is not None


async def told(stage: Stage, client: RawClient, *pieces: bytes) -> bytes:
    """The answer to a request in these pieces, without what differs from answer to answer."""
    for piece in pieces:
        await client.send(piece)
        await asyncio.sleep(0)
    status, headers, body = await client.answer()
    shown = f"{status} {sorted(headers)} ".encode() + body
    return DIFFERING.sub(b"", shown)


def recorded(stage: Stage, after: int) -> list[tuple[Any, ...]]:
    """The entries later than `after` without what differs from answer to answer."""
    return [
        (e.source, e.kind, e.direction, e.head, e.raw_headers, DIFFERING.sub(b"", e.raw))
        for e in stage.journal.select(after=after)
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, len(ASKED) - 1), unique=True, max_size=3).map(sorted))
def test_nobody_can_tell_which_way_a_request_was_served(cuts: list[int]) -> None:
    """However a request is cut into segments, its answer and the journal are the same."""

    async def compare() -> None:
        async with Stage() as stage, connected(stage) as client:
            stage.responses.reply(message("a", "b"), times=ALWAYS)
            found = []
            for _ in range(3):
                before = len(stage.journal)
                found.append((await told(stage, client, ASKED), recorded(stage, before)))
            before = len(stage.journal)
            ends = pairwise((0, *cuts, len(ASKED)))
            pieces = [ASKED[begin:end] for begin, end in ends]
            found.append((await told(stage, client, *pieces), recorded(stage, before)))
            assert all(one == found[0] for one in found[1:])

    asyncio.run(compare())


async def test_pipelined_requests_are_answered_in_order() -> None:
    """Requests that come together get as many answers, in their order, and one entry each."""
    async with Stage() as stage, connected(stage) as client:
        stage.responses.reply(message("a"), times=ALWAYS)
        for _ in range(3):
            await client.send(ASKED)
            await client.answer()
        await client.send(ASKED * 3)
        bodies = [(await client.answer())[2] for _ in range(3)]
        numbers = [int(re.findall(rb"resp_(\d+)", body)[0]) for body in bodies]
        assert numbers == [4, 5, 6]
        assert len(stage.responses.requests) == 6


async def test_a_rule_is_asked_once_about_a_request() -> None:
    """A request that is looked at on the spot and then served by aiohttp is matched once."""
    async with Stage() as stage, connected(stage) as client:
        asked: list[int] = []

        def counted(entry: Any) -> bool:
            asked.append(entry.seq)
            return b"hi" in entry.raw

        stage.responses.reply(message("a"), when=counted, times=ALWAYS)
        for _ in range(3):
            await client.ask(BODY)
        status, _, body = await client.ask({**BODY, "stream": False})
        assert (status, b'"object":"response"' in body) == (200, True)
        assert asked == sorted(set(asked))
        assert len(asked) == len(stage.responses.requests) == 4


async def test_a_miss_on_the_spot_is_told_as_any_other() -> None:
    """A request that no rule answers gets its error and its finding once."""
    stage = Stage(strict="warn")
    async with stage, connected(stage) as client:
        stage.responses.reply(message("a"), when=lambda entry: b"hi" in entry.raw, times=ALWAYS)
        for _ in range(3):
            await client.ask(BODY)
        status, _, body = await client.ask({**BODY, "input": "bye"})
        assert (status, b"rehearsal_unmatched" in body) == (400, True)
        assert [finding.name for finding in stage.findings.of_level("advice")] == ["unmatched"]
