"""`labels`: messages and connections of a run in words."""

import json

import websockets
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from agent_rehearsal.interleave.keys import CPU, Key
from agent_rehearsal.interleave.simulation.run import run
from agent_rehearsal.interleave.story.labels import Words, label, ordinal
from agent_rehearsal.interleave.strategies.strategies import Natural
from agent_rehearsal.interleave.trace import Trace
from suites.interleave.happened import Play


def two_servers() -> tuple[Trace, dict[str, Key]]:
    """A realtime session beside a request for a response."""
    play = Play()
    play.opened("c1", "/v1/realtime?model=m")
    keys = {"update": play.said("c1>", "session.update", at=1)}
    request = b"POST /v1/responses HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
    keys["post"] = play.sent("c2>", request, at=2)
    keys["first"] = play.said("c1<", "ping", at=3)
    keys["second"] = play.said("c1<", "ping", at=4)
    keys["end"] = play.sent("c1>", at=5, piece="fin")
    keys["reset"] = play.sent("c2<", at=5, piece="rst")
    play.step("job", Key("job:4"), at=6)
    return play.trace(), keys


def test_every_message_and_job_has_a_label() -> None:
    """Nothing that arrives is without a name, whatever it is."""
    trace, keys = two_servers()
    labels = label(trace)
    assert labels.keys() == {*trace.sent, "job:4"}
    assert labels[Key("c1>s#0")] == "connect"
    assert labels[Key("c1<s#0")] == "accept"
    assert labels[keys["update"]] == "session.update"
    assert labels[keys["end"]] == "end of data"
    assert labels[keys["reset"]] == "reset"
    assert labels[Key("job:4")] == "executor job 4"


def test_a_message_is_told_with_its_connection_and_its_way() -> None:
    """A phrase says what, on which connection, and who sent it."""
    trace, keys = two_servers()
    words = Words(trace)
    assert words.phrase(keys["update"]) == "session.update on realtime (c1 client → server)"
    assert words.message(keys["post"]) == "POST /v1/responses on responses"


def test_of_several_alike_each_has_its_number() -> None:
    """Messages of one name on one connection are told apart."""
    trace, keys = two_servers()
    words = Words(trace)
    assert words.message(keys["first"]) == "ping (1st of 2) on realtime"
    assert words.phrase(keys["second"]) == "ping (2nd of 2) on realtime (c1 server → client)"


def test_connections_of_one_path_are_told_apart() -> None:
    """Where a path is not enough, the connection's own name is added, once."""
    play = Play()
    play.opened("c1", "/rt")
    play.opened("c2", "/rt")
    key = play.said("c2>", "hello", at=1)
    words = Words(play.trace())
    assert words.names == {"c1": "rt c1", "c2": "rt c2"}
    assert words.phrase(key) == "hello on rt c2 (client → server)"


def test_a_connection_without_a_path_keeps_its_name() -> None:
    """Raw streams and a request for `/` are called as the trace calls them."""
    play = Play()
    play.opened("c1", "/")
    raw = play.sent("c2>", b"\0" * 120, at=1)
    words = Words(play.trace())
    assert words.name("c1") == "c1"
    assert words.phrase(raw) == "120 B on c2 (client → server)"


def test_long_paths_are_cut() -> None:
    """A name stays short enough for a column; the version of an API is no part of it."""
    play = Play()
    play.opened("c1", "/v1/vector_stores/vs_1234567890/files")
    play.opened("c2", "/v1")
    assert Words(play.trace()).names == {"c1": "vector_stores/vs_1234...", "c2": "v1"}


def test_what_a_run_does_not_have_is_called_by_its_key() -> None:
    """A key of another run has a name too: a report about it must not fail."""
    words = Words(Trace())
    assert words.phrase(Key("c9>s#3")) == "c9>s#3"
    assert words.label(Key("task:7")) == "task 7"
    assert words.label(CPU) == "a turn of the loop"


def test_ordinals() -> None:
    """Numbers are counted as one says them."""
    numbers = (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)
    assert " ".join(map(ordinal, numbers)) == "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th"


async def echo(request: web.Request) -> web.WebSocketResponse:
    """Sends each message back, then says that it did."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(message.data)
        await socket.send_json({"type": "session.updated"})
    return socket


async def stream(_: web.Request) -> web.Response:
    """Two events at once."""
    events = b"event: response.created\ndata: {}\n\nevent: response.completed\ndata: {}\n\n"
    return web.Response(body=events, content_type="text/event-stream")


async def talk() -> None:
    """aiohttp and websockets as they are, compression included."""
    app = web.Application()
    app.add_routes([web.get("/v1/realtime", echo), web.post("/v1/responses", stream)])
    async with TestServer(app) as server:
        url = f"127.0.0.1:{server.port}"
        async with websockets.connect(f"ws://{url}/v1/realtime?model=m") as socket:
            for number in range(2):
                await socket.send(json.dumps({"type": "session.update", "n": number}))
                await socket.recv()
                await socket.recv()
        async with ClientSession() as session, session.post(f"http://{url}/v1/responses") as posted:
            await posted.read()


def test_real_clients_and_servers_are_understood() -> None:
    """What aiohttp and websockets put on the wire is told without a size or a part in it."""
    attempt = run(talk, Natural())
    assert attempt.failure is None
    words = Words(attempt.trace)
    pieces = [sent for sent in attempt.trace.sent.values() if sent.piece == "data"]
    told = [f"{words.name(sent.link)}: {words.label(sent.key)}" for sent in pieces]
    turn = ["session.update", "session.update", "session.updated"]
    assert told == [
        "realtime: GET /v1/realtime",
        "realtime: 101 Switching Protocols",
        *[f"realtime: {each}" for each in turn * 2],
        "realtime: close 1000",
        "realtime: close 1000",
        "responses: POST /v1/responses",
        "responses: 200 OK, response.created, response.completed",
    ]
