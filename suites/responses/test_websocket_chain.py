"""Requests that go on from a response: what they stand for, what they may name, and that one
WebSocket takes one at a time.
"""

import json
from typing import Any

import pytest

from agent_rehearsal import Stage, close, delay, head, kind, on, within
from mock_responses import (
    asks,
    carries_output_of,
    completed,
    connection_limit_reached,
    created,
    failed,
    function_call,
    incomplete,
    message,
    reasoning,
    stream,
)
from suites.responses.sockets import (
    CREATE,
    PREWARM,
    Json,
    ask,
    asked,
    findings,
    open_socket,
    output,
    received,
    user,
)
from suites.wire.raw_client import ask as ask_http
from suites.wire.raw_client import unchecked

pytestmark = pytest.mark.explore

NEW = {"store": False}
FAILURES: dict[str, Any] = {
    "response.failed": failed("server_error", "oops"),
    "response.incomplete": incomplete(),
}


def texts(items: list[Json]) -> list[Any]:
    """What items say, in short: texts of messages, ids of calls."""
    return [item.get("call_id") or content(item) for item in items]


def content(item: Json) -> Any:
    """The text of a message, however it is written."""
    found = item.get("content")
    return found[0]["text"] if isinstance(found, list) else found


async def test_a_request_stands_for_all_that_went_before() -> None:
    """`input` is what the frame has; `logical_input` begins with requests and responses before."""
    async with Stage() as stage:
        stage.responses.reply(reasoning("hm"), function_call("c1", "f", {}))
        stage.responses.reply(message("done"))
        stage.responses.reply(message("again"))
        async with open_socket(stage) as client:
            warm = (await ask(client, PREWARM))[-1]["response"]["id"]
            first = await asked(client, previous_response_id=warm, input=[user("hi")])
            second = await asked(client, previous_response_id=first, input=[output("c1")])
            await asked(client, previous_response_id=second, input="more")
        last = stage.responses.requests[-1]
        assert [item["content"] for item in last.input] == ["more"]
        kinds = [item["type"] for item in last.logical_input]
        said = texts([item for item in last.logical_input if item["type"] != "reasoning"])
        assert kinds == [
            "message",
            "reasoning",
            "function_call",
            "function_call_output",
            "message",
            "message",
        ]
        assert said == ["hi", "c1", "c1", "done", "more"]


async def test_a_view_reads_the_same_over_both_transports() -> None:
    """Texts, items and outputs are those of the logical input, as over HTTP."""
    async with Stage() as stage:
        stage.responses.reply(function_call("c1", "f", {}))
        stage.responses.reply(message("done"))
        async with open_socket(stage) as client:
            first = await asked(client, input=[user("hi")])
            await asked(client, previous_response_id=first, input=[output("c1", "42")])
        view = stage.responses.requests[-1]
        assert view.texts("user") == ["hi"]
        assert [item["call_id"] for item in view.items("function_call")] == ["c1"]
        assert view.output_of("c1") == "42"


async def test_conditions_read_the_logical_input() -> None:
    """A script with conditions works alike for whole and for incremental requests."""
    async with Stage() as stage:
        stage.responses.reply(function_call("c1", "f", {}), when=asks("hi"))
        stage.responses.reply(message("done"), when=asks("hi") & carries_output_of("c1"))
        async with open_socket(stage) as client:
            first = await asked(client, input=[user("hi")])
            await asked(client, previous_response_id=first, input=[output("c1")])


async def test_an_earlier_response_may_be_gone_on_from() -> None:
    """A conversation may fork: any complete response of the connection will do."""
    async with Stage() as stage:
        for text in ("one", "two", "three"):
            stage.responses.reply(message(text))
        async with open_socket(stage) as client:
            first = await asked(client, input=[user("a")], **NEW)
            await asked(client, previous_response_id=first, input=[user("b")], **NEW)
            await asked(client, previous_response_id=first, input=[user("c")], **NEW)
        assert texts(stage.responses.requests[-1].logical_input) == ["a", "one", "c"]


async def test_an_id_that_a_script_gives_is_known() -> None:
    """What counts is the id on the wire, also where the items are in the last event only."""
    item = {"type": "message", "role": "assistant", "content": "x"}
    async with Stage() as stage:
        end = completed(response={"id": "mine", "output": [item]})
        stage.responses.reply(stream(created(response={"id": "mine"}), end))
        stage.responses.reply(message("on"))
        async with open_socket(stage) as client:
            await asked(client, input=[user("a")])
            await asked(client, previous_response_id="mine", input=[user("b")])
        assert texts(stage.responses.requests[-1].logical_input) == ["a", "x", "b"]


