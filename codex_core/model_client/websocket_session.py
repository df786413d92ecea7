"""The one WebSocket of a thread: opened when it is needed, kept from request to request and from
turn to turn, dropped at the first thing that goes wrong.

It holds one request at a time. What the server knows is known of the connection alone: it is taken
for one request, put back when that is complete, and gone with the connection. After a response that
was given up the connection is good again once the rest of it came; the next request looks whether
it has, and does not wait for it.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

import msgspec

from codex_core.model_client.errors import TIMEOUT, ModelError, stream_error
from codex_core.model_client.events import header_events
from codex_core.model_client.http import HttpClient
from codex_core.model_client.incremental import Baseline, known_items
from codex_core.model_client.metadata import RequestIdentity
from codex_core.model_client.request import Request
from codex_core.model_client.transport import TransportError
from codex_core.model_client.turn_state import TurnState
from codex_core.model_client.websocket import (
    Arrival,
    HandshakeRefusedError,
    OpenWebSocket,
    WebSocket,
)
from codex_core.model_client.websocket_frames import FrameState, ends_response, is_stale
from codex_core.model_client.websocket_stream import WebSocketStream
from codex_core.protocol.items import ResponseItem

__all__ = ["UpgradeRequiredError", "WebSocketSession"]

_PATH = "responses"
_LITE = "ws_request_header_x_openai_internal_codex_responses_lite"


class UpgradeRequiredError(Exception):
    """The server says that it wants no WebSocket here, for good."""


class WebSocketSession:
    """Requests for responses over one connection at a time.

    `encode` makes of an item what a later request will send of it.
    """

    def __init__(
        self,
        http: HttpClient,
        open_socket: OpenWebSocket,
        encode: Callable[[ResponseItem], msgspec.Raw],
    ) -> None:
        self._http = http
        self._open_socket = open_socket
        self._encode = encode
        self._one_request = asyncio.Lock()
        self._socket: WebSocket | None = None
        self._baseline: Baseline | None = None
        self._last_id: str | None = None
        self._given_up: FrameState | None = None
        """The response of which nobody hears the rest."""

    async def send(
        self,
        request: Request,
        identity: RequestIdentity,
        turn_state: TurnState,
        *,
        generate: bool = True,
    ) -> WebSocketStream:
        """Sends a request once no other runs; raises `ModelError` and `UpgradeRequiredError`."""
        await self._one_request.acquire()
        try:
            self._settle()
            early = self._pushed()
            socket = self._socket or await self._connect(identity)
            early += self._pushed(fresh=True)
            last_id = self._last_id
            await self._create(socket, request, identity, turn_state, generate=generate)
        except BaseException:
            self.drop()
            self._one_request.release()
            raise
        return WebSocketStream(
            socket,
            self._new_state(last_id),
            idle_timeout=self._http.provider.idle_timeout,
            turn_state=turn_state,
            first=header_events(socket.headers, limits=False),
            early=early,
            ended=lambda state: self._end(request, state),
        )

    def drop(self) -> None:
        """Ends the connection, if there is one, without a word."""
        socket, self._socket = self._socket, None
        self._baseline = self._last_id = self._given_up = None
        if socket is not None:
            socket.drop()

    def _settle(self) -> None:
        """Hears the rest of a response that was given up, as far as it came; the connection is
        dropped if that is not all.
        """
        rest, socket = self._given_up, self._socket
        self._given_up = None
        if rest is None or socket is None:
            return
        while not rest.over and (arrival := socket.poll()) is not None:
            rest.feed(arrival)
        if rest.completed is None:
            self.drop()
        else:
            self._last_id = rest.completed.response_id

    def _pushed(self, *, fresh: bool = False) -> list[Arrival]:
        """What the server said unasked, for the next response to begin with.

        What belongs to an earlier response comes too late and is passed over. A connection that was
        ended meanwhile is dropped; on a fresh one that is the next response's affair.
        """
        found: list[Arrival] = []
        while self._socket is not None and (arrival := self._socket.poll()) is not None:
            if is_stale(arrival):
                continue
            if fresh or not ends_response(arrival):
                found.append(arrival)
            else:
                self.drop()
        return found

    async def _connect(self, identity: RequestIdentity) -> WebSocket:
        """A new connection; a refusal for want of credentials is recovered from where it can be."""
        recovery = self._http.auth.recovery()
        while True:
            try:
                self._socket = await self._open(identity)
                return self._socket
            except ModelError as error:
                if error.status != HTTPStatus.UNAUTHORIZED or not await recovery.next():
                    raise

    async def _open(self, identity: RequestIdentity) -> WebSocket:
        url = self._url()
        try:
            async with asyncio.timeout(self._http.provider.connect_timeout):
                headers = await self._http.signed(identity.handshake_headers())
                return await self._open_socket(url, headers)
        except TimeoutError:
            raise ModelError(TIMEOUT, "request timed out") from None
        except TransportError as error:
            raise stream_error(str(error)) from error
        except HandshakeRefusedError as refusal:
            if refusal.status == HTTPStatus.UPGRADE_REQUIRED:
                raise UpgradeRequiredError from None
            raise self._http.refused(refusal.status, refusal.headers, refusal.body, url) from None

    def _url(self) -> str:
        """The address with `ws` for `http`, so `wss` for `https`."""
        return self._http.address(_PATH).replace("http", "ws", 1)

    async def _create(
        self,
        socket: WebSocket,
        request: Request,
        identity: RequestIdentity,
        turn_state: TurnState,
        *,
        generate: bool,
    ) -> None:
        """Sends the frame, with as little of the input as the server needs."""
        baseline, self._baseline = self._baseline, None
        known = known_items(baseline, request)
        now = int(self._http.runtime.now() * 1000)
        lite = {_LITE: "true"} if request.lite else {}
        frame = request.frame(
            {**identity.client_metadata(turn_state.value, now), **lite},
            previous_response_id=baseline.response_id if baseline and known is not None else None,
            known=known or 0,
            generate=generate,
        )
        try:
            async with asyncio.timeout(self._http.provider.idle_timeout):
                await socket.send(frame)
        except TimeoutError:
            raise stream_error("idle timeout sending websocket request") from None

    def _new_state(self, last_id: str | None) -> FrameState:
        obeys, now = self._http.provider.honor_retry_after, self._http.local_now()
        return FrameState(last_id=last_id, url=self._url(), now=now, obeys=obeys)

    def _end(self, request: Request, state: FrameState) -> None:
        """The response is over: well, or the connection is dropped with it; or it was given up."""
        if not state.over:
            self._given_up = state
        elif state.completed is None:
            self.drop()
        elif self._socket is not None:
            self._last_id = state.completed.response_id
            self._baseline = self._baseline_of(request, state)
        self._one_request.release()

    def _baseline_of(self, request: Request, state: FrameState) -> Baseline | None:
        if state.reliable_id is None:
            return None
        items = [self._encode(item) for item in state.items]
        return Baseline(request=request, response_id=state.reliable_id, items=items)
