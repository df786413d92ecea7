"""The mock Responses server: `POST /v1/responses` streamed and whole, WebSocket on the same path.

The endpoints beside it are modules of their own: `models`, `compact`, `memories`, `retrieval`.

The default reply is the full sequence of events that every SDK accepts. Whether it is streamed is
the request's `stream` to say: SDKs send the same `Accept` for both.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, Unpack

import msgspec

from agent_rehearsal.journal import (
    Entry,
    Joined,
    Source,
    direction,
    kind,
    of_type,
    path,
    source,
)
from agent_rehearsal.wire import (
    MISSES,
    Conversation,
    EventStream,
    Exchange,
    Miss,
    Player,
    Rule,
    Server,
    Whole,
    code_of,
    is_coroutine_reply,
    only_data,
    perform,
    plain_head,
    problem,
)
from mock_responses import compact, memories
from mock_responses.clients import codex_home
from mock_responses.compact import CompactReply
from mock_responses.compose import Composer
from mock_responses.conduct import Conduct
from mock_responses.endpoint import Endpoint
from mock_responses.events import raw_event
from mock_responses.history import History
from mock_responses.memories import MemoryReply
from mock_responses.models import models_answer
from mock_responses.parts import stream
from mock_responses.reply import FramedReply, StreamedReply, WholeReply, check
from mock_responses.reply_headers import Told, headed, headers_of
from mock_responses.retrieval import Retrieval
from mock_responses.socketed import Socketed
from mock_responses.sse import as_bytes, encode
from mock_responses.stencil import Copier
from mock_responses.trusting import trusting
from mock_responses.views import CREATE, RequestView, body_of

PATH = "/v1/responses"
DEFAULT_MODELS = ("mock-model",)
IS_REQUEST = (kind("request") & path(PATH)) | (
    kind("frame") & source("responses") & direction("in") & of_type(CREATE)
)
"""What counts as a request of this API, over both transports."""


class MockResponses(Socketed):
    """The Responses side of a stage."""

    source: ClassVar[Source] = "responses"

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.models: tuple[str, ...] = DEFAULT_MODELS
        """The ids that `GET /v1/models` lists."""
        self._copier = Copier()
        self._matched: dict[int, Rule | Miss] = {}
        self.model_infos: tuple[Mapping[str, Any], ...] = ()
        """What the Codex CLI gets when it asks for the models; with none it keeps its own."""
        self.models_etag: str | None = None
        """The `ETag` of the models, quotes and all; if None it follows from the list."""
        self._counters: defaultdict[str, count[int]] = defaultdict(lambda: count(1))
        Conduct(server.journal, server.findings, IS_REQUEST)
        self._retrieval = Retrieval(server)
        self._compact = Endpoint(
            self, compact.PATH, usual=compact.usual_parts, reply=self._compact_reply
        )
        self._memories = Endpoint(
            self, memories.PATH, usual=memories.usual_parts, reply=lambda _: MemoryReply()
        )
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
        trust = self.server.tls.env() if self.server.tls else {}
        return {"OPENAI_BASE_URL": self.base_url, "OPENAI_API_KEY": "test", **trust}

    def openai_client(self, **options: Any) -> Any:
        """An `openai.AsyncOpenAI` for this server, which closes it when it stops.

        Needs the openai package; `options` are the client's, and replace ours. Over TLS it trusts
        this server, for requests and for WebSockets.
        """
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        kind: type[Any] = AsyncOpenAI
        own: dict[str, Any] = {"base_url": self.base_url, "api_key": "test"}
        if self.server.tls:
            context = self.server.tls.client_context()
            kind = trusting(AsyncOpenAI, context)
            if "http_client" not in options:
                own["http_client"] = DefaultAsyncHttpxClient(verify=context)
        client = kind(**own | options)
        self.server.at_stop(client.close)
        return client

    def codex_home(self, folder: str | Path, *, websockets: bool = False) -> dict[str, str]:
        """Make `folder` the home of a Codex CLI that asks this server; returns its environment.

        As `mock_responses.clients.codex_home`. Upgrades are refused from then on, or accepted, as
        the config says.
        """
        self.websockets = websockets
        trust = self.server.tls.env() if self.server.tls else {}
        return codex_home(folder, self.base_url, websockets=websockets) | trust

    def assert_no_findings(self, *names: str) -> None:
        """Raise Violation for any finding so far, or any of these names; as the stage's."""
        self.server.findings.assert_none(*names)

    def view(self, entry: Entry) -> RequestView:
        """A request, a frame or an upgrade as a view."""
        return RequestView(entry)

    def script(self, entry: Entry) -> StreamedReply:
        """What streams a reply to `entry`; a frame is always streamed to."""
        if entry.kind == "request":
            return StreamedReply(self._composer(entry))
        return FramedReply(self._composer(entry), self.take_told(entry))

    def reply(
        self,
        *parts: Any,
        when: Callable[[Entry], bool] | None = None,
        times: float = 1,
        optional: bool = False,
        name: str | None = None,
        headers: Mapping[str, str] | None = None,
        **told: Unpack[Told],
    ) -> Rule:
        """As for any mock. What the reply tells in headers may be given by name, as in
        `reply_headers`: `turn_state="..."`, `rate_limits=rate_limits(...)`; on a WebSocket it is
        told in events before those of the response.
        """
        merged = {**headers_of(self.reply, told), **(headers or {})}
        rule = super().reply(
            *headed(parts, merged),
            when=when,
            times=times,
            optional=optional,
            name=name,
            headers=merged,
        )
        if "rate_limits" in told:
            self._limits[rule] = told["rate_limits"]
        return rule

    def compact(self, *parts: Any, **options: Any) -> Rule:
        """Answer a `POST /v1/responses/compact` with these output items; options as of `reply`.

        A request that no such reply is for gets its user messages and one compaction item. Raises
        TypeError or ValueError for parts that make no reply.
        """
        self.check_parts(parts)
        return self._compact.add(parts, "compact", **options)

    def summarize(self, *parts: Any, **options: Any) -> Rule:
        """Answer a `POST /v1/memories/trace_summarize` with `memory(...)` for each trace; options
        as of `reply`.

        A request that no such reply is for gets memories that name its traces. Raises TypeError for
        parts that make no such answer.
        """
        if not is_coroutine_reply(parts):
            memories.check(parts)
        return self._memories.add(parts, "summarize", **options)

    def unused(self) -> list[Rule]:
        """As for any mock, over all endpoints."""
        return [*super().unused(), *self._compact.rules.unused(), *self._memories.rules.unused()]

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

    def stored_history(self, id: str) -> History | None:
        """As the base says."""
        return self._retrieval.history(id)

    def streams(self, body: Mapping[str, Any]) -> bool:
        """Whether a request over HTTP is answered with events: it says so in `stream`."""
        return bool(body.get("stream"))

    def _ready(self, entry: Entry) -> Whole | None:
        """The answer to a request, if its reply has copies; if not, the reply is kept for it."""
        try:
            rule = self.match(entry)
        except MISSES as error:
            self._matched[entry.seq] = error
            return None
        body, head = body_of(entry), plain_head(rule.headers)
        copies = self._copier.of(rule, body) if head and self.streams(body) else None
        if copies is None or head is None:
            self._matched[entry.seq] = rule
            return None
        entry.forget()
        return Whole(head, copies.make(body, ids=self._id, created_at=self._now()))

    def _match_once(self, entry: Entry) -> Rule:
        found = self._matched.pop(entry.seq, None)
        if isinstance(found, Exception):
            raise found
        return found or self.match(entry)

    async def _respond(self, exchange: Exchange) -> None:
        try:
            rule = self._match_once(exchange.entry)
        except MISSES as error:
            await exchange.answer(problem(400, code_of(error), str(error)))
        else:
            with self._retrieval.answering(exchange.entry.seq):
                await self._answer(exchange, rule, body_of(exchange.entry))

    async def _answer(self, exchange: Exchange, rule: Rule, body: dict[str, Any]) -> None:
        if not self.streams(body):
            await self._play(exchange, rule, WholeReply(self._composer(exchange.entry)))
        elif is_coroutine_reply(rule.parts):
            await self._play(exchange, rule, self.script(exchange.entry))
        elif (copies := self._copier.of(rule, body)) is not None:
            made = copies.make(body, ids=self._id, created_at=self._now())
            await EventStream(exchange, encode, rule.headers).whole(made)
            self.server.at_once("POST", PATH, self.source, self._ready)
        else:
            await self._stream(exchange, rule)
        exchange.entry.forget()

    async def _stream(self, exchange: Exchange, rule: Rule) -> None:
        sink = EventStream(exchange, encode, rule.headers)
        steps = list(self.script(exchange.entry).steps(rule.parts))
        data = only_data(steps)
        if data is not None:
            await sink.whole(Joined([as_bytes(piece) for piece in data]))
            return
        self._retrieval.keep(exchange.entry.seq, steps)
        player = Player(sink, self.journal, exchange.conn, exchange.entry.seq)
        await player.play(steps)
        if not player.ended:
            await sink.finish()
            self._retrieval.forget(exchange.entry.seq)

    async def _play(self, exchange: Exchange, rule: Rule, reply: StreamedReply) -> None:
        sink = EventStream(exchange, encode, rule.headers)
        player = Player(sink, self.journal, exchange.conn, exchange.entry.seq)
        talk = Conversation(self.view(exchange.entry), player, reply, None)
        await perform(rule.parts, player, reply, talk)
        if isinstance(reply, WholeReply):
            await player.play([reply.answer(rule.headers)])
        elif not player.ended:
            await sink.finish()

    def _composer(self, entry: Entry) -> Composer:
        return Composer(
            body_of(entry), response_id=self._id("resp"), ids=self._id, created_at=self._now()
        )

    def _now(self) -> int:
        return int(self.journal.now())

    async def _list_models(self, exchange: Exchange) -> None:
        answer = models_answer(
            exchange.entry, ids=self.models, infos=self.model_infos, etag=self.models_etag
        )
        await exchange.answer(answer)

    def _compact_reply(self, entry: Entry) -> CompactReply:
        return CompactReply(self._composer(entry), self._id("resp"), self._now())

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._counters[prefix]):08}"