@pytest.mark.parametrize("id", ["resp_nothing", "", 5, ["resp"], {}], ids=repr)
async def test_an_id_that_was_never_given_is_refused(id: Any) -> None:
    """The API's error in a frame, and a violation that lists the ids that are known; no reply is
    used up, and the connection goes on.
    """
    async with unchecked() as stage:
        stage.responses.reply(message("first"))
        kept = stage.responses.reply(message("kept"))
        async with open_socket(stage) as client:
            known = await asked(client)
            (error,) = await ask(client, {**CREATE, "previous_response_id": id})
            assert kept.answered == []
            await asked(client, previous_response_id=known)
        text = findings(stage)["unknown-previous-response"]
    assert (error["type"], error["status"]) == ("error", 400)
    assert error["error"]["code"] == "previous_response_not_found"
    assert error["error"]["param"] == "previous_response_id"
    assert f"which no response has; complete on this connection: {known!r}" in text
    assert "send the whole input" in text


async def test_another_connections_response_is_refused() -> None:
    """What was not stored belongs to its WebSocket; the violation names both entries."""
    async with unchecked() as stage:
        stage.responses.reply(message("first"))
        async with open_socket(stage) as client:
            id = await asked(client, **NEW)
        async with open_socket(stage) as client:
            (error,) = await ask(client, {**CREATE, "previous_response_id": id})
        (finding,) = stage.findings.of_level("violation")
        ended, asking = (stage.journal.entry(seq) for seq in finding.about)
    assert error["error"]["code"] == "previous_response_not_found"
    assert (ended.type, asking.type) == ("response.completed", "response.create")
    assert repr(ended) in finding.text
    assert "ended on another connection" in finding.text


@pytest.mark.parametrize("type", FAILURES)
async def test_a_response_that_is_not_complete_is_refused(type: str) -> None:
    """After a failed or incomplete response a client sends the whole input."""
    async with unchecked() as stage:
        stage.responses.reply(stream(created(), FAILURES[type]))
        async with open_socket(stage) as client:
            id = (await ask(client))[-1]["response"]["id"]
            (error,) = await ask(client, {**CREATE, "previous_response_id": id})
        text = findings(stage)["unknown-previous-response"]
    assert error["error"]["code"] == "previous_response_not_found"
    assert f"ended with {type}: it is not complete" in text


async def test_a_stored_response_is_known_everywhere() -> None:
    """Unless `store` is false, what another WebSocket or HTTP had can be gone on from."""
    async with Stage() as stage:
        for text in ("socket", "http", "on", "on"):
            stage.responses.reply(message(text))
        async with open_socket(stage) as client:
            first = await asked(client, input=[user("a")])
        _, _, body = await ask_http(stage, {"model": "m", "input": [user("b")]})
        second = json.loads(body)["id"]
        async with open_socket(stage) as client:
            await asked(client, previous_response_id=first, input=[user("c")])
            await asked(client, previous_response_id=second, input=[user("d")])
        inputs = [texts(view.logical_input) for view in stage.responses.requests[2:]]
    assert inputs == [["a", "socket", "c"], ["b", "http", "d"]]


async def test_a_response_that_was_deleted_is_known_nowhere_else() -> None:
    """Not on another WebSocket either, whichever it came over."""
    async with unchecked() as stage:
        stage.responses.reply(message("first"))
        async with open_socket(stage) as client:
            id = await asked(client)
        await ask_http(stage, method="DELETE", path=f"/v1/responses/{id}")
        async with open_socket(stage) as client:
            (error,) = await ask(client, {**CREATE, "previous_response_id": id})
        text = findings(stage)["unknown-previous-response"]
    assert error["error"]["code"] == "previous_response_not_found"
    assert "ended on another connection, and it is not stored" in text


async def test_an_id_of_http_that_was_not_stored_is_refused() -> None:
    """`store: false` over HTTP keeps nothing."""
    async with unchecked() as stage:
        stage.responses.reply(message("x"))
        _, _, body = await ask_http(stage, {"model": "m", "input": "b", "store": False})
        async with open_socket(stage) as client:
            await ask(client, {**CREATE, "previous_response_id": json.loads(body)["id"]})
        assert "unknown-previous-response" in findings(stage)


