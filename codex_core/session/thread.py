"""A thread: one queue of submissions, taken in order; at most one turn at a time.

- Input while a turn runs joins that turn, and its submission is answered with that turn's id.
- A turn that ends leaves the active place and tells its last event in one step of the event loop,
  so input meets either the turn or no turn, never a gap between.
- An interrupt first marks the turn cancelled, then ends its task, then tells `turn_aborted`; no
  request is sent and no tool started after the mark.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, get_args

import msgspec
from msgspec import UNSET

from codex_core.model_client.errors import ModelError
from codex_core.protocol.events import (
    Error,
    Event,
    SessionConfigured,
    ShutdownComplete,
    Warning,
)
from codex_core.protocol.inputs import PendingInput
from codex_core.protocol.items import Message
from codex_core.protocol.ops import (
    CleanBackgroundTerminals,
    Compact,
    ExecApproval,
    Interrupt,
    Op,
    Overrides,
    OverrideTurnContext,
    PatchApproval,
    RunUserShellCommand,
    Shutdown,
    UserInput,
    UserInputAnswer,
)
from codex_core.protocol.realtime_ops import (
    RealtimeConversationClose,
    RealtimeConversationSpeech,
    RealtimeConversationText,
    RealtimeOp,
)
from codex_core.session.answers import find_waiter, hand_in, hand_in_words
from codex_core.session.fragments import TURN_ABORTED, user_message
from codex_core.session.outlet import ThreadClosedError
from codex_core.session.settings import Settings, overridden
from codex_core.session.state import ThreadState
from codex_core.session.submission import Submission, check_texts
from codex_core.session.thread_list import ThreadInShort, in_short
from codex_core.session.turn import Turn
from codex_core.session.user_shell import UserShell
from codex_core.tools.sandbox import check_sandbox

if TYPE_CHECKING:
    from codex_core.session.realtime import RealtimeDesk

__all__ = ["Thread"]

_ABORT_GRACE = 1.0
"""Seconds that an interrupted turn has to end its tools."""


class Thread:
    """A conversation with the model. Made by `Codex.start_thread`."""

    def __init__(self, state: ThreadState) -> None:
        self.id = state.thread_id
        self._state = state
        self._turn: Turn | None = None
        self._submissions: asyncio.Queue[Submission] = asyncio.Queue()
        self._closed = False
        self._waiting: list[PendingInput] = []
        """What was submitted while the history is compacted, for the turn after that."""
        self._waiting_schema: dict[str, Any] | None = None
        self._upcoming: Settings | None = None
        """What holds from the next turn on, where a turn still runs under what held before."""
        self._handlers: dict[type[Op], Callable[[Submission], Awaitable[str]]] = {
            UserInput: self._on_user_input,
            OverrideTurnContext: self._on_override,
            Compact: self._on_compact,
            ExecApproval: self._on_approval,
            PatchApproval: self._on_approval,
            UserInputAnswer: self._on_answer,
            Interrupt: self._on_interrupt,
            RunUserShellCommand: self._on_user_shell,
            CleanBackgroundTerminals: self._on_clean,
            Shutdown: self._on_shutdown,
            **dict.fromkeys(get_args(RealtimeOp), self._on_realtime),
        }
        self._tell_configured()
        self._beside: set[asyncio.Task[None]] = set()
        """The user's commands that run beside a turn."""
        self._loop = asyncio.ensure_future(self._serve())

    async def submit(self, op: Op) -> str:
        """Hands in an operation and awaits that it is taken.

        For input the answer is the id of the turn that has it: a new one, the running one, or the
        one that begins when the history is compacted. An interrupt or a shutdown is answered when
        it is done; both may be repeated. Raises `ThreadClosedError` for input or a command after a
        shutdown, `ValueError` for an empty one or half a character, `NotPendingError` for an
        approval that nothing waits for.
        """
        check_texts(op)
        if isinstance(op, Shutdown | RealtimeConversationClose):
            self._state.realtime.abandon_start()
        answer = await self._put(op).answer
        if isinstance(op, RealtimeConversationText | RealtimeConversationSpeech):
            await self._state.realtime.room()
        return answer

    def _put(self, op: Op, *, handoff_id: str | None = None) -> Submission:
        submission = Submission(id=self._state.runtime.uuid(), op=op, handoff_id=handoff_id)
        if self._closed:
            self._answer_closed(submission)
        else:
            self._submissions.put_nowait(submission)
        return submission

    def _hand_over(self, op: UserInput, handoff_id: str) -> None:
        """Input that the realtime conversation hands over; nobody waits for the answer."""
        self._put(op, handoff_id=handoff_id).ignore_answer()

    async def next_event(self) -> Event:
        """The next event; raises `ThreadClosedError` after `shutdown_complete`."""
        return await self._state.outlet.next()

    async def shutdown(self) -> None:
        """Ends the running turn and the thread; harmless when repeated."""
        await self.submit(Shutdown())

    @property
    def in_short(self) -> ThreadInShort | None:
        """What other threads may be told of it; None if the user said nothing in it."""
        state = self._state
        return in_short(state.history.items, state.cwd, state.active_at)

    def _tell_configured(self) -> None:
        state = self._state
        configured = SessionConfigured(
            session_id=self.id,
            thread_id=self.id,
            model=state.config.model,
            model_provider_id=state.config.model_provider,
            approval_policy=state.config.approval_policy,
            sandbox_mode=state.config.sandbox_mode,
            cwd=str(state.cwd),
            reasoning_effort=state.config.model_info.reasoning_effort,
        )
        state.outlet.emit("", configured)
        for text in state.config.warnings:
            state.outlet.emit("", Warning(message=text))

    async def _serve(self) -> None:
        """Takes submissions in order, until one shuts the thread down."""
        while not self._closed:
            submission = await self._submissions.get()
            try:
                answer = await self._handlers[type(submission.op)](submission)
            except Exception as error:
                submission.fail(error)
            else:
                submission.succeed(answer)
        while not self._submissions.empty():
            self._answer_closed(self._submissions.get_nowait())

    def _answer_closed(self, submission: Submission) -> None:
        """After the shutdown: what wants an end has it, input is refused."""
        if not isinstance(submission.op, Interrupt | CleanBackgroundTerminals | Shutdown):
            submission.fail(ThreadClosedError(f"thread {self.id} is shut down; start another"))
        else:
            submission.succeed(submission.id)

    async def _on_user_input(self, submission: Submission) -> str:
        op = submission.op
        assert isinstance(op, UserInput)
        if not op.items:
            raise ValueError("user_input has no items; give it at least one, such as a text")
        given = PendingInput(
            submission_id=submission.id,
            items=op.items,
            client_metadata=op.responsesapi_client_metadata,
            additional_context=op.additional_context or UNSET,
        )
        await self._override(op)
        turn_id = self._give(given, op.output_schema)
        if submission.handoff_id is None:
            self._mirror(op)
        else:
            self._state.realtime.taken(submission.handoff_id, turn_id)
        return turn_id

    def _give(self, given: PendingInput, output_schema: dict[str, Any] | None) -> str:
        """To the turn that runs, or to a new one; gives the turn's id."""
        if self._turn is None:
            return self._start_input([given], output_schema)
        if not self._turn.steerable:
            return self._keep(given, output_schema)
        self._turn.pending.append(given)
        return self._turn.id

    def _mirror(self, op: UserInput) -> None:
        """A conversation that runs is told what the user typed."""
        if self._state.realtime.active:
            self._desk.mirror(op.items)

    @cached_property
    def _desk(self) -> "RealtimeDesk":
        from codex_core.session.realtime import RealtimeDesk

        return RealtimeDesk(self._state, self._hand_over)

    async def _on_realtime(self, submission: Submission) -> str:
        return await self._desk.take(submission.id, submission.op)

    async def _on_override(self, submission: Submission) -> str:
        assert isinstance(submission.op, OverrideTurnContext)
        await self._override(submission.op)
        return submission.id

    async def _override(self, op: Overrides) -> None:
        """Takes up what an operation says of the settings, for the next turn to begin."""
        before = self._upcoming or self._state.settings
        settings = overridden(before, op, self._state.runtime)
        if settings is before:
            return
        if settings.confinement != before.confinement:
            await check_sandbox(
                settings.config, self._state.runtime, settings.cwd, settings.confinement
            )
        self._upcoming = settings
        if self._turn is None:
            self._adopt()

    def _adopt(self) -> None:
        if self._upcoming is not None:
            self._state.adopt(self._upcoming)
            self._upcoming = None

    def _new_turn(self, turn_id: str, *, steerable: bool = True) -> Turn:
        """A turn under the settings that hold by now."""
        self._adopt()
        return Turn(self._state, turn_id, steerable=steerable)

    def _start_input(
        self, given: list[PendingInput], output_schema: dict[str, Any] | None = None
    ) -> str:
        """A turn of inputs; its id is the first one's."""
        turn = self._new_turn(given[0].submission_id)
        turn.pending.extend(given)
        if output_schema is not None:
            turn.output_schema = msgspec.Raw(msgspec.json.encode(output_schema))
        return self._start_turn(turn, turn.run)

    async def _on_compact(self, submission: Submission) -> str:
        await self._abort("replaced")
        turn = self._new_turn(submission.id, steerable=False)
        return self._start_turn(turn, turn.compact)

    async def _on_user_shell(self, submission: Submission) -> str:
        op = submission.op
        assert isinstance(op, RunUserShellCommand)
        if not op.command.strip():
            raise ValueError("run_user_shell_command has no command; give it a command line")
        if self._turn is None:
            turn = self._new_turn(submission.id)
            return self._start_turn(turn, partial(turn.run_shell, op.command))
        shell = UserShell(self._state, self._turn.id, op.command)
        task = asyncio.ensure_future(self._run_beside(shell))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        return self._turn.id

    async def _run_beside(self, shell: UserShell) -> None:
        """Runs a command beside a turn; whichever ends first, the command is recorded once."""
        try:
            await shell.run()
        finally:
            if shell.message is not None:
                self._hand_in(shell.message)

    def _hand_in(self, message: Message) -> None:
        if self._turn is not None:
            self._turn.notes.append(message)
            return
        self._state.record_context(self._state.config.approval_policy)
        self._state.history.record(message)

    def _start_turn(self, turn: Turn, work: Callable[[], Awaitable[None]]) -> str:
        self._turn = turn
        turn.tell_started()
        turn.task = asyncio.ensure_future(self._drive(turn, work))
        return turn.id

    async def _drive(self, turn: Turn, work: Callable[[], Awaitable[None]]) -> None:
        """Runs a turn to its end; an error is told, never lost."""
        error: Error | None = None
        try:
            await work()
        except ModelError as cause:
            error = Error(message=cause.message, codex_error_info=cause.info)
        except Exception as cause:
            message = f"internal error: {type(cause).__name__}: {cause}"
            error = Error(message=message, codex_error_info="other")
        if not turn.cancelled:
            self._finish(turn, error)

    def _finish(self, turn: Turn, error: Error | None) -> None:
        self._turn = None
        if error is not None:
            turn.emit(error)
        turn.tell_complete(failed=error is not None)
        if self._waiting:
            self._start_input(self._take_waiting(), self._waiting_schema)

    def _keep(self, given: PendingInput, output_schema: dict[str, Any] | None) -> str:
        """Holds input for the next turn; gives the id that this will have."""
        if not self._waiting:
            self._waiting_schema = output_schema
        self._waiting.append(given)
        return self._waiting[0].submission_id

    def _take_waiting(self) -> list[PendingInput]:
        waiting, self._waiting = self._waiting, []
        return waiting

    async def _on_approval(self, submission: Submission) -> str:
        op = submission.op
        assert isinstance(op, ExecApproval | PatchApproval)
        if op.decision == "abort":
            find_waiter(self._state, op)
            await self._abort("interrupted")
        else:
            hand_in(self._state, op)
        return submission.id

    async def _on_answer(self, submission: Submission) -> str:
        assert isinstance(submission.op, UserInputAnswer)
        hand_in_words(self._state, submission.op)
        return submission.id

    async def _on_interrupt(self, submission: Submission) -> str:
        await self._abort("interrupted")
        self._give_back_waiting()
        return submission.id

    async def _on_clean(self, submission: Submission) -> str:
        await self._state.sessions.end_all()
        return submission.id

    async def _on_shutdown(self, submission: Submission) -> str:
        await self._abort("interrupted")
        self._give_back_waiting()
        self._closed = True
        await self._state.realtime.shutdown(submission.id)
        await self._state.sessions.close()
        await self._state.workspaces.close()
        await self._state.model.close()
        if self._beside:
            await asyncio.wait(self._beside, timeout=_ABORT_GRACE)
        self._state.threads.end(self)
        self._state.outlet.emit(submission.id, ShutdownComplete())
        self._state.outlet.close()
        return submission.id

    def _give_back_waiting(self) -> None:
        """The turn that was promised to waiting input is over before it begins."""
        if not self._waiting:
            return
        turn = self._new_turn(self._waiting[0].submission_id)
        turn.pending.extend(self._take_waiting())
        turn.tell_started()
        turn.tell_aborted("interrupted")

    async def _abort(self, reason: str) -> None:
        """Ends the running turn, if there is one; the model is told of an interrupt."""
        turn = self._turn
        if turn is None or turn.task is None:
            return
        turn.cancelled = True
        turn.task.cancel()
        await asyncio.wait([turn.task], timeout=_ABORT_GRACE)
        if turn.began and reason == "interrupted":
            self._state.history.record(user_message(TURN_ABORTED))
        self._turn = None
        turn.tell_aborted(reason)
