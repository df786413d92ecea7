"""One request of a turn: the response is told, recorded, and its tool calls are answered.

Each item is recorded when it is done, each tool starts at once; the outputs are recorded in the
order of the calls when the response is over, however it ended.
"""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Protocol

import msgspec

from codex_core.model_client.client import TurnClient
from codex_core.model_client.errors import CONTEXT_WINDOW, ModelError
from codex_core.model_client.events import (
    Completed,
    ItemDone,
    RateLimits,
    ResponseEvent,
)
from codex_core.protocol.events import EventMsg, TurnDiff
from codex_core.protocol.items import (
    CustomToolCall,
    FunctionCall,
    ImageGenerationCall,
    Message,
    ResponseItem,
    ToolSearchCall,
)
from codex_core.protocol.policy import ApprovalPolicy
from codex_core.session.hygiene import nothing_found
from codex_core.session.identity import as_it_stands
from codex_core.session.narration import Narration
from codex_core.session.prompts import history_prompt
from codex_core.session.server_notes import ServerNotes
from codex_core.session.state import ThreadState
from codex_core.tools.batch import ToolBatch
from codex_core.tools.patch.turn_changes import TurnChanges
from codex_core.tools.tool import Call, ToolContext

__all__ = ["Owner", "Sampling"]


class Owner(Protocol):
    """The turn that a request belongs to."""

    cancelled: bool
    changes: TurnChanges
    policy: ApprovalPolicy
    output_schema: msgspec.Raw | None
    server_notes: ServerNotes

    def emit(self, msg: EventMsg) -> None:
        """Tells an event."""
        ...

    def record(self, item: ResponseItem) -> None:
        """Keeps an item for the next request."""
        ...


class Sampling:
    """One request and its response."""

    def __init__(self, state: ThreadState, client: TurnClient, owner: Owner) -> None:
        self.last_message: str | None = None
        self._state = state
        self._client = client
        self._owner = owner
        self._follow_up = False
        self._has_news = False
        turn_id, config = client.identity.turn_id, state.config
        self._narration = Narration(
            thread_id=state.thread_id,
            turn_id=turn_id,
            emit=owner.emit,
            new_id=state.runtime.uuid,
            saved=state.images.path_of,
            shows_raw=config.show_raw_agent_reasoning,
        )
        context = ToolContext(
            runtime=state.runtime,
            sessions=state.sessions,
            emit=owner.emit,
            cwd=state.cwd,
            thread_id=state.thread_id,
            turn_id=turn_id,
            truncation=config.model_info.truncation,
            confinement=state.confinement,
            sandbox=state.sandbox,
            policy=owner.policy,
            desk=state.desk,
            cancelled=lambda: owner.cancelled,
            changes=owner.changes,
            may_question=config.may_question,
            takes_images=config.model_info.takes_images,
        )
        find = partial(state.tools.find, config=config)
        self._batch = ToolBatch(find, context, context.cancelled)
        self._called: set[str] = set()
        """Ids of the calls of this response."""

    async def run(self) -> bool:
        """True if the model has to be asked again; raises `ModelError` for a broken response."""
        try:
            error = await self._respond()
            self._record(await self._batch.settle())
        except BaseException:
            self._record(await self._batch.abort())
            raise
        finally:
            if self._has_news:
                self._owner.emit(self._state.usage.event())
            if self._owner.changes:
                diff = self._owner.changes.diff(str(self._state.cwd))
                self._owner.emit(TurnDiff(unified_diff=diff))
        if error is not None:
            raise error
        return self._follow_up

    async def _respond(self) -> ModelError | None:
        """Sends the request and acts on the events; gives the error that ended them."""
        if self._owner.cancelled:
            raise asyncio.CancelledError
        try:
            await self._stream()
        except ModelError as error:
            self._note(error)
            return error
        return None

    async def _stream(self) -> None:
        prompt = history_prompt(self._state, output_schema=self._owner.output_schema)
        identity = as_it_stands(self._client.identity, self._state)
        stream = await self._client.stream(prompt, identity=identity)
        try:
            while events := await stream.read():
                for event in events:
                    self._take(event)
                await self._state.realtime.room()
        finally:
            stream.close()

    def _take(self, event: ResponseEvent) -> None:
        if isinstance(event, ItemDone) and isinstance(event.item, ImageGenerationCall):
            self._take_image(event.item)
        self._narration.tell(event)
        self._owner.server_notes.take(event)
        match event:
            case ItemDone():
                self._take_item(event.item)
            case RateLimits():
                self._has_news = True
            case Completed():
                self._has_news = True
                self._follow_up |= event.end_turn is False
                if event.usage is not None:
                    self._state.usage.add(event.usage)

    def _take_item(self, item: ResponseItem) -> None:
        if isinstance(item, FunctionCall | CustomToolCall):
            self._take_call(item)
            return
        self._record([item])
        if isinstance(item, ToolSearchCall):
            self._take_search(item)
        if isinstance(item, Message) and item.role == "assistant":
            self.last_message = item.spoken
            turn_id = self._client.identity.turn_id
            self._state.realtime.said(turn_id, item.spoken, item.phase)

    def _take_call(self, call: Call) -> None:
        """A call that comes twice is one call: its id is kept and answered once."""
        if call.call_id in self._called:
            return
        self._called.add(call.call_id)
        self._record([call])
        self._follow_up = True
        self._batch.start(call)

    def _take_image(self, image: ImageGenerationCall) -> None:
        """The model is told first where it was put."""
        note = self._state.images.keep(image)
        if note is not None:
            self._record([note])

    def _take_search(self, search: ToolSearchCall) -> None:
        """This core holds no tools back, so there is none to be found."""
        if search.execution != "client" or search.call_id is None:
            return
        self._follow_up = True
        self._batch.add(nothing_found(search.call_id))

    def _record(self, items: Iterable[ResponseItem]) -> None:
        for item in items:
            self._owner.record(item)

    def _note(self, error: ModelError) -> None:
        """Takes into the account what an error says of limits."""
        if error.snapshot is not None:
            self._state.usage.note_limits(error.snapshot)
            self._has_news = True
        if error.kind is CONTEXT_WINDOW:
            self._state.usage.fill_window()
            self._has_news = True
