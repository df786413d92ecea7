"""What the builder tests share: a composer with counted ids, and the events that it makes as JSON.

Also the SSE body that a server would send for a script. No server and no loop here.
"""

from collections.abc import Mapping
from itertools import count
from typing import Any

import msgspec

from agent_rehearsal.wire.script import Mark, Send
from mock_responses.compose import Composer
from mock_responses.sse import encode

REQUEST: Mapping[str, Any] = {"model": "gpt-5", "input": "hi"}
RESPONSE_ID = "resp_1"
CREATED_AT = 1_750_000_000


def composer(body: Mapping[str, Any] = REQUEST) -> Composer:
    """A composer whose ids count up over all prefixes."""
    numbers = count(1)
    return Composer(
        body,
        response_id=RESPONSE_ID,
        ids=lambda prefix: f"{prefix}_{next(numbers)}",
        created_at=CREATED_AT,
    )


def sends(*parts: Any, body: Mapping[str, Any] = REQUEST) -> list[Send]:
    """The events of a reply, without its marks."""
    return [step for step in composer(body).compose(parts) if isinstance(step, Send)]


def events(*parts: Any, body: Mapping[str, Any] = REQUEST) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [msgspec.json.decode(send.payload) for send in sends(*parts, body=body)]


def outline(*parts: Any) -> list[Any]:
    """The reply as types, `response.` left out, deltas as their text, and marks as they are."""
    return [
        step if isinstance(step, Mark) else _outlined(msgspec.json.decode(step.payload))
        for step in composer().compose(parts)
        if isinstance(step, Send | Mark)
    ]


def _outlined(event: dict[str, Any]) -> str:
    return str(event.get("delta", event["type"].removeprefix("response.")))


def body(*parts: Any, request: Mapping[str, Any] = REQUEST) -> bytes:
    """The SSE body of a reply."""
    return b"".join(encode(send) for send in sends(*parts, body=request))
