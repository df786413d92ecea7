"""What a server knows already: the request that a response completed, and what came of it.

Over one WebSocket a request may name that response and send only what is new. It may if nothing but
the input changed and the new input begins with all of the old, then with all that the response
brought, item by item. `client_metadata` has no say. No sockets here, and no memory: who keeps a
baseline drops it with the connection, and before each use.
"""

import msgspec

from codex_core.model_client.request import Request

__all__ = ["Baseline", "known_items"]


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was answered in full, the id of the response, and its items as history
    would send them.
    """

    request: Request
    response_id: str
    items: list[msgspec.Raw]


def known_items(baseline: Baseline | None, request: Request) -> int | None:
    """How many items of a request's input the server has of the baseline's response.

    None if the request has to be sent whole.
    """
    if baseline is None or not baseline.response_id:
        return None
    if not _same_but_input(baseline.request, request):
        return None
    old = baseline.request.input
    if not request.input.continues(old, baseline.items):
        return None
    return len(old) + len(baseline.items)


def _same_but_input(one: Request, other: Request) -> bool:
    return (
        one.model == other.model
        and one.instructions == other.instructions
        and one.options == other.options
    )
