"""One call: what was offered, what was answered, and who has joined it.

Values and their state; neither the endpoints that make calls nor what carries media is known here.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from agent_rehearsal.journal import Entry
from agent_rehearsal.wire import Exchange, Socket
from mock_realtime.joint import Joint
from mock_realtime.offer import Offered

PATH = "/v1/realtime/calls"
PREFIX = "rtc_"
"""What the id of a call begins with."""
_NORMAL = 1000
"""The close code of an end in good order (RFC 6455, 7.4.1)."""
State = Literal["open", "hung up", "rejected", "left by the client"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswer:
    """The answer that a call gets; what is None is filled in. Made by `call_answer`."""

    sdp: str | None = None
    id: str | None = None
    location: str | None = None

    def __repr__(self) -> str:
        given = ((name, getattr(self, name)) for name in ("sdp", "id", "location"))
        return f"call_answer({', '.join(f'{n}={v!r}' for n, v in given if v is not None)})"


def call_answer(
    sdp: str | None = None, *, id: str | None = None, location: str | None = None
) -> CallAnswer:
    """201 for a call, with this session description, id and `Location`, or with our own.

    With `sdp` the offer is not looked at: anything is accepted. Raises TypeError for what is no
    text.
    """
    for name, value in (("sdp", sdp), ("id", id), ("location", location)):
        if not isinstance(value, str | None):
            raise TypeError(f"call_answer({name}={value!r}): expected a text, or None for our own")
    return CallAnswer(sdp=sdp, id=id, location=location)


@dataclass(eq=False, slots=True, kw_only=True)
class Call:
    """A call that exists on the server."""

    id: str
    entry: Entry | None = None
    """The request that made it; None for a call from elsewhere."""
    offered: Offered | None = None
    """What that request held."""
    answer: str = ""
    """The session description that answered it."""
    session: Mapping[str, Any] = field(default_factory=dict)
    """Its session, as the client secret and the request configured it."""
    state: State = "open"
    sideband: Exchange | None = None
    """The last WebSocket that joined it; None once that was served."""
    joint: Joint = field(default_factory=Joint)
    """Those who take part in its session."""
    closers: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    """What ends those who take part, when the server ends the call."""

    @property
    def ended(self) -> bool:
        """Whether nobody can join it any more."""
        return self.state != "open"

    @property
    def taken(self) -> bool:
        """Whether a WebSocket has joined it and has not left."""
        return self.sideband is not None and not self.sideband.left

    @contextmanager
    def joined(self, exchange: Exchange, socket: Socket) -> Iterator[None]:
        """While this WebSocket is its sideband."""

        async def close() -> None:
            if exchange.started:
                await socket.close(_NORMAL, f"the call was {self.state}")

        self.sideband = exchange
        self.closers.append(close)
        try:
            yield
        finally:
            if self.sideband is exchange:
                self.sideband = None
            self.closers.remove(close)

    async def end(self, state: State) -> None:
        """End it for all who take part, unless it has ended."""
        if self.ended:
            return
        self.state = state
        for close in tuple(self.closers):
            await close()

    def __repr__(self) -> str:
        return f"<Call {self.id} {self.state}>"
