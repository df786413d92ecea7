"""How a session gets its socket: one of its own, or that of a call which the client offered.

Speaks to the network through the model client's seams alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

import msgspec
from msgspec.structs import replace

from codex_core.config.config import Config
from codex_core.config.errors import ConfigError
from codex_core.model_client.endpoint import base_url
from codex_core.model_client.errors import ModelError
from codex_core.model_client.http import HttpClient
from codex_core.model_client.retry import backoff
from codex_core.model_client.transport import TransportError
from codex_core.model_client.websocket import HandshakeRefusedError, OpenWebSocket, WebSocket
from codex_core.realtime.address import session_headers, socket_url
from codex_core.realtime.call import PATH, call_body, call_id
from codex_core.realtime.credentials import key_headers
from codex_core.realtime.frames import session_update
from codex_core.realtime.plan import Plan
from codex_core.realtime.prompt import first_name
from codex_core.realtime.refusal import StartRefusedError, broken

__all__ = ["Connector", "Link"]


@dataclass(kw_only=True)
class Link:
    """A way to a session: a socket that is open, or `join`, which opens one in its own time.

    `answer` is what the client's offer was answered with.
    """

    socket: WebSocket | None = None
    join: Callable[[], Awaitable[WebSocket]] | None = None
    answer: str | None = None

    async def open(self) -> WebSocket:
        """The socket; raises `StartRefusedError` if there is to be none."""
        if self.socket is None:
            assert self.join is not None
            self.socket = await self.join()
        return self.socket

    def drop(self) -> None:
        """Ends the socket, if there is one."""
        if self.socket is not None:
            self.socket.drop()


Connect = Callable[[], Awaitable[Link]]
"""Makes the link that was prepared; raises `StartRefusedError`."""


@dataclass(frozen=True, kw_only=True)
class Connector:
    """Links to the sessions of one provider. Without `open_socket` there are none."""

    http: HttpClient
    open_socket: OpenWebSocket | None

    @property
    def user_name(self) -> str:
        """What the user is called."""
        return first_name(self.http.runtime.full_name, self.http.runtime.env)

    async def prepare(self, plan: Plan, config: Config) -> Connect:
        """Gets ready what a link needs; raises `StartRefusedError` where something is missing."""
        headers = session_headers(plan.version, plan.id)
        if plan.offer is not None:
            return partial(self._call, plan, config, headers, self._caller(config))
        key = await key_headers(self.http)
        url = self._url(plan, config, model=plan.model)
        return partial(self._connect, url, {**self.http.fixed_headers(), **headers, **key}, plan)

    async def _connect(self, url: str, headers: Mapping[str, str], plan: Plan) -> Link:
        return Link(socket=await self._open(url, headers, plan))

    async def _call(
        self, plan: Plan, config: Config, headers: Mapping[str, str], http: HttpClient
    ) -> Link:
        """Makes the call by `http`; it is joined while the client goes on."""
        offer = plan.offer or ""
        session = {**plan.session, "model": plan.model}
        kind, body = call_body(http.address(PATH), offer, session)
        asked = {**headers, "content-type": kind, "accept": "*/*"}
        try:
            told, answer = await http.fetch("POST", PATH, headers=asked, body=body)
            signed = await self.http.signed(headers)
        except ModelError as error:
            raise StartRefusedError(error.message) from None
        url = self._url(plan, config, call=call_id(told.get("location")))
        join = partial(self._join, url, signed, plan)
        return Link(join=join, answer=answer.decode(errors="replace"))

    async def _join(self, url: str, headers: Mapping[str, str], plan: Plan) -> WebSocket:
        runtime = self.http.runtime
        for attempt in range(1, self.http.provider.request_retries + 1):
            try:
                return await self._open(url, headers, plan)
            except StartRefusedError:
                await runtime.sleep(backoff(attempt, runtime.jitter))
        return await self._open(url, headers, plan)

    async def _open(self, url: str, headers: Mapping[str, str], plan: Plan) -> WebSocket:
        """A socket on which the session was set up."""
        try:
            async with asyncio.timeout(self.http.provider.connect_timeout):
                return await self._set_up(url, headers, plan)
        except TimeoutError:
            problem = "the server did not answer in time"
        except TransportError as error:
            problem = str(error)
        except HandshakeRefusedError as error:
            problem = f"HTTP error: {_status(error.status)}"
        raise StartRefusedError(broken(f"failed to connect realtime websocket: {problem}"))

    async def _set_up(self, url: str, headers: Mapping[str, str], plan: Plan) -> WebSocket:
        if self.open_socket is None:
            raise TransportError("this core was given no way to open one")
        socket = await self.open_socket(url, headers)
        try:
            await socket.send(msgspec.json.encode(session_update(plan.session)))
        except BaseException:
            socket.drop()
            raise
        return socket

    def _url(
        self, plan: Plan, config: Config, *, model: str | None = None, call: str | None = None
    ) -> str:
        provider = self.http.provider
        own = self.http.openai_base_url
        base = config.experimental_realtime_ws_base_url or base_url(
            provider, self.http.runtime.env, chatgpt=False, openai_base_url=own
        )
        return socket_url(base, plan.version, provider.query_params, model=model, call_id=call)

    def _caller(self, config: Config) -> HttpClient:
        """The client that makes calls, which may have an address of its own."""
        base = config.experimental_realtime_webrtc_call_base_url
        if base is None:
            return self.http
        try:
            provider = replace(self.http.provider, base_url=base)
        except ConfigError as error:
            problem = f"`experimental_realtime_webrtc_call_base_url` {error.problem}"
            raise StartRefusedError(f"{problem}; {error.remedy}") from None
        return replace(self.http, provider=provider)


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
