"""Every fault at every point of a stream: exactly which bytes a client's socket gets.

The reply is five events. What a fault leaves is worked out here from the same reply unbroken.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from agent_rehearsal import (
    Stage,
    at_random,
    cut,
    duplicate,
    fragment,
    garbage,
    half_close,
    head,
    kind,
    refuse,
    reorder,
    reset,
    split_utf8,
    stall,
    within,
)
from agent_rehearsal.wire import Raw, Send
from mock_responses import (
    completed,
    created,
    message,
    output_item_added,
    output_item_done,
    status,
    stream,
    text_delta,
)
from mock_responses.sse import encode
from suites.wire.raw_client import RawClient, ask, connected, events, request, unchecked

BODY = {"model": "m", "input": "hi", "stream": True}
SAID = "a漢\U0001f3ad"
EVENTS = (
    created(response={"created_at": 1}),
    output_item_added(message(SAID)),
    text_delta(SAID),
    output_item_done(),
    completed(response={"created_at": 1, "completed_at": 1}),
)
SPOTS = range(len(EVENTS) + 1)
ENDS = {"cut": cut(), "reset": reset(), "stall": stall(), "half_close": half_close()}
INSIDE = {"first byte": 1, "middle": 40, "last byte": -1}


def at(spot: int, *marks: Any) -> Any:
    """The reply with marks after so many of its events."""
    return stream(*EVENTS[:spot], *marks, *EVENTS[spot:])


async def whole() -> list[bytes]:
    """The framed events of the reply when nothing breaks it."""
    async with Stage() as stage:
        stage.responses.reply(at(0))
        await ask(stage, BODY)
    return [entry.raw for entry in stage.journal.select(kind("chunk"))]


async def broken(*marks: Any, spot: int, ended: str) -> tuple[bytes, bytes, Stage]:
    """What a client gets of the reply with marks in it: body, what follows it, and the stage."""
    async with Stage() as stage:
        stage.responses.reply(at(spot, *marks))
        stage.responses.reply(message("again"))
        async with connected(stage) as client:
            await client.send(request(BODY))
            if ended == "stall":
                await stage.journal.wait_for(kind("fault") & head("stall"))
                await client.half_close()
            rest, error = await client.rest()
        assert error is (ConnectionResetError if ended == "reset" else None)
        assert (await ask(stage, BODY))[0] == 200
    return *unchunked(rest), stage


def unchunked(data: bytes) -> tuple[bytes, bytes]:
    """The body of an answer, and its terminator, if there is one."""
    body, rest = b"", data.partition(b"\r\n\r\n")[2]
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            return body, b"0\r\n" + rest
        body, rest = body + rest[:length], rest[length + 2 :]
    return body, b""


def fault_of(stage: Stage) -> tuple[str, dict[str, Any]]:
    """The name and the detail of the one fault."""
    (entry,) = stage.journal.select(kind("fault"))
    return entry.head, entry.json


@pytest.mark.parametrize("spot", SPOTS)
@pytest.mark.parametrize("name", ENDS)
async def test_an_end_on_a_boundary_leaves_whole_events(name: str, spot: int) -> None:
    """The events before it and no terminator; the next connection is served."""
    expected = (await whole())[:spot]
    body, terminator, stage = await broken(ENDS[name], spot=spot, ended=name)
    # A reset may overtake what was sent, so that less of it arrives.
    assert body == b"".join(expected) or (name == "reset" and b"".join(expected).startswith(body))
    assert terminator == b""
    assert fault_of(stage) == (name, {"after": spot, "offset": len(b"".join(expected))})


@pytest.mark.parametrize("spot", SPOTS[:-1])
@pytest.mark.parametrize("inside", INSIDE)
@pytest.mark.parametrize("name", ENDS)
async def test_an_end_inside_an_event_leaves_a_part_of_it(
    name: str, inside: str, spot: int
) -> None:
    """The events before it, then so many bytes of the next one, and no terminator."""
    chunks = await whole()
    part = chunks[spot][: INSIDE[inside]]
    expected = b"".join(chunks[:spot]) + part
    mark = within(ENDS[name], at=INSIDE[inside])
    body, terminator, stage = await broken(mark, spot=spot, ended=name)
    assert body == expected or (name == "reset" and expected.startswith(body))
    assert terminator == b""
    assert fault_of(stage) == (name, {"after": spot, "offset": len(expected)})
    assert stage.journal.select(kind("chunk"))[spot].raw == part


GARBAGE = next(
    encode(step) if isinstance(step, Send) else step.data
    for step in garbage(seed=3).rewrite([], lambda _: b"")
    if isinstance(step, Send | Raw)
)
CHANGES: Mapping[str, tuple[Any, Callable[[list[bytes], int], list[bytes]], int]] = {
    "duplicate": (duplicate(), lambda all, n: [*all[: n + 1], *all[n:]], 1),
    "reorder": (
        reorder(),
        lambda all, n: [*all[:n], all[n + 1], all[n], *all[n + 2 :]],
        2,
    ),
    "garbage": (
        garbage(seed=3),
        lambda all, n: [*all[:n], GARBAGE, *all[n:]],
        0,
    ),
    "fragment": (fragment([7, 1]), lambda all, n: all, 0),
    "split_utf8": (split_utf8(), lambda all, n: all, 0),
}
"""Faults that change what is sent: the mark, what it makes of the events, how many it needs."""


@pytest.mark.parametrize(
    ("name", "spot"),
    [
        (name, spot)
        for name, (_, _, needs) in CHANGES.items()
        for spot in range(len(EVENTS) + 1 - needs)
    ],
)
async def test_a_change_on_a_boundary_is_about_what_follows(name: str, spot: int) -> None:
    """The rest of the stream comes in good order, with its terminator."""
    mark, changed, _ = CHANGES[name]
    chunks = await whole()
    async with Stage() as stage:
        stage.responses.reply(at(spot, mark))
        async with connected(stage) as client:
            _, _, body = await client.ask(BODY)
    assert body == b"".join(changed(chunks, spot))
    noted, detail = fault_of(stage)
    offset = len(b"".join(chunks[:spot]))
    assert (noted, detail["after"], detail["offset"]) == (name, spot, offset)


async def chunks_of(*marks: Any) -> list[bytes]:
    """The chunks of the transfer in which a reply arrives."""
    async with Stage() as stage:
        stage.responses.reply(at(0, *marks))
        async with connected(stage) as client:
            await client.send(request(BODY))
            await client.head()
            return [chunk async for chunk in every_chunk(client)]


async def every_chunk(client: RawClient) -> Any:
    """Each chunk of a body."""
    while chunk := await client.chunk():
        yield chunk


async def test_split_utf8_divides_every_long_character() -> None:
    """Each write but the last of an event ends inside a character; all of them are divided."""
    chunks = await chunks_of(split_utf8())
    body = b"".join(chunks)
    assert body == b"".join(await whole())
    cuts = [chunk for chunk in chunks if is_cut(chunk)]
    assert len(cuts) == sum(len(character.encode()) > 1 for character in body.decode()) > 4


def is_cut(chunk: bytes) -> bool:
    """Whether a chunk ends after the first byte of a character."""
    return chunk[-1] >= 0xC0


async def test_fragment_takes_over_from_split_utf8() -> None:
    """The last mark about pieces is in force."""
    chunks = await chunks_of(split_utf8(), fragment([50]))
    assert {len(chunk) for chunk in chunks[:-1]} == {50}


async def test_half_close_reads_on() -> None:
    """The client sees the end of the stream; what it sends later is taken, and then it leaves."""
    async with Stage() as stage:
        stage.responses.reply(at(1, half_close()))
        async with connected(stage) as client:
            await client.send(request(BODY))
            rest, error = await client.rest()
            assert (unchunked(rest)[1], error) == (b"", None)
            assert not stage.journal.select(kind("close"))
            await client.send(b"more")
        left = await stage.journal.wait_for(kind("close"))
    assert left.head == "client left"


async def test_marks_stand_between_the_deltas_of_a_message() -> None:
    """A message is written once; the fault falls between two of its deltas, or into one."""
    async with Stage() as stage:
        stage.responses.reply(message("ab", duplicate(), "cd"))
        stage.responses.reply(message("ab", within(cut(), at=20), "cd"))
        _, _, body = await ask(stage, BODY)
        async with connected(stage) as client:
            await client.send(request(BODY))
            rest, _ = await client.rest()
    assert [e["delta"] for e in events(body) if "delta" in e] == ["ab", "cd", "cd"]
    got = unchunked(rest)[0]
    assert [e["delta"] for e in events(got) if "delta" in e] == ["ab"]
    assert got.endswith(b"\n\nevent: response.outp")


@pytest.mark.parametrize("seed", range(12))
async def test_a_random_fault_is_found_again(seed: int) -> None:
    """Two runs with one seed have the same journal entries of it, and the same bytes arrive."""

    async def run() -> tuple[bytes, list[Any]]:
        async with Stage() as stage:
            stage.responses.reply(at(0, at_random(seed, faults=RANDOM)))
            async with connected(stage) as client:
                await client.send(request(BODY))
                _, _, data = await read(client)
        noted = stage.journal.select(kind("fault"))
        assert noted[0].get("seed") == seed
        assert all(entry.get("offset") is not None for entry in noted)
        return data, [(entry.head, entry.json) for entry in noted]

    assert await run() == await run()


RANDOM = (cut(), half_close(), duplicate(), reorder(), garbage(seed=1), split_utf8())


async def read(client: RawClient) -> tuple[int, Any, bytes]:
    """The body of an answer, whole or broken off."""
    status, headers = await client.head()
    body = b""
    try:
        while chunk := await client.chunk():
            body += chunk
    except EOFError as error:
        body += getattr(error, "partial", b"")
    return status, headers, body


async def test_a_request_without_stream_can_be_broken_too() -> None:
    """A random fault has one place in an answer that is sent whole: before it."""
    async with Stage() as stage:
        stage.responses.reply(at_random(5, faults=[cut(), duplicate()]), message("hi"))
        async with connected(stage) as client:
            await client.send(request({**BODY, "stream": False}))
            assert await client.rest() == (b"", None)


async def test_a_mark_without_its_event_fails_the_test() -> None:
    """The finding says what the mark needs."""
    async with unchecked() as stage:
        stage.responses.reply(at(len(EVENTS), duplicate()))
        assert (await ask(stage, BODY))[0] == 500
    (finding,) = stage.findings.of_level("violation")
    assert "duplicate() needs 1 events after it in the same script and has 0" in finding.text


async def test_a_refusal_is_an_answer_as_well() -> None:
    """`refuse` and `status` both say when to come back."""
    async with Stage() as stage:
        stage.responses.reply(refuse(503, retry_after=1.5))
        stage.responses.reply(status(429, retry_after=2))
        first = await ask(stage, BODY)
        second = await ask(stage, BODY)
    assert (first[0], first[1]["retry-after"]) == (503, "1.5")
    assert (second[0], second[1]["retry-after"]) == (429, "2")
