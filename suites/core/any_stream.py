"""Streams of events as a server may send them, the ways to cut them, and what a reader made of one.

For the property that no way of sending a stream changes what it says.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.server import ServerProtocol

from codex_core.model_client.errors import ModelError
from codex_core.model_client.events import Completed, ItemDone, RateLimits, ResponseEvent, TextDelta
from codex_core.model_client.notes import TurnStateSet
from codex_core.protocol.usage import TokenUsage
from mock_responses.strategies import JSON, event_streams
from suites.core.fakes import Json
from suites.responses.composing import events

NOT_TEXT = JSON.filter(lambda value: not isinstance(value, str))
DELTAS = st.sampled_from(
    ["output_text", "reasoning_text", "reasoning_summary_text", "custom_tool_call_input"]
)
JUNK: st.SearchStrategy[Json] = st.one_of(
    st.builds(lambda value: {"type": "response.dancing", "steps": value}, JSON),
    st.builds(lambda of, value: {"type": f"response.{of}.delta", "delta": value}, DELTAS, NOT_TEXT),
    st.builds(lambda value: {"type": "response.output_item.added", "item": value}, NOT_TEXT),
    st.builds(lambda value: {"type": "response.output_item.done", "item": value}, NOT_TEXT),
    st.builds(
        lambda value: {"type": "response.output_item.done", "item": {"type": value}},
        st.sampled_from(["message", "function_call", "custom_tool_call", "compaction"]) | NOT_TEXT,
    ),
    st.builds(lambda value: {"type": "response.metadata", "headers": value}, JSON),
    st.builds(lambda value: {"type": "codex.rate_limits", "rate_limits": value}, JSON),
    st.builds(lambda value: {"type": "error", "error": value}, JSON),
    st.just({"type": "response.created", "response": {}}),
)
"""Well-formed messages that say nothing that counts; none of them ends a response."""


@dataclass(frozen=True)
class Told:
    """What a stream says, whichever way it came."""

    items: list[bytes]
    text: str
    usage: TokenUsage | None
    end: str
    """The id of a response that was completed, or the text of the error."""


@dataclass(frozen=True)
class Stream:
    """A legal stream, and what is sent of it: junk too."""

    legal: list[Json]
    sent: list[bytes]


@st.composite
def streams(draw: st.DrawFn) -> Stream:
    """Any reply that a server may give; junk stands anywhere but before the first event.

    After the last there is some if that is a completion: a failure need not be an end over HTTP.
    """
    legal = events(*draw(event_streams()))
    sent = [json.dumps(event).encode() for event in legal]
    after = legal[-1]["type"] == "response.completed"
    for junk in draw(st.lists(JUNK, max_size=4)):
        sent.insert(draw(st.integers(1, len(sent) - 1 + after)), json.dumps(junk).encode())
    return Stream(legal, sent)


SIZES = st.lists(st.integers(1, 60), min_size=1, max_size=6)


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """The data in pieces of these sizes, over and over."""
    pieces: list[bytes] = []
    at = 0
    while at < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[at : at + size])
        at += size
    return pieces


def told(found: list[ResponseEvent], error: ModelError | None) -> Told:
    """The sum of what was read."""
    last = next((event for event in found if isinstance(event, Completed)), None)
    return Told(
        items=[msgspec.json.encode(event.item) for event in found if isinstance(event, ItemDone)],
        text="".join(event.delta for event in found if isinstance(event, TextDelta)),
        usage=last.usage if last else None,
        end=last.response_id if last else str(error),
    )


def shared(found: list[ResponseEvent]) -> list[ResponseEvent]:
    """The events that both transports tell: over HTTP, headers tell the others."""
    return [event for event in found if not isinstance(event, RateLimits | TurnStateSet)]


class WireServer(asyncio.Transport):
    """The other end of a connection that is none: what a client writes, it answers at once.

    The handshake as it should be, then each message in fragments of `fragments` bytes, the bytes of
    it all in pieces of `sizes`.
    """

    def __init__(
        self, messages: list[bytes], *, fragments: list[int], sizes: list[int], deflated: bool
    ) -> None:
        super().__init__()
        extensions = [ServerPerMessageDeflateFactory()] if deflated else None
        self._machine = ServerProtocol(extensions=extensions)
        self._messages = messages
        self._fragments = fragments
        self._sizes = sizes
        self._client: asyncio.Protocol

    def connection(self) -> Callable[..., Awaitable[Any]]:
        """What stands in for `create_connection` of a loop."""

        async def connect(
            factory: Callable[[], asyncio.Protocol], *_: object, **__: object
        ) -> tuple[asyncio.Transport, asyncio.Protocol]:
            self._client = factory()
            self._client.connection_made(self)
            return self, self._client

        return connect

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._machine.receive_data(bytes(data))
        for request in self._machine.events_received():
            self._machine.send_response(self._machine.accept(request))  # type: ignore[arg-type]
            for message in self._messages:
                self._send(message)
        said = b"".join(self._machine.data_to_send())
        for piece in cut(said, self._sizes):
            self._client.data_received(piece)

    def _send(self, message: bytes) -> None:
        first, *rest = cut(message, self._fragments)
        self._machine.send_text(first, fin=not rest)
        for number, piece in enumerate(rest, start=1):
            self._machine.send_continuation(piece, fin=number == len(rest))

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None:
        """There is nothing to end."""
