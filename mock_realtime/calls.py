"""A mock that takes calls: session descriptions over HTTP, and the WebSockets that join a call by
its id.

The book of calls and the way in. What carries media is in `peers`, what the endpoints say in
`call_endpoints`.
"""

from collections.abc import Mapping
from functools import partial
from itertools import count
from typing import Any

from agent_rehearsal.journal import Entry
from agent_rehearsal.wire import Answer, Exchange, Mock, Rule, Server, Socket, problem
from agent_rehearsal.wire.service import Socketed, SocketService
from agent_rehearsal.wire.watch import Watch
from mock_realtime.call import PREFIX, Call, CallAnswer
from mock_realtime.call_endpoints import (
    ACTIONS,
    ActionEndpoint,
    CallEndpoint,
    action_reply,
    bad,
    call_reply,
    unknown,
)
from mock_realtime.joins import QUERY
from mock_realtime.offer import BadOffer, check_asked, offered
from mock_realtime.peers import check_extra, is_real
from mock_realtime.sdp import Offer, answer_to, read_offer
from mock_realtime.secret_endpoint import SecretEndpoint
from mock_realtime.secrets import Secret, Secrets, merged


class TakesCalls(Mock):
    """The part of the Realtime API that is about calls."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._webrtc: bool | None = None
        self._numbers = count(1)
        self._calls: dict[str, Call] = {}
        self._secrets = Secrets()
        self._call_endpoint = CallEndpoint(self, self._make_call)
        self._action_endpoints = {
            action: ActionEndpoint(self, action, self._running) for action in ACTIONS
        }
        self._secret_endpoint = SecretEndpoint(self, self._secrets)

    @property
    def webrtc(self) -> bool | None:
        """Whether a true peer answers an offer, with media and a data channel, which needs the
        extra `[webrtc]`. None: where that is installed, the offer has what it takes to connect,
        and the loop is no simulated one. If False, an answer is right in form only.
        """
        return self._webrtc

    @webrtc.setter
    def webrtc(self, wanted: bool | None) -> None:
        if wanted:
            check_extra()
        self._webrtc = wanted

    @property
    def calls(self) -> list[Call]:
        """All calls so far, in order."""
        return list(self._calls.values())

    def add_call(self, id: str | None = None, *, session: Mapping[str, Any] | None = None) -> Call:
        """A call that was made elsewhere, by telephone or on another server, and may be joined
        here.

        Raises ValueError for an id that is no call's, or that there is already.
        """
        return self._add(Call(id=self._id(id), session=session or {}))

    def reply_call(self, *parts: Any, **options: Any) -> Rule:
        """Answer a `POST /v1/realtime/calls` with marks and `call_answer(...)` or `refuse(...)`;
        options as of `reply`.

        A request that no such reply is for is answered as the API does: 201, or 400 for what is no
        offer. Raises TypeError for other parts.
        """
        call_reply().check(parts)
        return self._call_endpoint.add(parts, **options)

    def reply_call_action(self, action: str, *parts: Any, **options: Any) -> Rule:
        """Answer a `POST /v1/realtime/calls/{id}/ACTION` with marks and `refuse(...)`; options as
        of `reply`. With marks alone the API's own answer follows.

        Raises ValueError for an unknown action, TypeError for other parts.
        """
        if action not in ACTIONS:
            raise ValueError(f"no action is named {action!r}; there are {', '.join(ACTIONS)}")
        action_reply().check(parts)
        return self._action_endpoints[action].add(parts, **options)

    def reply_client_secret(self, *parts: Any, **options: Any) -> Rule:
        """Answer a `POST /v1/realtime/client_secrets` with marks and `refuse(...)`; options as of
        `reply`. With marks alone the API's own answer follows.

        Raises TypeError for other parts.
        """
        action_reply().check(parts)
        return self._secret_endpoint.add(parts, **options)

    def expire_client_secrets(self) -> None:
        """Let the time of every client secret so far be over: calls and WebSockets that come with
        one get 401 from now on.
        """
        self._secrets.expire(self.journal.now())

    def session_of(self, entry: Entry) -> dict[str, Any]:
        """The session that an upgrade or a call begins with: that of its client secret, and on top
        that of the call which it joins. Empty where nothing was configured.
        """
        secret, call = self._secrets.of(entry), self.call_of(entry)
        return merged(secret.session if secret else {}, call.session if call else {})

    def call_of(self, entry: Entry) -> Call | None:
        """The call that an upgrade joins, or that a request has made."""
        joined = self._calls.get(entry.query.get(QUERY, ""))
        return joined or next((each for each in self.calls if each.entry is entry), None)

    def unused(self) -> list[Rule]:
        """As for any mock, over all endpoints."""
        endpoints = (self._call_endpoint, *self._action_endpoints.values(), self._secret_endpoint)
        return [*super().unused(), *(rule for each in endpoints for rule in each.rules.unused())]

    def refusal(self, exchange: Exchange) -> Answer | None:
        """404 for a call that is not there, 409 for one that another WebSocket has joined, 401 for
        a client secret whose time is over.
        """
        try:
            self._check_secret(exchange.entry)
        except BadOffer as error:
            return bad(error)
        id = exchange.entry.query.get(QUERY)
        if id is None:
            return super().refusal(exchange)
        call = self._running(id)
        if call is None:
            return unknown(id)
        if call.taken and call.sideband is not exchange:
            text = (
                f"The call {id!r} was joined already, by {call.sideband and call.sideband.entry!r}."
            )
            return problem(409, "call_already_joined", text)
        return super().refusal(exchange)

    async def serve_socket(self, exchange: Exchange, socket: Socket) -> None:
        """As for any mock; one that names a call is its sideband from now on."""
        call = self._running(exchange.entry.query.get(QUERY, ""))
        if call is None or call.taken:
            await super().serve_socket(exchange, socket)
            return
        with call.joined(exchange, socket):
            await super().serve_socket(exchange, socket)

    async def serve_channel(self, channel: Socketed) -> None:
        """Talk on the data channel of a call, by the rules and greetings for WebSockets."""
        greeted = self._greeting(channel.entry)
        service = SocketService(
            channel,
            parts_for=self.parts_for,
            script_for=self.script,
            view=self.view,
            blame=self.server.blame_reply,
            watch=Watch(),
        )
        await service.serve((*greeted.before, *greeted.parts))

    def hear(self, call: Call, pcm: bytes) -> None:
        """Take what the client says as media."""

    async def _make_call(self, entry: Entry, wanted: CallAnswer) -> Call:
        """The call that `entry` asks for, answered as `wanted` says. Raises BadOffer, NotSdp."""
        asked = offered(entry)
        check_asked(asked.session, "session")
        secret = self._check_secret(entry)
        offer = None if wanted.sdp is not None else read_offer(asked.sdp)
        session = merged(secret.session if secret else {}, asked.session)
        call = Call(id=self._id(wanted.id), entry=entry, offered=asked, session=session)
        call.answer = wanted.sdp or "" if offer is None else await self._answer(call, entry, offer)
        return self._add(call)

    async def _answer(self, call: Call, entry: Entry, offer: Offer) -> str:
        if not await is_real(offer, webrtc=self._webrtc):
            return answer_to(offer, call.id)
        from mock_realtime.webrtc import Peer

        async def gone() -> None:
            self.journal.note("close", "client left", {}, conn=peer.conn, re=entry.seq)
            call.closers.remove(peer.close)
            await call.end("left by the client")

        hear = partial(self.hear, call)
        peer = Peer(entry, self.journal, serve=self.serve_channel, hear=hear, gone=gone)
        self.server.at_stop(peer.close)
        call.closers.append(peer.close)
        return await peer.answer(call.offered.sdp if call.offered else "")

    def _check_secret(self, entry: Entry) -> Secret | None:
        """The client secret of a request. Raises BadOffer for one whose time is over."""
        secret = self._secrets.of(entry)
        if secret is not None and secret.expires <= self.journal.now():
            text = "The client secret has expired."
            raise BadOffer(text, code="client_secret_expired", status=401)
        return secret

    def _running(self, id: str) -> Call | None:
        call = self._calls.get(id)
        return None if call is None or call.ended else call

    def _add(self, call: Call) -> Call:
        self._calls[call.id] = call
        return call

    def _id(self, given: str | None) -> str:
        if given is None:
            return f"{PREFIX}{next(self._numbers):08}"
        if not given.startswith(PREFIX) or given == PREFIX:
            raise ValueError(f"{given!r} is no id of a call: expected {PREFIX}... such as rtc_1")
        if given in self._calls:
            raise ValueError(f"there is a call {given!r} already: {self._calls[given]!r}")
        return given
