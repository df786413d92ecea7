"""The mock Responses server: `POST /v1/responses` streamed and whole, WebSocket on the same path,
`GET /v1/models`.

The default reply is the full sequence of events that every SDK accepts. Whether it is streamed is
the request's `stream` to say: SDKs send the same `Accept` for both.
"""

from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from agent_rehearsal.journal import (
    Entry,
    Source,
    direction,
    kind,
    of_type,
    path,
    source,
)
from agent_rehearsal.wire import (
    MISSES,
    Answer,
    Conversation,
    EventStream,
    Exchange,
    Mock,
    Player,
    Rule,
    Server,
    code_of,
    is_coroutine_reply,
    json_answer,
    perform,
    problem,
)
from mock_responses.clients import codex_home
from mock_responses.compose import Composer
from mock_responses.events import raw_event
from mock_responses.parts import minimal, stream
from mock_responses.reply import StreamedReply, WholeReply, check
from mock_responses.sse import encode
from mock_responses.views import RequestView, body_of

PATH = "/v1/responses"
CREATE = "response.create"
DEFAULT_MODELS = ("mock-model",)
IS_REQUEST = (kind("request") & path(PATH)) | (
    kind("frame") & source("responses") & direction("in") & of_type(CREATE)
)
"""What counts as a request of this API, over both transports."""


class MockResponses(Mock):
    """The Responses side of a stage."""

    source: ClassVar[Source] = "responses"

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.models: tuple[str, ...] = DEFAULT_MODELS
        """The ids that `GET /v1/models` lists."""
        self.websockets = True
        """Whether upgrades are accepted; if not they get 426, on which clients turn to HTTP."""
        self._counters: dict[str, count[int]] = {}
        server.route("POST", PATH, self.source, self._respond)
        server.route("GET", "/v1/models", self.source, self._list_models)
        server.upgrade(PATH, self.source, self.serve_socket)

    @property
    def requests(self) -> list[RequestView]:
        """All requests so far: every `POST /v1/responses` and every `response.create` frame, in
        order.
        """
        return [RequestView(entry) for entry in self.journal.select(IS_REQUEST)]

    @property
    def env(self) -> dict[str, str]:
        """Environment variables that point a child process's SDK at this server."""
        return {"OPENAI_BASE_URL": self.base_url, "OPENAI_API_KEY": "test"}

    def openai_client(self, **options: Any) -> Any:
        """An `openai.AsyncOpenAI` for this server, which closes it when it stops.

        Needs the openai package; `options` are the client's, and replace ours.
        """
        from openai import AsyncOpenAI

        client = AsyncOpenAI(**{"base_url": self.base_url, "api_key": "test", **options})
        self.server.at_stop(client.close)
        return client

    def codex_home(self, folder: str | Path, *, websockets: bool = False) -> dict[str, str]:
        """Make `folder` the home of a Codex CLI that asks this server; returns its environment.

        As `mock_responses.clients.codex_home`. Upgrades are refused from then on, or accepted, as
        the config says.
        """
        self.websockets = websockets
        return codex_home(folder, self.base_url, websockets=websockets)

    def view(self, entry: Entry) -> RequestView:
        """A request, a frame or an upgrade as a view."""
        return RequestView(entry)

    def script(self, entry: Entry) -> StreamedReply:
        """What streams a reply to `entry`; a frame is always streamed to."""
        return StreamedReply(self._composer(entry))

    def check_parts(self, parts: tuple[Any, ...]) -> None:
        """Raise TypeError or ValueError for parts that make no reply."""
        super().check_parts(parts)
        if not is_coroutine_reply(parts):
            check(parts)

    def error_parts(self, code: str, message: str) -> tuple[Any, ...]:
        """An error frame as the API wraps one."""
        detail = {"type": "invalid_request_error", "code": code, "message": message}
        frame = {"type": "error", "status": 400, "error": detail}
        return (stream(raw_event(msgspec.json.encode(frame))),)

    def parts_for(self, entry: Entry) -> tuple[Any, ...]:
        """As for any mock, but a prewarm (`generate: false`) never uses up a reply.

        It is answered as the API does: created and completed, with no output.
        """
        if entry.type == CREATE and entry.get("generate") is False:
            return (minimal(),)
        return super().parts_for(entry)

    def refusal(self, exchange: Exchange) -> Answer | None:
        """426 while WebSockets are off."""
        if self.websockets:
            return None
        return problem(
            426, "websocket_not_supported", "this server takes Responses requests over HTTP"
        )

    async def _respond(self, exchange: Exchange) -> None:
        try:
            rule = self.match(exchange.entry)
        except MISSES as error:
            await exchange.answer(problem(400, code_of(error), str(error)))
        else:
            await self._play(exchange, rule, streamed=bool(exchange.entry.get("stream")))

    async def _play(self, exchange: Exchange, rule: Rule, *, streamed: bool) -> None:
        composer = self._composer(exchange.entry)
        sink = EventStream(exchange, encode, rule.headers)
        player = Player(sink, self.journal, exchange.conn, exchange.entry.seq)
        reply = StreamedReply(composer) if streamed else WholeReply(composer)
        talk = Conversation(self.view(exchange.entry), player, reply, None)
        await perform(rule.parts, player, reply, talk)
        if isinstance(reply, WholeReply):
            await player.play([reply.answer(rule.headers)])
        elif not player.ended:
            await sink.finish()

    def _composer(self, entry: Entry) -> Composer:
        at = int(self.journal.now())
        return Composer(body_of(entry), response_id=self._id("resp"), ids=self._id, created_at=at)

    async def _list_models(self, exchange: Exchange) -> None:
        data = [
            {"id": m, "object": "model", "created": 0, "owned_by": "rehearsal"} for m in self.models
        ]
        await exchange.answer(json_answer({"object": "list", "data": data}))

    def _id(self, prefix: str) -> str:
        numbers = self._counters.setdefault(prefix, count(1))
        return f"{prefix}_{next(numbers):08}"