async def test_a_null_id_names_nothing() -> None:
    """A request with `previous_response_id: null` is a whole one."""
    async with Stage() as stage:
        stage.responses.reply(message("x"))
        async with open_socket(stage) as client:
            await asked(client, previous_response_id=None)


async def test_a_second_request_at_a_time_is_told() -> None:
    """It is a violation that names both, and it is answered when the first one is."""
    async with unchecked() as stage:
        gate = stage.responses.gate("first")
        stage.responses.reply(gate, message("one"))
        stage.responses.reply(message("two"))
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            await gate.reached()
            await client.send(json.dumps(CREATE))
            await stage.responses.wait_count(kind("frame"), 2)
            gate.open()
            ends = [event async for event in until(client, ends=2)]
        (finding,) = stage.findings.of_level("violation")
        first, second = (stage.journal.entry(seq) for seq in finding.about)
    assert finding.name == "overlapping-request"
    assert "one WebSocket takes one request at a time" in finding.text
    assert [first, second] == [view.entry for view in stage.responses.requests]
    assert [texts(event["response"]["output"]) for event in ends] == [["one"], ["two"]]


async def until(client: Any, *, ends: int) -> Any:
    """The last events of so many responses."""
    while ends:
        event = await received(client)
        if event["type"] == "response.completed":
            ends -= 1
            yield event


async def test_requests_of_different_streams_may_overlap() -> None:
    """A client that multiplexes says so in `stream_id`."""
    async with Stage() as stage:
        gate = stage.responses.gate("first")
        stage.responses.reply(gate, message("one"))
        stage.responses.reply(message("two"))
        async with open_socket(stage) as client:
            for id in ("a", "b"):
                await client.send(json.dumps({**CREATE, "stream_id": id}))
            await stage.responses.wait_count(kind("frame"), 2)
            gate.open()
            assert len([event async for event in until(client, ends=2)]) == 2


async def test_requests_on_two_connections_overlap() -> None:
    """One at a time is a rule of each WebSocket."""
    async with Stage() as stage:
        gate = stage.responses.gate("held")
        async with open_socket(stage) as one, open_socket(stage) as two:
            warm = await ask(one, PREWARM)
            held = stage.responses.requests[0]
            stage.responses.queue(on(held)).reply(gate, message("slow"))
            stage.responses.reply(message("fast"))
            await one.send(json.dumps(CREATE))
            await gate.reached()
            await asked(two)
            gate.open()
            (end,) = [event async for event in until(one, ends=1)]
    assert end["response"]["id"] != warm[-1]["response"]["id"]


async def test_a_connection_takes_so_many_requests() -> None:
    """Beyond the limit: the API's error and a Close frame; no reply is used up and nothing is held
    against the client, which opens another connection.
    """
    async with Stage(conduct="error") as stage:
        stage.responses.connection_limit = 2
        stage.responses.reply(message("one"))
        stage.responses.reply(message("two"))
        async with open_socket(stage) as client:
            await ask(client, PREWARM)
            first = await asked(client, input=[user("a")], prompt_cache_key="k")
            more = {"input": [user("b")], "prompt_cache_key": "k"}
            (error,) = await ask(client, {**CREATE, **more, "previous_response_id": first})
            await client.wait_closed()
        async with open_socket(stage) as client:
            answer = {"type": "message", "role": "assistant", "content": "one"}
            whole = [user("a"), answer, user("b")]
            await asked(client, input=whole, prompt_cache_key="k")
        stage.assert_no_findings()
    assert error == json.loads(connection_limit_reached().payload)
    assert next(entry.raw for entry in stage.journal.select(head("close"))) == b"\x03\xe8"


async def test_a_scripted_connection_limit_ends_one_response() -> None:
    """As a reply it stands where a test puts it."""
    async with Stage() as stage:
        stage.responses.reply(stream(created(), connection_limit_reached(), close(1001)))
        async with open_socket(stage) as client:
            assert (await ask(client))[-1]["error"]["code"] == "websocket_connection_limit_reached"
            await client.wait_closed()
            assert client.close_code == 1001


async def test_a_response_that_went_out_in_pieces_is_known() -> None:
    """Frames of one message are one event: its end counts wherever it was divided."""
    async with Stage() as stage:
        stage.responses.reply(stream(created(), within(delay(0), at=12), completed()))
        stage.responses.reply(message("on"))
        async with open_socket(stage) as client:
            id = await asked(client)
            await asked(client, previous_response_id=id)
