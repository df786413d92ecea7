"""The agent on the stage: `codex_core` with the settings of a test, its events in the journal.

Events are kept, never consumed; a wait looks at all of them and fails at once when the agent
reports an error or an abort that the test did not ask for.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

import codex_core
from agent_rehearsal.face.approvals import REQUESTS, answer_to, ends_turn, request_id
from agent_rehearsal.face.commands import ScriptedRunner
from agent_rehearsal.face.realtime import REALTIME_ERROR, STARTED, frame_of, start_of
from agent_rehearsal.face.recorder import Recorder
from agent_rehearsal.face.settings import NAMES, Settings, check_names
from agent_rehearsal.journal import (
    DEFAULT_TIMEOUT,
    Clause,
    Entry,
    Journal,
    Predicate,
    as_predicate,
    head,
    like,
    of_type,
    source,
)
from agent_rehearsal.wire import Findings
from codex_core.protocol.decisions import ExecDecision
from codex_core.protocol.inputs import TextInput
from codex_core.protocol.ops import Compact, Interrupt, Op, UserInput
from codex_core.protocol.policy import ApprovalPolicy
from codex_core.protocol.realtime import Role
from codex_core.protocol.realtime_ops import (
    RealtimeConversationAudio,
    RealtimeConversationClose,
    RealtimeConversationText,
)

Test = Callable[[Entry], bool]

ENDINGS = of_type("task_complete") | of_type("turn_aborted")
TROUBLE = of_type("error") | of_type("turn_aborted") | REALTIME_ERROR
PROVIDER = "rehearsal"
PATH = "/usr/local/bin:/usr/bin:/bin"
"""Where an agent's commands are looked for; the test's own environment never leaks in."""


class AgentFailed(AssertionError):
    """The agent reported an error or an abort that the test did not wait for.

    The text has the journal's end.
    """


class Codex:
    """Builds agents for one stage, with one folder for all. Call it to change settings:
    `codex(commands={...})`.

    `numbers` counts the agents of the stage, so that no two share an id. `trust` are variables that
    name the authority of a stage with TLS.
    """

    def __init__(
        self,
        base_url: str,
        journal: Journal,
        findings: Findings,
        folder: Path,
        numbers: Iterator[int],
        trust: Mapping[str, str],
    ) -> None:
        self.settings = Settings()
        self._base_url = base_url
        self._journal = journal
        self._findings = findings
        self._folder = folder
        self._numbers = numbers
        self._trust = trust
        self._agents = AsyncExitStack()

    @property
    def cwd(self) -> Path:
        """The agent's working folder."""
        return self._folder / self.settings.cwd

    def __call__(self, **settings: Any) -> "Codex":
        """The same builder with other settings, the fields of `Settings`.

        Raises TypeError for an unknown name, at any depth, and for commands that are no scripts.
        """
        check_names("codex(...)", settings, NAMES)
        made = Codex(
            self._base_url,
            self._journal,
            self._findings,
            self._folder,
            self._numbers,
            self._trust,
        )
        made.settings = replace(self.settings, **settings)
        made._agents = self._agents
        return made

    async def start(self, *, realtime: bool | Mapping[str, Any] = False) -> "AgentThread":
        """Start an agent and a thread of it; with `realtime` a conversation as well, with these
        fields of its operation. Raises ConfigError for settings that cannot run.
        """
        recorder = Recorder(self._journal, backoff=self.settings.backoff)
        core = codex_core.Codex(
            self._config(), runtime=self._runtime(recorder), on_event=recorder.event
        )
        await self._agents.enter_async_context(core)
        thread = AgentThread(await core.start_thread(), recorder)
        if realtime is not False:
            await thread.start_realtime(**({} if realtime is True else realtime))
        return thread

    async def stop(self) -> None:
        """End all agents and what they run."""
        await self._agents.aclose()

    def _config(self) -> codex_core.Config:
        provider: dict[str, Any] = {
            "name": PROVIDER,
            "base_url": self._base_url,
            "experimental_bearer_token": "test",
            "stream_idle_timeout_ms": 5000,
            "supports_websockets": self.settings.websockets,
            **self.settings.provider,
        }
        fields: dict[str, Any] = {
            "model": self.settings.model,
            "model_provider": PROVIDER,
            "providers": {PROVIDER: codex_core.ModelProvider(**provider)},
            "cwd": self.cwd,
            "approval_policy": self.settings.approval_policy,
            "sandbox_mode": "danger-full-access",
            "git_metadata": False,
            **self.settings.config,
        }
        return codex_core.Config(**fields)

    def _runtime(self, recorder: Recorder) -> codex_core.Runtime:
        commands = self.settings.commands
        scripted = None
        if commands != "real":
            scripted = ScriptedRunner(commands, self._journal, self._findings)
        plain = codex_core.Runtime.deterministic(
            seed=next(self._numbers),
            runner=scripted,
            root=self.cwd,
            env={"PATH": PATH, "HOME": str(self.cwd), **self._trust, **self.settings.env},
        )
        return msgspec.structs.replace(plain, sleep=recorder.sleep)


