"""Whatever turns, errors and reconnects come in whatever order: what holds for every request."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from itertools import count

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from codex_core.model_client.client import TurnClient
from codex_core.model_client.errors import ModelError
from codex_core.model_client.events import ItemDone, ResponseEvent
from codex_core.model_client.input_items import InputItems
from codex_core.model_client.model_client import ModelClient
from codex_core.model_client.request import Prompt
from codex_core.model_client.transport import TransportError
from codex_core.model_client.websocket import Binary, Closed, HandshakeRefusedError, Lost, WebSocket
from codex_core.protocol.items import decode_item
from suites.core.fakes import Json, done, make_config, message
from suites.core.sockets import IDENTITY, FakeSocket, Script, completed, created, model_client

STATE = "x-codex-turn-state"


class Server:
    """Answers each frame with what the test says next, and checks what the frame says.

    It knows of each socket what it was sent and what it said: an earlier response that is named has
    to be the last that was completed there, under the same tools, and with the new items it has to
    make the whole input. No two responses run on one socket.
    """

    def __init__(self) -> None:
        self.outcome: Callable[[str], list[Script]] = complete
        self.wanted: list[Json] = []
        self.frames: list[Json] = []
        self.sockets: list[ServerSocket] = []
        self.refusal: Exception | None = None
        self.ids = count(1)

    async def open(self, url: str, headers: Mapping[str, str]) -> WebSocket:
        if self.refusal is not None:
            raise self.refusal
        self.sockets.append(ServerSocket(self))
        return self.sockets[-1]


class ServerSocket(FakeSocket):
    """One connection, and what is known on it."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server
        self._known: dict[str, list[Json]] = {}
        self.running = False
        """Is a response on its way?"""

    async def send(self, text: bytes) -> None:
        assert not self.dropped
        frame = json.loads(text)
        server = self._server
        server.frames.append(frame)
        previous = frame.get("previous_response_id")
        assert previous is None or [previous] == list(self._known)
        assert previous is None or frame["tools"] == self.sent[-1]["tools"]
        assert not self.running
        self.sent.append(frame)
        assert [*self._known.get(previous, ()), *frame["input"]] == server.wanted
        response_id = f"resp_{next(server.ids)}"
        parts = server.outcome(response_id)
        self._known.clear()
        self.running = parts == [created(response_id)]
        if completed(response_id) in parts:
            said = [part["item"] for part in parts if isinstance(part, dict) and "item" in part]
            self._known[response_id] = [*server.wanted, *map(plain, said)]
        self.arrive(*parts)


def complete(response_id: str) -> list[Script]:
    return [created(response_id), done(message(response_id)), completed(response_id)]


def complete_twice(response_id: str) -> list[Script]:
    return [*complete(response_id), completed(response_id)]


def complete_and_close(response_id: str) -> list[Script]:
    return [*complete(response_id), Closed(1000, "")]


def complete_with_state(response_id: str) -> list[Script]:
    metadata = {"type": "response.metadata", "headers": {STATE: f"state of {response_id}"}}
    return [metadata, *complete(response_id)]


def fail(response_id: str) -> list[Script]:
    return [created(response_id), {"type": "response.failed", "response": {}}]


def lose(response_id: str) -> list[Script]:
    return [created(response_id), done(message("part")), Lost("")]


def confuse(response_id: str) -> list[Script]:
    return [created(response_id), Binary()]


def refuse(response_id: str) -> list[Script]:
    return [{"type": "error", "status": 500, "error": {"message": response_id}}]


OUTCOMES = [
    complete,
    complete,
    complete_twice,
    complete_and_close,
    complete_with_state,
    fail,
    lose,
    confuse,
    refuse,
]
STEPS = st.lists(
    st.one_of(
        st.sampled_from(OUTCOMES),
        st.sampled_from(["give up", "let end", "new turn", "compact", "other tools", "offline"]),
    ),
    max_size=12,
)


def user(text: str) -> Json:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def plain(item: Json) -> Json:
    """An item as a history has it."""
    found: Json = json.loads(msgspec.json.encode(decode_item(json.dumps(item).encode())))
    return found


class Agent:
    """A thread in the small: a history, the client of its turn, one request after the other."""

    def __init__(self, client: ModelClient, server: Server) -> None:
        self._client = client
        self._server = server
        self._numbers = count(1)
        self._turn = self._new_turn()
        self._tools = msgspec.Raw(b"[]")
        self._state: str | None = None
        self.history: list[Json] = []

    async def do(self, step: object) -> None:
        match step:
            case "new turn":
                self._turn, self._state = self._new_turn(), None
            case "compact":
                self.history = [user("summary")]
            case "other tools":
                self._tools = msgspec.Raw(b'[{"n":%d}]' % next(self._numbers))
            case "offline":
                await self._fail_to_connect()
            case "give up" | "let end":
                await self._give_up(ends=step == "let end")
            case _ if callable(step):
                self._server.outcome = step
                await self._ask()

    def _new_turn(self) -> TurnClient:
        return self._client.turn(replace(IDENTITY, turn_id=str(next(self._numbers))), make_config())

    def _prompt(self) -> Prompt:
        self.history.append(user(str(next(self._numbers))))
        self._server.wanted = list(self.history)
        items = [msgspec.Raw(msgspec.json.encode(item)) for item in self.history]
        return Prompt(instructions="be good", input=InputItems(items), tools=self._tools)

    async def _ask(self) -> None:
        try:
            stream = await self._turn.stream(self._prompt())
        except ModelError:
            return
        self._check_state()
        try:
            with contextlib.suppress(ModelError):
                while events := await stream.read():
                    self._record(events)
        finally:
            stream.close()

    def _check_state(self) -> None:
        """The turn's first value is said by each later frame of it, and no other."""
        sent = self._server.frames[-1]["client_metadata"]
        assert sent.get(STATE) == self._state
        if self._server.outcome is complete_with_state and self._state is None:
            self._state = f"state of resp_{len(self._server.frames)}"

    def _record(self, events: list[ResponseEvent]) -> None:
        for event in events:
            if isinstance(event, ItemDone):
                self.history.append(json.loads(msgspec.json.encode(event.item)))

    async def _give_up(self, *, ends: bool) -> None:
        self._server.outcome = lambda response_id: [created(response_id)]
        stream = await self._turn.stream(self._prompt())
        await stream.read()
        stream.close()
        if ends:
            socket = self._server.sockets[-1]
            socket.arrive(completed(f"resp_{len(self._server.frames)}"))
            socket.running = False

    async def _fail_to_connect(self) -> None:
        """Nothing of it is sent, if a connection is needed at all."""
        for refusal in (TransportError("no"), HandshakeRefusedError(500, {}, b"no")):
            self._server.refusal = refusal
            self._server.outcome = complete
            await self._ask()
        self._server.refusal = None


async def play(steps: list[object]) -> Server:
    server = Server()
    agent = Agent(model_client(server.open), server)
    async with asyncio.timeout(10):
        for step in [*steps, complete, complete]:
            await agent.do(step)
    return server


@given(STEPS)
def test_every_request_says_all_that_the_model_is_to_see(steps: list[object]) -> None:
    """With what the server has of the response that is named, which was completed on the same
    socket, each input is the whole history; the turn's state is written once; and in the end turns
    work, over one socket.
    """
    server = asyncio.run(play(steps))
    assert server.frames[-1].get("previous_response_id") is not None
    assert not server.sockets[-1].dropped


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_outcome_leaves_the_next_request_right(
    outcome: Callable[[str], list[Script]],
) -> None:
    """One by one, after a response that was complete."""
    asyncio.run(play([complete, outcome]))
