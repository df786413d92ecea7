"""The model as one turn sees it: requests, each a stream of typed events."""

from typing import Protocol

import msgspec

from codex_core.config.config import Config
from codex_core.model_client.events import ResponseEvent
from codex_core.model_client.metadata import RequestIdentity
from codex_core.model_client.request import Prompt, Request, make_request
from codex_core.model_client.turn_state import TurnState

__all__ = ["ResponseStream", "Sender", "TurnClient", "request_of"]


class ResponseStream(Protocol):
    """The events of one response, over whichever transport. Close it, whatever happened."""

    async def read(self) -> list[ResponseEvent]:
        """The next events, at least one; none when the response was completed.

        Raises `ModelError` when it broke off, failed, or was silent for too long.
        """
        ...

    def close(self) -> None:
        """Gives the response up; harmless when repeated or when it is complete."""
        ...


class Sender(Protocol):
    """What sends the requests of all turns, over whichever transport."""

    async def prewarmed(self) -> TurnState | None:
        """Waits for the thread's warm-up to end, if one runs; hands its turn state over, once."""
        ...

    async def send(
        self, request: Request, identity: RequestIdentity, turn_state: TurnState
    ) -> ResponseStream:
        """Sends a request; raises `ModelError` when no response comes of it."""
        ...


class TurnClient(msgspec.Struct, kw_only=True):
    """The model for one logical turn. Made by `ModelClient.turn`.

    The server's turn state lives here: the first value of the turn is sent with its later requests,
    over both transports.
    """

    config: Config
    identity: RequestIdentity
    sender: Sender
    turn_state: TurnState = msgspec.field(default_factory=TurnState)

    async def begin(self) -> None:
        """Takes over what the thread's warm-up did, if this is the first turn; may be repeated."""
        warm = await self.sender.prewarmed()
        if warm is not None:
            self.turn_state.offer(warm.value)

    async def stream(
        self,
        prompt: Prompt,
        *,
        identity: RequestIdentity | None = None,
        config: Config | None = None,
    ) -> ResponseStream:
        """Sends a request; raises `ModelError` when no response comes of it.

        `identity` and `config` replace those of the turn for this request alone.
        """
        await self.begin()
        who = identity or self.identity
        request = request_of(prompt, who, config or self.config)
        return await self.sender.send(request, who, self.turn_state)


def request_of(prompt: Prompt, identity: RequestIdentity, config: Config) -> Request:
    """The request that a prompt makes for a thread, under these settings."""
    return make_request(
        prompt,
        model=config.model,
        info=config.model_info,
        store=config.provider.is_azure,
        cache_key=identity.thread_id,
    )
