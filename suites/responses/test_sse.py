"""Events as server-sent events, and what the official SDK reads from them."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from openai import APIError, OpenAI
from openai.types.responses import Response

from agent_rehearsal.wire.script import Send
from mock_responses.errors import rate_limited, status
from mock_responses.events import (
    completed,
    created,
    error_event,
    event,
    failed,
    incomplete,
    output_item_added,
    output_item_done,
    text_delta,
)
from mock_responses.items import chunks, custom_tool_call, function_call, message, reasoning
from mock_responses.parts import minimal, stream
from mock_responses.sse import encode
from suites.responses.composing import body, composer, sends

TEXT = "héllo wörld, 你好 — 🙂\n\nnew line\r\nand \u2028 too"
PARTS: tuple[Any, ...] = (
    reasoning("why", "and how", encrypted_content="e30="),
    message(*chunks(TEXT, 9)),
    function_call("c1", "f", {"a": 1}),
    custom_tool_call("c2", "g", ["x", "y"]),
)


@pytest.mark.parametrize(
    ("send", "expected"),
    [
        (Send(b'{"a":1}', "x.y"), b'event: x.y\ndata: {"a":1}\n\n'),
        (Send(b"{", ""), b"data: {\n\n"),
        (Send(b"", "x"), b"event: x\ndata: \n\n"),
        (Send(b"a\nb\r\nc\rd\n", "x"), b"event: x\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"),
        (Send("é\u2028".encode(), "x"), "event: x\ndata: é\u2028\n\n".encode()),
    ],
)
def test_an_event_is_framed_by_the_standard(send: Send, expected: bytes) -> None:
    """A type line unless there is no type, a data line for each line of the data, a blank line."""
    assert encode(send) == expected


def test_composed_events_are_one_line_each() -> None:
    """JSON escapes line breaks, so an event of ours has two lines and a blank one."""
    framed = [encode(send) for send in sends(*PARTS)]
    assert [frame.count(b"\n") for frame in framed] == [3] * len(framed)
    assert not any(b"\r" in frame for frame in framed)


def client(answer: Callable[[httpx2.Request], httpx2.Response]) -> OpenAI:
    transport = httpx2.MockTransport(answer)
    http = httpx2.Client(transport=transport)
    return OpenAI(base_url="http://mock/v1", api_key="test", max_retries=0, http_client=http)


def streaming(*parts: Any) -> OpenAI:
    """A client to whom every request is answered with the stream of these parts."""
    headers = {"content-type": "text/event-stream"}
    return client(lambda _: httpx2.Response(200, headers=headers, content=body(*parts)))


def test_create_with_stream_yields_every_event() -> None:
    """The SDK parses each event into the class of its type, and the deltas are the text."""
    with streaming(*PARTS).responses.create(model="m", input="hi", stream=True) as read:
        seen = list(read)
    assert [one.type for one in seen] == [send.type for send in sends(*PARTS)]
    assert "".join(one.delta for one in seen if one.type == "response.output_text.delta") == TEXT


def final(*parts: Any) -> Response:
    with streaming(*parts).responses.stream(model="m", input="hi") as read:
        return read.get_final_response()


def test_the_stream_helper_accumulates_the_response() -> None:
    """The helper, which checks order, indices and identities, ends with the same whole response."""
    read = final(*PARTS)
    assert read.output_text == TEXT
    whole = composer().response_object(PARTS)
    # The helper adds parsed texts and arguments to the items of the output and to nothing else.
    assert {**read.to_dict(), "output": []} == {**whole, "output": []}
    assert [part.id for part in read.output] == [part["id"] for part in whole["output"]]


def test_the_stream_helper_takes_snapshots_of_every_delta() -> None:
    """Deltas find the item and the part that they belong to."""
    snapshots = {}
    with streaming(*PARTS).responses.stream(model="m", input="hi") as read:
        for one in read:
            if one.type in ("response.output_text.delta", "response.function_call_arguments.delta"):
                snapshots[one.type] = one.snapshot
    assert snapshots == {
        "response.output_text.delta": TEXT,
        "response.function_call_arguments.delta": '{"a":1}',
    }


def test_the_stream_helper_takes_a_written_out_and_a_minimal_stream() -> None:
    """A stream in single events and the minimal one are read too, as far as they go."""
    written = stream(
        created(), output_item_added(message()), output_item_done(message("hi")), completed()
    )
    assert final(written).output_text == "hi"
    assert final(minimal(message("hi"))).output_text == "hi"


def test_a_request_without_stream_is_parsed() -> None:
    """The response object of a script is what the SDK's own type makes of it."""
    whole = composer().response_object(PARTS)
    sdk = client(lambda _: httpx2.Response(200, json=whole))
    read = sdk.responses.create(model="m", input="hi")
    assert read.output_text == TEXT
    assert read.to_dict() == whole


@pytest.mark.parametrize("end", [failed("server_error", "x"), incomplete()])
def test_an_unfinished_response_has_no_final_one(end: Any) -> None:
    """The helper reports that `response.completed` never came."""
    with pytest.raises(RuntimeError, match=r"response\.completed"):
        final(message("a"), end)


def test_an_error_in_the_nested_form_is_raised() -> None:
    """The SDK raises on `error` with an object inside, and hands on the flat form as an event."""
    nested = event("error", error={"message": "gone", "type": "server_error", "code": "x"})
    with (
        pytest.raises(APIError, match="gone"),
        streaming(stream(created(), text_delta("a"), nested)).responses.create(
            model="m", input="hi", stream=True
        ) as read,
    ):
        list(read)
    flat = streaming(error_event("gone")).responses.create(model="m", input="hi", stream=True)
    assert [one.type for one in flat][-1] == "error"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (rate_limited(7), "rate_limit_exceeded"),
        (status(400), None),
        (status(503), "server_is_overloaded"),
    ],
)
def test_the_sdk_reads_our_error_bodies(answer: Any, code: str | None) -> None:
    """Status, message and code arrive in the exception that the SDK has for them."""
    sdk = client(
        lambda _: httpx2.Response(answer.status, headers=list(answer.headers), content=answer.body)
    )
    with pytest.raises(APIError) as caught:
        sdk.responses.create(model="m", input="hi")
    assert getattr(caught.value, "status_code", None) == answer.status
    assert caught.value.code == code
