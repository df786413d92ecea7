"""One compaction on its way: what it works on, who it asks as, and how it bears with failures.

It knows no way of compacting; each of those is a module of its own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from codex_core.config.config import Config
from codex_core.model_client.client import TurnClient
from codex_core.model_client.errors import ModelError
from codex_core.model_client.events import ItemDone, RateLimits, ResponseEvent
from codex_core.model_client.metadata import CompactionNote, RequestIdentity
from codex_core.model_client.request import Prompt
from codex_core.protocol.events import EventMsg
from codex_core.protocol.items import ResponseItem
from codex_core.protocol.policy import ApprovalPolicy
from codex_core.session.identity import as_it_stands
from codex_core.session.retries import StreamRetries
from codex_core.session.state import ThreadState

__all__ = ["Job"]

_Got = TypeVar("_Got")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One compaction of a thread for a turn.

    `client` is the turn's, `config` has the model that compacts, `policy` is what the model is told
    of approvals where it is told its context again.
    """

    state: ThreadState
    client: TurnClient
    config: Config
    policy: ApprovalPolicy
    note: CompactionNote
    emit: Callable[[EventMsg], None]

    @property
    def identity(self) -> RequestIdentity:
        """Who asks for it: the turn, in the window that is going to end."""
        identity = as_it_stands(self.client.identity, self.state)
        return replace(identity, kind="compaction", compaction=self.note)

    async def persist(
        self, once: Callable[[], Awaitable[_Got]], *, most: int | None = None
    ) -> _Got:
        """Tries until it works, as often as a response is asked for again; raises `ModelError`.

        `most` is another limit than the provider's setting.
        """
        retries = StreamRetries(self.state, self.emit, most=most)
        while True:
            try:
                return await once()
            except ModelError as error:
                broken = error
            await retries.after(broken)

    async def items(
        self, client: TurnClient, prompt: Prompt, *, on_event: Callable[[ResponseEvent], None]
    ) -> list[ResponseItem]:
        """The items of a whole response, nothing of them recorded; raises `ModelError`.

        `on_event` is for what the response says besides, once its limits are noted.
        """
        stream = await client.stream(prompt, identity=self.identity, config=self.config)
        items: list[ResponseItem] = []
        try:
            while events := await stream.read():
                items += [event.item for event in events if isinstance(event, ItemDone)]
                for event in events:
                    if isinstance(event, RateLimits):
                        self.state.usage.note_limits(event.snapshot)
                    on_event(event)
        finally:
            stream.close()
        return items
