"""The one socket of a thread: when it is opened, what is sent on it, and when it is given up."""

import asyncio
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from codex_core.config.models import ModelInfo
from codex_core.model_client.auth import Recovery, StaticAuth
from codex_core.model_client.errors import ModelError
from codex_core.model_client.events import (
    ItemDone,
    ModelsEtag,
    RateLimits,
    ReasoningIncluded,
    ServerModel,
)
from codex_core.model_client.input_items import InputItems
from codex_core.model_client.model_client import ModelClient
from codex_core.model_client.transport import TransportError
from codex_core.model_client.websocket import Closed, HandshakeRefusedError
from suites.core.fakes import FakeTransport, Json, answer, done, make_config, message
from suites.core.sockets import (
    IDENTITY,
    SAID,
    FakeSocket,
    Opener,
    ask,
    completed,
    created,
    model_client,
    prompt,
    read_all,
    turn,
    user,
)

REFUSED = HandshakeRefusedError(401, {}, b"who?")


async def test_a_socket_is_opened_once_and_kept() -> None:
    """At the address of the provider with `ws` for `http`, for all turns."""
    socket = FakeSocket(SAID, [completed("resp_2")])
    opener = Opener(socket)
    client = model_client(opener, query_params={"v": "1"})
    await ask(turn(client), "a")
    await ask(turn(client), "b")
    ((url, headers),) = opener.asked
    assert url == "ws://mock.test/v1/responses?v=1"
    assert headers["authorization"] == "Bearer token"
    assert len(socket.sent) == 2


async def test_a_secure_provider_has_secure_sockets() -> None:
    """`wss` for `https`."""
    opener = Opener(FakeSocket(SAID))
    client = model_client(opener, base_url="https://mock.test/v1")
    await ask(turn(client), "a")
    assert opener.asked[0][0] == "wss://mock.test/v1/responses"


async def test_what_the_handshake_said_is_said_with_each_response() -> None:
    """The model, the version of the list, and who counts the reasoning; limits never."""
    headers = {
        "openai-model": "other",
        "x-models-etag": "e1",
        "x-reasoning-included": "true",
        "x-codex-primary-used-percent": "12",
    }
    client = model_client(Opener(FakeSocket(SAID, [completed("resp_2")], headers=headers)))
    for text in ("a", "b"):
        events = await ask(turn(client), text)
        assert events[:3] == [
            ServerModel(model="other"),
            ModelsEtag(etag="e1"),
            ReasoningIncluded(),
        ]
        assert not any(isinstance(event, RateLimits) for event in events)


async def test_only_what_is_new_is_sent_after_a_response() -> None:
    """History that grew goes on from it, other history is whole, and both keep the socket."""
    socket = FakeSocket(SAID, [completed("resp_2")], [completed("resp_3")])
    client = model_client(Opener(socket))
    said = {"type": "message", "role": "assistant", **message("hi")}
    await ask(turn(client), "a")
    whole = prompt("a")
    grown = [*whole.input, msgspec.Raw(msgspec.json.encode(said)), *prompt("b").input]
    stream = await turn(client).stream(msgspec.structs.replace(whole, input=InputItems(grown)))
    await read_all(stream)
    await ask(turn(client), "x")
    first, second, third = socket.sent
    assert "previous_response_id" not in first
    assert second["previous_response_id"] == "resp_1"
    assert second["input"] == [user("b")]
    assert "previous_response_id" not in third


@pytest.mark.parametrize("broken", [{"type": "response.failed", "response": {}}, Closed(1000, "")])
async def test_after_a_break_the_next_request_is_whole_on_another_socket(broken: Any) -> None:
    """What the server knew is gone with the connection, which is dropped at once."""
    first = FakeSocket(SAID, [broken])
    second = FakeSocket([completed("resp_9")])
    client = model_client(Opener(first, second))
    await ask(turn(client), "a")
    with pytest.raises(ModelError):
        await ask(turn(client), "a")
    assert first.dropped
    await ask(turn(client), "a")
    assert "previous_response_id" not in second.sent[0]
    assert not second.dropped


async def give_up(client: ModelClient) -> None:
    """Asks, reads the beginning of a response, and closes it twice."""
    stream = await turn(client).stream(prompt("a"))
    await stream.read()
    stream.close()
    stream.close()


@pytest.mark.parametrize("rest", [[], [done(message("late"))], [Closed(1000, "")]])
async def test_a_response_that_is_given_up_costs_the_socket(rest: list[Any]) -> None:
    """The next request does not wait for the rest of it: it goes out on another connection."""
    first, second = FakeSocket([created("resp_1")]), FakeSocket(SAID)
    client = model_client(Opener(first, second))
    await give_up(client)
    first.arrive(*rest)
    await ask(turn(client), "a")
    assert first.dropped
    assert not second.dropped


