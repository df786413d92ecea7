"""The model client of a thread: what outlives its turns. A turn asks it for a client of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import msgspec

from codex_core.config.config import Config
from codex_core.model_client.client import ResponseStream, TurnClient, request_of
from codex_core.model_client.errors import ModelError
from codex_core.model_client.http import HttpClient
from codex_core.model_client.metadata import RequestIdentity
from codex_core.model_client.notes import TURN_STATE
from codex_core.model_client.prewarm import Prewarm
from codex_core.model_client.request import Prompt, Request
from codex_core.model_client.sse_stream import SseStream
from codex_core.model_client.turn_state import TurnState
from codex_core.model_client.websocket import OpenWebSocket
from codex_core.model_client.websocket_session import UpgradeRequiredError, WebSocketSession
from codex_core.protocol.items import ResponseItem

__all__ = ["ModelClient"]


class ModelClient:
    """One thread's way to its model: over a WebSocket where the provider has one, else over HTTP.

    Once it has fallen back to HTTP it stays there. `encode` makes of an item what a later request
    will send of it. Without `open_socket` there are no WebSockets.
    """

    def __init__(
        self,
        http: HttpClient,
        *,
        encode: Callable[[ResponseItem], msgspec.Raw],
        open_socket: OpenWebSocket | None = None,
    ) -> None:
        self.http = http
        self._prewarm: Prewarm | None = None
        self._new_session: Callable[[], WebSocketSession] | None = None
        self._session: WebSocketSession | None = None
        if open_socket is not None and http.provider.supports_websockets:
            self._new_session = partial(WebSocketSession, http, open_socket, encode)
            self._session = self._new_session()

    @property
    def uses_websocket(self) -> bool:
        """Does the next request go over a WebSocket?"""
        return self._session is not None

    def turn(self, identity: RequestIdentity, config: Config) -> TurnClient:
        """A client for one logical turn, with the settings of that turn."""
        return TurnClient(config=config, identity=identity, sender=self)

    @contextmanager
    def aside(self, identity: RequestIdentity, config: Config) -> Iterator[TurnClient]:
        """A client for requests beside those of a turn, which keeps its socket: these have another
        one, for as long as it takes.
        """
        session = self._new_session() if self._new_session and self.uses_websocket else None
        try:
            yield TurnClient(config=config, identity=identity, sender=_Aside(self, session))
        finally:
            if session is not None:
                session.drop()

    def fall_back(self) -> bool:
        """Gives WebSockets up for good; False if that had been done."""
        session, self._session = self._session, None
        if session is None:
            return False
        session.drop()
        return True

    async def close(self) -> None:
        """Ends the warm-up and the socket."""
        prewarm, self._prewarm = self._prewarm, None
        if prewarm is not None:
            await prewarm.stop()
        self.fall_back()

    def prewarm(self, prompt: Prompt, identity: RequestIdentity, config: Config) -> None:
        """Begins to warm a WebSocket up, in the background; over HTTP there is nothing to warm."""
        if self._session is None:
            return
        state = TurnState()
        work = self._warm_up(self._session, prompt, identity, config, state)
        self._prewarm = Prewarm(work, state, self.http.provider.connect_timeout)

    async def prewarmed(self) -> TurnState | None:
        """As `Sender` says."""
        prewarm = self._prewarm
        if prewarm is None:
            return None
        await prewarm.ended()
        self._prewarm = None
        return prewarm.outcome()

    async def send(
        self, request: Request, identity: RequestIdentity, turn_state: TurnState
    ) -> ResponseStream:
        """As `Sender` says."""
        return await self.send_on(self._session, request, identity, turn_state)

    async def send_on(
        self,
        session: WebSocketSession | None,
        request: Request,
        identity: RequestIdentity,
        turn_state: TurnState,
    ) -> ResponseStream:
        """Sends a request on this socket, or over HTTP if the thread has gone over to it."""
        if session is not None and self.uses_websocket:
            try:
                return await session.send(request, identity, turn_state)
            except UpgradeRequiredError:
                self.fall_back()
        return await self._post(request, identity, turn_state)

    async def _post(
        self, request: Request, identity: RequestIdentity, turn_state: TurnState
    ) -> ResponseStream:
        reply = await self.http.send(
            "POST",
            "responses",
            headers={**identity.headers(turn_state.value), **request.headers},
            body=request.body(identity.client_metadata()),
            compress=True,
        )
        turn_state.offer(reply.headers.get(TURN_STATE))
        return SseStream(reply, self.http.provider.idle_timeout)

    async def _warm_up(
        self,
        session: WebSocketSession,
        prompt: Prompt,
        identity: RequestIdentity,
        config: Config,
        state: TurnState,
    ) -> None:
        request = request_of(prompt, identity, config)
        try:
            stream = await session.send(request, identity, state, generate=False)
            try:
                while await stream.read():
                    pass
            finally:
                stream.close()
        except UpgradeRequiredError:
            self.fall_back()
        except ModelError:
            return


class _Aside(msgspec.Struct, frozen=True):
    """What sends the requests beside a turn's: they take nothing of the warm-up over."""

    model: ModelClient
    session: WebSocketSession | None

    async def prewarmed(self) -> TurnState | None:
        return None

    async def send(
        self, request: Request, identity: RequestIdentity, turn_state: TurnState
    ) -> ResponseStream:
        return await self.model.send_on(self.session, request, identity, turn_state)
