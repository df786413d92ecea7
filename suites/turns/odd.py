"""Events that say nothing, or nothing that can be read, and a message to come after them."""

from typing import Any

from mock_responses import (
    event,
    message,
    output_item_added,
    output_item_done,
    raw_event,
    text_delta,
)

PART = (output_item_added(message("fine")), text_delta("fine"), output_item_done())

ODD: dict[str, Any] = {
    "an unknown event": event("response.dancing", steps=3),
    "a delta that is no text": raw_event(b'{"type":"response.output_text.delta","delta":7}'),
    "an item of no known kind": raw_event(
        b'{"type":"response.output_item.done","item":{"type":"dance"}}'
    ),
    "an item without its fields": raw_event(
        b'{"type":"response.output_item.done","item":{"type":"function_call"}}'
    ),
    "an item that is none": raw_event(b'{"type":"response.output_item.done","item":5}'),
    "a created without an id": raw_event(b'{"type":"response.created","response":{}}'),
    "an error without a status": raw_event(b'{"type":"error","error":{"message":"hm"}}'),
}

_ITEM = "A `response.output_item.done` of the response cannot be read and was passed over: "

COMPLAINTS: dict[str, str] = {
    "an unknown event": "",
    "a delta that is no text": "passed over: Expected `str`, got `int` - at `$.delta`",
    "an item of no known kind": "",
    "an item without its fields": f"{_ITEM}Object missing required field",
    "an item that is none": f"{_ITEM}Expected `object`, got `int`",
    "a created without an id": "",
    "an error without a status": "",
}
"""What the user is told of each; nothing of what a client may not know."""