class AgentThread:
    """A conversation with the agent."""

    def __init__(self, thread: codex_core.Thread, recorder: Recorder) -> None:
        self.id = thread.id
        self._thread = thread
        self._recorder = recorder
        self._answered: dict[str, int] = {}
        """Key of a request -> the journal's number of the one that was answered last."""
        self._own = source("agent") & head(self.id)

    @property
    def events(self) -> list[Entry]:
        """Its events so far, as entries: `entry.type`, `entry.get("message")`."""
        return self._recorder.journal.select(self._own)

    async def submit(self, text: str, *, approval_policy: ApprovalPolicy | None = None) -> "Turn":
        """Hand in a user message; returns once a turn has it, a new one or the one that runs.

        `approval_policy` holds from the turn that the message starts.
        """
        op = UserInput(items=(TextInput(text=text),), approval_policy=approval_policy)
        return Turn(await self.submit_op(op), self)

    async def submit_op(self, op: Op) -> str:
        """Hand in any operation of `codex_core.protocol.ops`; returns the core's answer, an id."""
        if not ends_turn(op):
            return await self._thread.submit(op)
        self._recorder.interrupts += 1
        try:
            return await self._thread.submit(op)
        finally:
            self._recorder.interrupts -= 1

    async def run(self, text: str, *, timeout: float = DEFAULT_TIMEOUT) -> str | None:
        """Hand in a user message and wait until its turn is complete; returns the agent's last
        message.
        """
        turn = await self.submit(text)
        return await turn.completed(timeout=timeout)

    async def interrupt(self) -> None:
        """End the running turn; returns when it has ended. Without one it does nothing."""
        await self.submit_op(Interrupt())

    async def compact(self) -> "Turn":
        """Have the history made shorter; returns the turn that does it, and ends one that runs."""
        return Turn(await self.submit_op(Compact()), self)

    async def start_realtime(self, **fields: Any) -> Entry:
        """Start a realtime conversation, in the place of one that runs. The fields are those of
        `codex_core.protocol.realtime_ops.RealtimeConversationStart`, such as `version="v1"`.

        Returns the event that tells of it; raises AgentFailed if it does not start, TypeError for
        what is no such field.
        """
        own = self.turn(await self.submit_op(start_of(fields)))
        found = await self.wait_for(own & (STARTED | REALTIME_ERROR))
        if not STARTED(found):
            raise AgentFailed(self._surprise(found, STARTED))
        return found

    async def say_audio(self, data: bytes, **fields: Any) -> None:
        """Speak into the conversation: PCM of 16 bits, 24 kHz and one channel unless the fields of
        `codex_core.protocol.realtime.AudioFrame` say otherwise.
        """
        await self.submit_op(RealtimeConversationAudio(frame=frame_of(data, **fields)))

    async def say_text(self, text: str, *, role: Role = "user") -> None:
        """Put a text into the conversation."""
        await self.submit_op(RealtimeConversationText(text=text, role=role))

    async def stop_realtime(self) -> None:
        """End the conversation."""
        await self.submit_op(RealtimeConversationClose())

    async def asked(self, key: str | None = None, *, timeout: float = DEFAULT_TIMEOUT) -> Entry:
        """Wait until the agent asks for an approval, and return the request, an event; with a key
        that one, never one that `answer` has answered.

        The key is the request's `approval_id`, or where it has none the `call_id` of the call.
        """

        def waits_for_an_answer(entry: Entry) -> bool:
            found = request_id(entry)
            return key in (None, found) and entry.seq > self._answered.get(found, 0)

        return await self.wait_for(REQUESTS & as_predicate(waits_for_an_answer), timeout=timeout)

    async def answer(
        self, request: Entry | str, decision: ExecDecision, *, timeout: float = DEFAULT_TIMEOUT
    ) -> None:
        """Answer a request for an approval; one that is named by its key is waited for.

        Returns when the agent has the answer: `"approved"`, `"approved_for_session"`, `"denied"`,
        `"timed_out"`, `"abort"` or an `ApprovedWithRule` of `codex_core.protocol.decisions`. Raises
        `NotPendingError` where nothing waits for it any more.
        """
        asked = await self.asked(request, timeout=timeout) if isinstance(request, str) else request
        self._answered[request_id(asked)] = asked.seq
        await self.submit_op(answer_to(asked, decision))

    async def approve(self, request: Entry | str, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Let the agent do it, this once: `approve("c1")`."""
        await self.answer(request, "approved", timeout=timeout)

    async def deny(self, request: Entry | str, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Do not let the agent do it; its turn goes on."""
        await self.answer(request, "denied", timeout=timeout)

    async def wait_for(
        self, predicate: Test, *, timeout: float = DEFAULT_TIMEOUT, after: Entry | int = 0
    ) -> Entry:
        """The first event, past or future, that `predicate` means.

        Raises AgentFailed at once for an error or an abort that it does not mean and that is news:
        no test asked for it by an interrupt, by waiting for it, or by waiting for its turn's end
        with `Turn.ended`. Raises WaitTimeout at the deadline.
        """
        return await self.wait_in(self._own, predicate, timeout=timeout, after=after)

    async def wait_in(
        self, own: Predicate, predicate: Test, *, timeout: float, after: Entry | int
    ) -> Entry:
        """`wait_for` among the events that `own` means."""
        asked = as_predicate(predicate)
        wanted = Awaited(own, asked, TROUBLE & self._is_news)
        found = await self._recorder.journal.wait_for(wanted, timeout=timeout, after=after)
        if not wanted.asked(found):
            raise AgentFailed(self._surprise(found, asked))
        if TROUBLE(found):
            self.excuse(found.get("turn_id"))
        return found

    def excuse(self, turn_id: str) -> None:
        """Let an error or an abort of this turn be no surprise."""
        self._recorder.excused.add(turn_id)

    def turn(self, turn_id: str) -> Predicate:
        """The events of one turn."""
        return self._own & like({"turn_id": turn_id})

    def _is_news(self, entry: Entry) -> bool:
        return entry.get("turn_id") not in self._recorder.excused

    def _surprise(self, found: Entry, asked: Predicate) -> str:
        texts = map(found.get, ("message", "payload.message", "reason"))
        what = next(filter(None, texts), None)
        return (
            f"the agent reported {found.type} ({what}) while the test waited for {asked!r}\n"
            f"{self._recorder.journal.tail()}"
        )


@dataclass(frozen=True)
class Turn:
    """One turn of a thread, by its id."""

    id: str
    thread: AgentThread

    @property
    def events(self) -> list[Entry]:
        """Its events so far."""
        return list(filter(self.thread.turn(self.id), self.thread.events))

    async def wait_for(
        self, predicate: Test, *, timeout: float = DEFAULT_TIMEOUT, after: Entry | int = 0
    ) -> Entry:
        """As the thread's, among the events of this turn."""
        own = self.thread.turn(self.id)
        return await self.thread.wait_in(own, predicate, timeout=timeout, after=after)

    async def completed(self, *, timeout: float = DEFAULT_TIMEOUT) -> str | None:
        """Wait until the turn is complete; returns the agent's last message."""
        done = await self.wait_for(of_type("task_complete"), timeout=timeout)
        message: str | None = done.get("last_agent_message")
        return message

    async def ended(self, *, timeout: float = DEFAULT_TIMEOUT) -> Entry:
        """Wait until the turn is complete or aborted, errors on the way or not; returns the last
        event.
        """
        self.thread.excuse(self.id)
        return await self.wait_for(ENDINGS, timeout=timeout)


@dataclass(frozen=True, slots=True)
class Awaited(Predicate):
    """What a test waits for among its own events, or the trouble that ends the wait; a miss
    explains the former.
    """

    own: Predicate
    asked: Predicate
    trouble: Predicate

    def __call__(self, entry: Entry) -> bool:
        return self.own(entry) and (self.asked(entry) or self.trouble(entry))

    def explain(self, entry: Entry) -> tuple[Clause, ...]:
        return (self.own & self.asked).explain(entry)

    def __repr__(self) -> str:
        return repr(self.own & self.asked)