async def test_a_response_that_ended_after_it_was_given_up_costs_nothing_but_what_was_known() -> (
    None
):
    """Where all of it came meanwhile the connection is good, and the next request is whole."""
    socket = FakeSocket([created("resp_1")], [created("resp_2"), completed("resp_2")])
    client = model_client(Opener(socket))
    await give_up(client)
    socket.arrive(done(message("late")), completed("resp_1"))
    events = await ask(turn(client), "a")
    assert not any(isinstance(event, ItemDone) for event in events)
    assert not socket.dropped
    assert [("previous_response_id" in sent, len(sent["input"])) for sent in socket.sent] == [
        (False, 1),
        (False, 1),
    ]


async def test_items_that_came_before_a_break_are_handed_on_first() -> None:
    """What arrives together with the error is read before it is raised."""
    broken: Json = {"type": "response.failed", "response": {}}
    client = model_client(Opener(FakeSocket([done(message("part")), broken])))
    stream = await turn(client).stream(prompt("a"))
    assert len(await stream.read()) == 1
    with pytest.raises(ModelError):
        await stream.read()
    stream.close()


async def test_requests_wait_for_each_other() -> None:
    """One at a time on the connection; the second goes when the first is over."""
    socket = FakeSocket([], [completed("resp_2")])
    client = model_client(Opener(socket))
    first = await turn(client).stream(prompt("a"))
    second = asyncio.ensure_future(ask(turn(client), "b"))
    reading = asyncio.ensure_future(read_all(first))
    socket.arrive(completed("resp_1"))
    await reading
    await second
    assert [sent["input"] for sent in socket.sent] == [[user("a")], [user("b")]]


async def test_remains_of_a_response_are_passed_over() -> None:
    """What comes after a completion is no part of the next response; limits are."""
    limits = {"type": "codex.rate_limits", "rate_limits": {"primary": {"used_percent": 5}}}
    socket = FakeSocket([*SAID, *SAID, limits], [done(message("b")), completed("resp_2")])
    client = model_client(Opener(socket))
    await ask(turn(client), "a")
    events = await ask(turn(client), "b")
    names = [type(event).__name__ for event in events]
    assert names == ["RateLimits", "ItemDone", "Completed"]


async def test_what_is_said_on_opening_is_no_answer() -> None:
    """A response that nobody asked for is passed over."""
    unasked: list[Any] = [created("resp_0"), completed("resp_0")]
    socket = FakeSocket([done(message("b")), completed("resp_1")], at_once=unasked)
    events = await ask(turn(model_client(Opener(socket))), "a")
    assert [type(event).__name__ for event in events] == ["ItemDone", "Completed"]


@pytest.mark.parametrize(
    "ending",
    [Closed(1001, ""), {"type": "error", "status": 400, "error": {"message": "60 minutes"}}],
)
async def test_a_socket_that_ended_between_two_requests_is_replaced(ending: Any) -> None:
    """Without an error: nothing was lost."""
    first = FakeSocket([*SAID, ending])
    second = FakeSocket([completed("resp_2")])
    client = model_client(Opener(first, second))
    await ask(turn(client), "a")
    await ask(turn(client), "a")
    assert first.dropped
    assert "previous_response_id" not in second.sent[0]


async def test_silence_is_an_error_that_tells_the_last_complaint() -> None:
    """After the idle timeout, with what the server had said without ending the response."""
    complaint = {"type": "error", "error": {"message": "hm"}}
    client = model_client(Opener(FakeSocket([complaint])), stream_idle_timeout_ms=1)
    with pytest.raises(ModelError, match=r"idle timeout waiting for websocket.*hm"):
        await ask(turn(client), "a")


async def test_a_socket_that_takes_nothing_is_an_error() -> None:
    """The idle timeout holds for sending, too, and the socket is dropped."""
    stuck, second = FakeSocket(), FakeSocket(SAID)
    stuck.stuck = True
    client = model_client(Opener(stuck, second), stream_idle_timeout_ms=10)
    with pytest.raises(ModelError, match="idle timeout sending websocket request"):
        await ask(turn(client), "a")
    assert stuck.dropped
    await ask(turn(client), "a")


class Lively(StaticAuth):
    """Credentials that get better so often."""

    def __init__(self, steps: int) -> None:
        super().__init__("token")
        self._left = steps

    def recovery(self) -> Recovery:
        return self

    async def next(self) -> bool:
        self._left -= 1
        return self._left >= 0


async def test_a_refusal_for_want_of_credentials_is_recovered_from() -> None:
    """As long as the credentials get better the handshake is repeated, and no retry is spent."""
    opener = Opener(REFUSED, REFUSED, FakeSocket(SAID))
    await ask(turn(model_client(opener, auth=Lively(2))), "a")
    assert len(opener.asked) == 3


async def test_without_better_credentials_the_refusal_stands() -> None:
    """Its text has the status and the address."""
    client = model_client(Opener(REFUSED, REFUSED), auth=Lively(1))
    with pytest.raises(ModelError, match=r"401 Unauthorized: who\?, url: ws://mock.test") as caught:
        await ask(turn(client), "a")
    assert caught.value.retryable


