"""The HTTP endpoints about calls: making one, and accept, reject, refer and hang-up of one.

What a call is, and which there are, is in `call` and `calls`; the errors are worded here, in the
API's shape.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from agent_rehearsal.journal import Entry, Undecodable
from agent_rehearsal.wire import Answer, Exchange, Mock, object_of, problem
from agent_rehearsal.wire.endpoint import Endpoint, Lines, OneObject
from mock_realtime.call import PATH, Call, CallAnswer
from mock_realtime.offer import SDP, BadOffer, check_asked
from mock_realtime.one_answer import OneAnswer
from mock_realtime.sdp import NotSdp
from mock_realtime.secrets import merged

Make = Callable[[Entry, CallAnswer], Awaitable[Call]]
"""Makes the call that a request asks for. Raises BadOffer or NotSdp."""
Find = Callable[[str], Call | None]
"""The call with this id that has not ended."""


class CallEndpoint(Endpoint):
    """`POST /v1/realtime/calls`: 201 with the answer to the offer and the call's `Location`."""

    def __init__(self, mock: Mock, make: Make) -> None:
        super().__init__(mock, PATH, usual=no_parts, reply=call_reply, check=any_body)
        self._make = make

    async def made(self, exchange: Exchange, reply: OneObject, headers: Lines) -> Answer:
        """The answer to an offer, or the error for what is none."""
        given = reply.given if isinstance(reply, OneAnswer) else None
        wanted = given or CallAnswer()
        try:
            call = await self._make(exchange.entry, wanted)
        except NotSdp as error:
            return problem(400, "invalid_offer", str(error))
        except BadOffer as error:
            return bad(error)
        location = wanted.location or f"{PATH}/{call.id}"
        own = (("content-type", SDP), ("location", location))
        return Answer(201, (*own, *headers), call.answer.encode())


class ActionEndpoint(Endpoint):
    """`POST /v1/realtime/calls/{id}/ACTION`: 200 and no body."""

    def __init__(self, mock: Mock, action: str, find: Find) -> None:
        path = f"{PATH}/{{id}}/{action}"
        super().__init__(mock, path, usual=no_parts, reply=action_reply, check=any_body)
        self._act = ACTIONS[action]
        self._find = find

    async def made(self, exchange: Exchange, reply: OneObject, headers: Lines) -> Answer:
        """What became of the call."""
        call = self._find(exchange.values["id"])
        if call is None:
            return unknown(exchange.values["id"])
        try:
            await self._act(call, _object(exchange.entry))
        except BadOffer as error:
            return bad(error)
        return reply.answer(headers)


def call_reply(_: Entry | None = None) -> OneAnswer:
    """What turns parts into the answer to a call."""
    return OneAnswer(CallAnswer, "call_answer(...) or refuse(status)")


def action_reply(_: Entry | None = None) -> OneAnswer:
    """What turns parts into the answer to an action."""
    return OneAnswer(Answer, "refuse(status)")


def unknown(id: str) -> Answer:
    """404 for a call that is not there, or not any more."""
    return problem(404, "call_id_not_found", f"No session was found for the call {id!r}.")


def bad(error: BadOffer) -> Answer:
    """The error for a request that is at fault."""
    return problem(error.status, error.code, str(error), param=error.param)


async def _accept(call: Call, body: Mapping[str, Any]) -> None:
    if body.get("type") != "realtime":
        raise BadOffer(f"type is {body.get('type')!r}; expected 'realtime'", param="type")
    check_asked(body)
    call.session = merged(call.session, body)


async def _reject(call: Call, body: Mapping[str, Any]) -> None:
    code = body.get("status_code", 603)
    if not isinstance(code, int) or not 300 <= code <= 699:
        raise BadOffer(f"status_code is {code!r}; expected 300 to 699", param="status_code")
    await call.end("rejected")


async def _refer(call: Call, body: Mapping[str, Any]) -> None:
    if not isinstance(body.get("target_uri"), str):
        raise BadOffer(
            f"target_uri is {body.get('target_uri')!r}; expected a URI such as 'tel:+14155550123'",
            param="target_uri",
        )


async def _hang_up(call: Call, body: Mapping[str, Any]) -> None:
    await call.end("hung up")


ACTIONS: Mapping[str, Callable[[Call, Mapping[str, Any]], Awaitable[None]]] = {
    "accept": _accept,
    "reject": _reject,
    "refer": _refer,
    "hangup": _hang_up,
}
"""What each action does to a call. Raises BadOffer for a body that it cannot take."""


def _object(entry: Entry) -> Mapping[str, Any]:
    if not entry.raw:
        return {}
    try:
        return object_of(entry)
    except Undecodable as error:
        raise BadOffer(str(error)) from error


def no_parts(_: Entry) -> tuple[Any, ...]:
    """What answers a request by itself: the endpoint's own answer."""
    return ()


def any_body(_: Entry) -> None:
    """Accept whatever came: what is wrong with it is answered as the API does."""
