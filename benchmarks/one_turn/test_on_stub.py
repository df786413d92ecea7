"""One turn a test, on the stub that a careful author writes by hand: it keeps request bodies and
answers from a queue with the fewest events that a client needs, in one write.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from benchmarks.one_turn.client import connected
from benchmarks.one_turn.count import COUNT


class Stub:
    """A server of one path."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.replies: list[str] = []
        self.base_url = ""

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Keep the request and answer it with the next reply."""
        self.requests.append(await request.json())
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        await response.write(stream(self.replies.pop(0)))
        await response.write_eof()
        return response


def stream(text: str) -> bytes:
    """A message as server-sent events."""
    item: dict[str, Any] = {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text}],
    }
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {"id": "resp_1"}},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": {"id": "resp_1", "output": [item]}},
    ]
    lines = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events]
    return "".join(lines).encode()


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    """The stub, listening."""
    made = Stub()
    app = web.Application()
    app.router.add_post("/v1/responses", made.respond)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    made.base_url = f"http://{host}:{port}/v1"
    yield made
    await runner.cleanup()


@pytest.mark.parametrize("number", range(COUNT))
async def test_one_turn(stub: Stub, number: int) -> None:
    """The client gets the reply, and the server got the prompt."""
    stub.replies.append(f"reply {number}")
    async with connected(stub.base_url) as client:
        answer = await client.turn(f"prompt {number}")
    assert f"reply {number}".encode() in answer
    assert [body["input"] for body in stub.requests] == [f"prompt {number}"]