async def test_a_server_that_wants_http_gets_it() -> None:
    """426: the same request over HTTP at once, and from then on."""
    transport = FakeTransport(answer("hi"), answer("again"))
    opener = Opener(HandshakeRefusedError(426, {}, b""))
    client = model_client(opener, transport=transport)
    await ask(turn(client), "a")
    await ask(turn(client), "b")
    assert [post.texts for post in transport.posts] == [["a"], ["b"]]
    assert len(opener.asked) == 1
    assert not client.uses_websocket


async def test_a_network_that_fails_is_told() -> None:
    """As a stream that broke off, which may be tried again."""
    client = model_client(Opener(TransportError("error connecting to ws://mock.test: no")))
    with pytest.raises(ModelError, match=r"error connecting to ws://mock\.test") as caught:
        await ask(turn(client), "a")
    assert caught.value.retryable


async def test_a_warm_up_is_handed_to_the_first_turn_alone() -> None:
    """Its socket, what the server knows, its turn state; the next turn has none of that."""
    state = {"type": "response.metadata", "headers": {"x-codex-turn-state": "ts-1"}}
    socket = FakeSocket([state, completed("warm")], [completed("resp_1")], [completed("resp_2")])
    client = model_client(Opener(socket))
    client.prewarm(prompt(), replace(IDENTITY, kind="prewarm"), make_config())
    first = turn(client)
    await ask(first, "a")
    await ask(turn(client), "b")
    warm, one, two = socket.sent
    assert (warm["generate"], warm["input"]) == (False, [])
    assert one["previous_response_id"] == "warm"
    assert one["client_metadata"]["x-codex-turn-state"] == "ts-1"
    assert "x-codex-turn-state" not in two["client_metadata"]


async def test_other_tools_than_those_of_the_warm_up_ask_for_the_whole() -> None:
    """The socket is kept, the response is not gone on from."""
    socket = FakeSocket([completed("warm")], SAID)
    client = model_client(Opener(socket))
    client.prewarm(prompt(), IDENTITY, make_config())
    await ask(turn(client), "a", tools=b'[{"type":"web_search"}]')
    assert "previous_response_id" not in socket.sent[1]


async def test_a_warm_up_that_is_not_answered_is_ended() -> None:
    """The first request waits as long as for a connection, then has another socket."""
    silent, second = FakeSocket(), FakeSocket(SAID)
    client = model_client(Opener(silent, second), websocket_connect_timeout_ms=1)
    client.prewarm(prompt(), IDENTITY, make_config())
    await ask(turn(client), "a")
    assert silent.dropped
    assert "previous_response_id" not in second.sent[0]


async def test_who_gives_up_waiting_leaves_the_warm_up_to_the_next() -> None:
    """A turn that is interrupted meanwhile has consumed nothing."""
    socket = FakeSocket([], SAID)
    client = model_client(Opener(socket))
    client.prewarm(prompt(), IDENTITY, make_config())
    waiting = asyncio.ensure_future(turn(client).begin())
    await asyncio.wait([waiting], timeout=0)
    waiting.cancel()
    await asyncio.wait([waiting])
    socket.arrive(completed("warm"))
    await ask(turn(client), "a")
    assert socket.sent[1]["previous_response_id"] == "warm"


async def test_closing_ends_the_warm_up_and_the_socket() -> None:
    """Whatever they were at; it may be repeated."""
    socket = FakeSocket()
    client = model_client(Opener(socket))
    client.prewarm(prompt(), IDENTITY, make_config())
    await client.close()
    await client.close()
    assert not client.uses_websocket


async def test_without_a_way_to_open_sockets_there_are_none() -> None:
    """A transport alone is HTTP."""
    transport = FakeTransport(answer("hi"))
    client = model_client(Opener(), transport=transport, supports_websockets=False)
    client.prewarm(prompt(), IDENTITY, make_config())
    await ask(turn(client), "a")
    assert len(transport.posts) == 1


@pytest.mark.parametrize("over", ["websocket", "http"])
async def test_a_lite_model_is_told_with_each_request(over: str) -> None:
    """In the frame's metadata or as a header, never in the handshake; it thinks over all turns and
    calls one tool at a time.
    """
    socket, transport = FakeSocket(SAID), FakeTransport(answer("hi"))
    opener = Opener(socket)
    client = model_client(opener, transport=transport, supports_websockets=over == "websocket")
    lite = ModelInfo(
        slug="mock-model",
        use_responses_lite=True,
        parallel_tool_calls=True,
        supports_reasoning_summaries=True,
    )
    await ask(client.turn(IDENTITY, make_config(models=(lite,))), "a")
    name = "x-openai-internal-codex-responses-lite"
    if over == "websocket":
        (sent,) = socket.sent
        told = sent["client_metadata"]["ws_request_header_" + name.replace("-", "_")]
        assert name not in opener.asked[0][1]
    else:
        sent, told = transport.posts[0].body, transport.posts[0].headers[name]
    assert told == "true"
    assert sent["reasoning"]["context"] == "all_turns"
    assert sent["parallel_tool_calls"] is False
