"""`POST responses/compact`: a conversation in, a shorter one out, in one reply."""

from collections.abc import Mapping

import msgspec

from codex_core.model_client.errors import stream_error
from codex_core.model_client.http import HttpClient
from codex_core.model_client.metadata import RequestIdentity
from codex_core.model_client.notes import TURN_STATE
from codex_core.model_client.request import Request
from codex_core.model_client.unreadable import UNREADABLE
from codex_core.protocol.items import ResponseItem, decode_item

__all__ = ["CompactClient", "Compacted"]

_PATIENCE = 4
"""The server's time, in idle timeouts of a stream."""

_FIELDS = (
    "tools",
    "parallel_tool_calls",
    "reasoning",
    "service_tier",
    "prompt_cache_key",
    "text",
)
"""The options of a request for a response that this one has too, in their order."""


class Compacted(msgspec.Struct, frozen=True, kw_only=True):
    """The items in place of the conversation, and the turn state that came with them."""

    output: tuple[ResponseItem, ...]
    turn_state: str | None


class _Answer(msgspec.Struct):
    output: tuple[msgspec.Raw, ...]


_ANSWER = msgspec.json.Decoder(_Answer)


class CompactClient(msgspec.Struct, frozen=True):
    """Asks one provider."""

    http: HttpClient

    async def compact(
        self, request: Request, *, identity: RequestIdentity, turn_state: str | None = None
    ) -> Compacted:
        """Compacts what the request would have sent; raises `ModelError`.

        One item that cannot be read makes the answer none: it stands for a part of the history.
        """
        headers, body = await self.http.fetch(
            "POST",
            "responses/compact",
            headers={**identity.compact_headers(turn_state), **request.headers},
            body=msgspec.json.encode(self._fields(request)),
            timeout=_PATIENCE * self.http.provider.idle_timeout,
        )
        try:
            output = tuple(map(decode_item, _ANSWER.decode(body).output))
        except UNREADABLE as error:
            raise stream_error(f"the compacted conversation cannot be read: {error}") from None
        return Compacted(output=output, turn_state=headers.get(TURN_STATE))

    def _fields(self, request: Request) -> Mapping[str, object]:
        """The body; an API key has no tier of its own here, and what is null is left out."""
        instructions = {"instructions": request.instructions} if request.instructions else {}
        left_out = set() if self.http.auth.chatgpt else {"service_tier"}
        options = {
            name: request.options[name]
            for name in _FIELDS
            if request.options.get(name) is not None and name not in left_out
        }
        return {"model": request.model, "input": request.input.after(0), **instructions, **options}
