"""A turn: from a user's input to the model's last word, through as many requests as it takes.

Input waits in `pending` until the turn records it, the first input too: so whatever never reached
the model can be given back. `run` returns in the same step in which it found nothing pending.
"""

import asyncio
from collections import deque

import msgspec
from msgspec.structs import replace

from codex_core.model_client.client import TurnClient
from codex_core.model_client.errors import INVALID_IMAGE, ModelError
from codex_core.protocol.events import (
    EventMsg,
    ItemCompleted,
    ItemStarted,
    TaskComplete,
    TaskStarted,
    TurnAborted,
    UserMessage,
)
from codex_core.protocol.inputs import ImageInput, PendingInput, TextInput
from codex_core.protocol.items import Message, ResponseItem
from codex_core.protocol.turn_items import UserMessageItem
from codex_core.session.compaction.compactor import Compactor
from codex_core.session.identity import turn_identity
from codex_core.session.retries import StreamRetries
from codex_core.session.sampling import Sampling
from codex_core.session.server_notes import ServerNotes
from codex_core.session.state import ThreadState
from codex_core.session.user_content import user_content
from codex_core.session.user_shell import UserShell
from codex_core.tools.patch.turn_changes import TurnChanges

__all__ = ["Turn"]

_NO_IMAGE = "Invalid image"
"""Stands for an image of a tool that the provider could not read."""


class Turn:
    """One turn of a thread; its id is the id of the submission that began it.

    Input may join it while it runs if it is `steerable`.
    """

    def __init__(self, state: ThreadState, turn_id: str, *, steerable: bool = True) -> None:
        self.id = turn_id
        self.steerable = steerable
        self.pending: deque[PendingInput] = deque()
        self.notes: deque[Message] = deque()
        """What the model is to be told with the next request, or after the turn."""
        self.cancelled = False
        self.changes = TurnChanges()
        self.policy = state.config.approval_policy
        """When the user is asked, for the whole of the turn."""
        self.output_schema: msgspec.Raw | None = None
        """What its answers are to follow, as JSON."""
        self.began = False
        """Has anything of it been recorded?"""
        self.task: asyncio.Task[None] | None = None
        self._state = state
        self._sealed = False
        self._started = state.runtime.monotonic()
        self._started_at = state.runtime.now()
        self._last_message: str | None = None
        self.server_notes = ServerNotes(
            model=state.config.model,
            usage=state.usage,
            catalogue=state.catalogue,
            emit=self.emit,
        )
        self._client = self._make_client()
        self._compactor = Compactor(state, self._client, self)

    def emit(self, msg: EventMsg) -> None:
        """Tells an event of this turn; nothing after its last."""
        if not self._sealed:
            self._state.outlet.emit(self.id, msg)

    def record(self, item: ResponseItem) -> None:
        """Keeps an item for the next request; nothing after the turn's last event."""
        if not self._sealed:
            self._state.history.record(item)

    async def run(self) -> None:
        """Asks the model until it is done and no input waits; raises `ModelError`.

        What comes before the first request is on its way waits for the next one. After a compaction
        the model goes on first with what it was at.
        """
        own = len(self.pending)
        self._state.usage.begin_turn()
        self._state.workspaces.look()
        await self._client.begin()
        await self._compactor.before_turn()
        self._record_pending(own)
        while True:
            follow_up = await self._respond()
            if not (follow_up or self.pending or self.notes):
                return
            compacted = await self._compactor.after_response()
            if not (compacted and follow_up):
                self._record_pending(len(self.pending))

    async def compact(self) -> None:
        """Makes the history shorter and asks for nothing else; raises `ModelError`."""
        await self._compactor.on_request()

    async def run_shell(self, line: str) -> None:
        """Runs a command of the user's; the model is asked only about input that came meanwhile."""
        self._begin()
        shell = UserShell(self._state, self.id, line)
        try:
            await shell.run()
        finally:
            if shell.message is not None:
                self.record(shell.message)
        if self.pending or self.notes:
            await self.run()

    def tell_started(self) -> None:
        """The turn's first event."""
        self._state.active_at = self._started_at
        self.emit(
            TaskStarted(
                turn_id=self.id,
                started_at=int(self._started_at),
                model_context_window=self._state.usage.window,
            )
        )

    def tell_complete(self, *, failed: bool) -> None:
        """The turn's last event when it ended by itself."""
        self._state.realtime.turn_complete(self.id)
        self._tell_last(
            TaskComplete(
                turn_id=self.id,
                last_agent_message=None if failed else self._last_message,
                completed_at=int(self._state.runtime.now()),
                duration_ms=self._duration_ms(),
                unconsumed_input=tuple(self.pending),
            )
        )

    def tell_aborted(self, reason: str) -> None:
        """The turn's last event when it was ended."""
        self._state.realtime.turn_aborted(self.id)
        self._tell_last(
            TurnAborted(
                turn_id=self.id,
                reason=reason,
                completed_at=int(self._state.runtime.now()),
                duration_ms=self._duration_ms(),
                unconsumed_input=tuple(self.pending),
            )
        )

    def _tell_last(self, msg: EventMsg) -> None:
        self._record_notes()
        self.emit(msg)
        self._sealed = True

    def _duration_ms(self) -> int:
        return int((self._state.runtime.monotonic() - self._started) * 1000)

    def _make_client(self) -> TurnClient:
        state = self._state
        identity = turn_identity(state, self.id, started_at=self._started_at)
        return state.model.turn(identity, state.config)

    def _begin(self) -> None:
        if not self.began or self._state.lacks_context:
            self.began = True
            self._state.record_context(self.policy)

    def _record_notes(self) -> None:
        while self.notes:
            self.record(self.notes.popleft())

    def _record_pending(self, count: int) -> None:
        self._begin()
        self._state.record_notices()
        self._record_notes()
        for _ in range(count):
            self._record_input(self.pending.popleft())

    def _record_input(self, given: PendingInput) -> None:
        if given.client_metadata is not None:
            identity = replace(self._client.identity, extras=given.client_metadata)
            self._client.identity = identity
        for message in self._state.additional.news(given.additional_context or {}):
            self.record(message)
        content = user_content(given.items, self._state.cwd)
        self.record(Message(role="user", content=content))
        self._tell_input(given)

    def _tell_input(self, given: PendingInput) -> None:
        thread_id = self._state.thread_id
        item = UserMessageItem(id=self._state.runtime.uuid(), content=given.items)
        self.emit(ItemStarted(thread_id=thread_id, turn_id=self.id, item=item))
        self.emit(ItemCompleted(thread_id=thread_id, turn_id=self.id, item=item))
        texts = [part.text for part in given.items if isinstance(part, TextInput)]
        images = tuple(part.image_url for part in given.items if isinstance(part, ImageInput))
        self.emit(UserMessage(message="\n".join(texts), images=images))

    async def _respond(self) -> bool:
        """One response, repeated while it breaks off; True if the model has to be asked again."""
        retries = StreamRetries(self._state, self.emit)
        while True:
            sampling = Sampling(self._state, self._client, self)
            try:
                return await sampling.run()
            except ModelError as error:
                broken = error
            finally:
                self._last_message = sampling.last_message or self._last_message
            if broken.kind is INVALID_IMAGE and self._state.history.withhold_last_images(_NO_IMAGE):
                continue
            await retries.after(broken)
