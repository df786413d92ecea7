"""An endpoint that answers each request with one object, and may tell more in headers."""

from collections.abc import Callable, Mapping
from typing import Unpack

from agent_rehearsal.journal import Entry
from agent_rehearsal.wire import Rule, endpoint
from agent_rehearsal.wire.endpoint import Parts
from mock_responses.reply_headers import Told, headed, headers_of


class Endpoint(endpoint.Endpoint):
    """`POST path`, as every such endpoint, with what a reply may tell in headers by plain names."""

    def add(
        self,
        parts: Parts,
        called: str | None = None,
        *,
        when: Callable[[Entry], bool] | None = None,
        times: float = 1,
        optional: bool = False,
        name: str | None = None,
        headers: Mapping[str, str] | None = None,
        **told: Unpack[Told],
    ) -> Rule:
        """A new rule; as `reply` of the mock. Raises ValueError for no parts. `called` is what the
        user did, for errors about options.
        """
        merged = {**headers_of(self.add, told, called=called), **(headers or {})}
        return super().add(
            headed(parts, merged),
            when=when,
            times=times,
            optional=optional,
            name=name,
            headers=merged,
        )
