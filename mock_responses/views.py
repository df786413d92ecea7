"""Requests of the Responses API as tests read them: fields by their API names, input items by what
they are.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from agent_rehearsal.journal import Entry, Undecodable
from agent_rehearsal.wire import View, object_of
from mock_responses.history import Histories

CREATE = "response.create"
"""The type of the message that asks for a response on a WebSocket."""
OUTPUT_TYPES = ("function_call_output", "custom_tool_call_output", "tool_search_output")


class RequestView(View):
    """One `POST /v1/responses`, or one `response.create` frame."""

    __slots__ = ()

    @property
    def body(self) -> dict[str, Any]:
        """The request as JSON; a frame's includes its `type`. Raises Undecodable."""
        return object_of(self.entry)

    @property
    def model(self) -> str | None:
        """The model asked for."""
        return self.body.get("model")

    @property
    def instructions(self) -> str | None:
        """The instructions, None where the request has none."""
        return self.body.get("instructions")

    @property
    def stream(self) -> bool:
        """Whether events are asked for."""
        return bool(self.body.get("stream"))

    @property
    def previous_response_id(self) -> str | None:
        """The response that this request goes on from."""
        return self.body.get("previous_response_id")

    @property
    def input(self) -> list[dict[str, Any]]:
        """The input items that the request itself has; a plain string is the one user message that
        the API makes of it.
        """
        return input_of(self.body)

    @property
    def logical_input(self) -> list[dict[str, Any]]:
        """The whole input that the model is to see: on a WebSocket, the items that
        `previous_response_id` stands for and then `input`.

        Over HTTP, and in a journal that was read from a file, it is `input` alone.
        """
        return [*before(self.entry), *self.input]

    @property
    def tools(self) -> list[dict[str, Any]]:
        """The tools offered, as they were sent."""
        return _objects(self.body.get("tools"))

    def items(self, type_: str) -> list[dict[str, Any]]:
        """The items of one type in the logical input; a message may leave its type out."""
        return [item for item in self.logical_input if item.get("type", "message") == type_]

    def texts(self, role: str) -> list[str]:
        """The texts of all messages of one role in the logical input, in order, a text for each
        content part.
        """
        messages = [item for item in self.items("message") if item.get("role") == role]
        return [text for message in messages for text in content_texts(message.get("content"))]

    def tool(self, name: str) -> dict[str, Any]:
        """The tool of this name, also inside a namespace. Raises LookupError that lists them."""
        nested = [inner for tool in self.tools for inner in (tool, *_objects(tool.get("tools")))]
        named = {
            tool["name"]: tool for tool in reversed(nested) if isinstance(tool.get("name"), str)
        }
        if name not in named:
            raise LookupError(
                f"no tool {name!r} in {self!r}; there are {', '.join(named) or 'none'}"
            )
        tool: dict[str, Any] = named[name]
        return tool

    @property
    def outputs(self) -> list[dict[str, Any]]:
        """The outputs of calls in the logical input, in order."""
        return [item for item in self.logical_input if item.get("type") in OUTPUT_TYPES]

    def output_of(self, call_id: str) -> str:
        """The text that the client handed back for a call.

        Raises LookupError that lists the calls that have an output.
        """
        given = [(item.get("call_id"), item) for item in self.outputs]
        outputs = {id_: item for id_, item in given if isinstance(id_, str)}
        if call_id not in outputs:
            answered = ", ".join(map(str, outputs)) or "none"
            raise LookupError(f"no output of call {call_id!r} in {self!r}; outputs of: {answered}")
        return "".join(content_texts(outputs[call_id].get("output")))


def content_texts(content: Any) -> list[str]:
    """The texts of a content: a plain string, or parts of which some have a text."""
    if isinstance(content, str):
        return [content]
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, Mapping)]
    return [text for text in texts if isinstance(text, str)]


def input_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The input items of a request body."""
    given = body.get("input")
    if isinstance(given, str):
        return [{"type": "message", "role": "user", "content": given}]
    return _objects(given)


def before(entry: Entry) -> Iterable[dict[str, Any]]:
    """The items that a request goes on from by reference."""
    session = entry.conn.session if entry.conn else None
    found = session.get(entry.seq) if isinstance(session, Histories) else None
    return found or ()


def body_of(entry: Entry) -> dict[str, Any]:
    """The request that an entry holds; empty for an upgrade, and for what is no request."""
    try:
        return object_of(entry)
    except Undecodable:
        return {}


def _objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; what else clients put there is in the journal."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
