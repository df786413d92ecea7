"""`rehearsal serve` without a scenario: one process, asked by clients that know nothing of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from openai import AsyncOpenAI

from agent_rehearsal.face.cli.serving import GREETING
from agent_rehearsal.journal import Entry, head, read
from suites.cli.asking import ask, request, send, upgrade
from suites.cli.processes import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the process writes."""
    return tmp_path_factory.mktemp("serve")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(folder: Path) -> AsyncIterator[Serving]:
    """One process for this module; any number of requests, in any order of tests."""
    journal = folder / "journal.jsonl"
    async with serving("--journal", journal, errors=folder / "err.txt") as started:
        yield started


def recorded(folder: Path, marker: bytes) -> Entry:
    """The one request that holds `marker`, in the file as it is now."""
    (entry,) = (each for each in read(folder / "journal.jsonl") if marker in each.raw)
    return entry


async def test_every_request_is_answered_by_a_stream(server: Serving) -> None:
    """A streamed request gets a short message in the full sequence of events, time and again."""
    for _ in range(3):
        answer = await ask(server.port, stream=True)
        assert answer.status == 200
        assert "content-type: text/event-stream" in answer.head.lower()
        assert answer.events[0]["type"] == "response.created"
        assert answer.events[-1]["type"] == "response.completed"
        assert answer.text == GREETING


async def test_a_request_without_stream_is_answered_whole(server: Serving) -> None:
    """The same message as one JSON object."""
    answer = await ask(server.port)
    assert answer.status == 200
    assert answer.json["output"][0]["content"][0]["text"] == GREETING


async def test_the_sdk_is_content(server: Serving) -> None:
    """The openai SDK takes the answers, streamed and whole."""
    async with AsyncOpenAI(base_url=f"{server.url}/v1", api_key="test") as client:
        whole = await client.responses.create(model="m", input="hi")
        async with client.responses.stream(model="m", input="hi") as stream:
            final = await stream.get_final_response()
    assert (whole.output_text, final.output_text) == (GREETING, GREETING)


async def test_the_file_has_what_was_sent(server: Serving, folder: Path) -> None:
    """By the time of the answer the request is in the file, byte for byte, its key labelled."""
    body = b'{"model": "m",  "input": "spaced \xc3\xa9"}'
    key = "Authorization: Bearer sk-not-to-be-written"
    data = request(server.port, "POST", "/v1/responses?x=1", body, key, "X-Odd-Case: yes")
    assert (await send(server.port, data)).status == 200
    entry = recorded(folder, "spaced é".encode())
    assert entry.raw == body
    assert entry.head == "POST /v1/responses?x=1 HTTP/1.1"
    assert [name for name, _ in entry.raw_headers] == [
        *(b"Host", b"Connection", b"Content-Length", b"Authorization", b"X-Odd-Case")
    ]
    assert "sk-not-to-be-written" not in (folder / "journal.jsonl").read_text("utf-8")


async def test_upgrades_of_responses_are_refused(server: Serving) -> None:
    """426 sends a client to HTTP; a Realtime socket is accepted."""
    assert await upgrade(server.port) == 426
    assert await upgrade(server.port, "/v1/realtime") == 101


async def test_an_unknown_path_is_told(server: Serving, folder: Path) -> None:
    """404 for the client, a line on stderr for whoever watches."""
    answer = await send(server.port, request(server.port, "GET", "/v1/nothing"))
    assert answer.status == 404
    assert "rehearsal: unknown-path: GET /v1/nothing is not served" in server.err
    assert read(folder / "journal.jsonl").select(head("unknown-path"))


async def test_a_bad_body_does_not_end_it(server: Serving) -> None:
    """A body that is no JSON gets a 400 that says so, the next request its answer."""
    bad = await send(server.port, request(server.port, "POST", "/v1/responses", b"{nonsense"))
    assert bad.status == 400
    assert bad.json["error"]["code"] == "rehearsal_undecodable"
    assert (await ask(server.port)).status == 200
