"""A story played to its end on a stage, and what came of it. What has to hold of the traffic is not
known here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from agent_rehearsal import (
    ALWAYS,
    Entry,
    Gate,
    Predicate,
    Stage,
    direction,
    head,
    kind,
    like,
    of_type,
    on,
)
from agent_rehearsal.face.agent import ENDINGS, AgentThread
from agent_rehearsal.journal import as_predicate
from agent_rehearsal.wire import Rule
from codex_core.protocol import realtime_ops as ops
from codex_core.protocol.ops import Op
from mock_realtime import RealtimeSession, Refusal, call_answer, handoff, says, speech
from mock_responses import message
from suites.realtime.doings import DOINGS, LOUD, developer
from suites.realtime.stories import ANSWERS, GREETINGS, Story
from suites.realtime.talking import CLOSED, told
from suites.realtime.talking import STARTED as BEGUN
from suites.turns.stories import of_a_turn

REACHED = kind("gate") & like({"state": "reached"})
OVER = CLOSED | BEGUN | told("error")
"""The agent tells that a conversation which ran does not run any more, or maybe."""
END = kind("close") | kind("fault") | kind("frame") & head("close")
"""A connection is over, or about to be: its client left, or the story ended it."""
STARTED = of_type("task_started")
IDLE = of_type("error") & like({"codex_error_info": "bad_request"})
PATIENCE = 600.0
"""Seconds for which nothing may be held."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """Something that was handed in under a name."""

    name: str
    seq: int
    """How much was in the journal before."""
    id: str
    """The core's answer; empty while there is none."""


@dataclass(frozen=True, kw_only=True)
class Rest:
    """A point at which everything was at rest, and a conversation ran on a connection."""

    conn: str
    seq: int
    """Of the last entry before it."""


@dataclass
class Play:
    """A story on a stage, and what came of it."""

    story: Story
    stage: Stage
    thread: AgentThread = field(init=False)
    said: dict[str, Said] = field(default_factory=dict)
    """What was handed in, by name, in its order."""
    rests: list[Rest] = field(default_factory=list)
    rules: dict[int, Rule] = field(default_factory=dict)
    """Number of an answer to the reply that was made of it."""
    _numbers: "count[int]" = field(default_factory=count)
    _gates: dict[str, Gate] = field(default_factory=dict)
    _doing: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._meanwhile = iter(self.story.meanwhile)

    async def run(self) -> None:
        """Plays the story, then has a last conversation in which all goes well."""
        self._script()
        codex = self.stage.codex(
            websockets=self.story.websockets,
            commands={"ls": "README\n"},
            provider={"request_max_retries": 1, "stream_max_retries": 1},
        )
        self.thread = await codex.start()
        minding = asyncio.ensure_future(self._mind_gates())
        try:
            await self._live_through(self.story.moments)
        finally:
            for task in (minding, *self._doing):
                task.cancel()
        await self._do("close")
        await self._left()

    async def _live_through(self, moments: list[list[str]]) -> None:
        for moment in [[self.story.start], *moments]:
            await self._do_at_once(moment)
        if await self.tick() is None:
            await self._do_at_once(["start v2"])
        await self._do_at_once(["hand over", "say"])

    async def _do_at_once(self, moment: list[str]) -> None:
        for step in moment:
            self._begin(step)
        await self._rest()

    def _script(self) -> None:
        realtime = self.stage.realtime
        for number, name in enumerate(self.story.answers):
            parts = ANSWERS[name](number, self._gate(f"answer {number}"))
            self._answer(number, *parts)
        for number in range(len(self.story.answers), 99):
            self._answer(number, message(f"answer {number:03}"))
        for number, name in enumerate(self.story.greetings):
            given = dict(GREETINGS[name](self._gate(f"greeting {number}")))
            parts = (given.pop("part"),) if "part" in given else ()
            realtime.greet(*parts, optional=True, **given)
        realtime.reply_call(call_answer("v=answer"), times=ALWAYS)

    def _answer(self, number: int, *parts: Any) -> None:
        reply = self.stage.responses.reply
        self.rules[number] = reply(*parts, when=of_a_turn, optional=True)

    def _gate(self, name: str) -> Gate:
        return self._gates.setdefault(name, self.stage.responses.gate(name))

    def _name(self, what: str) -> str:
        return f"{what} {next(self._numbers):03}"

    async def _mind_gates(self) -> None:
        """Lets go on what is held, after something was done."""
        seen = 0
        while True:
            reached = await self.stage.journal.wait_for(REACHED, after=seen, timeout=PATIENCE)
            seen = reached.seq
            if not self._gates[reached.head].is_open:
                self._keep(self._let_on(self._gates[reached.head]))

    async def _let_on(self, gate: Gate) -> None:
        doing = self._begin(next(self._meanwhile, "nothing"))
        if gate.name.startswith("answer"):
            await asyncio.wait([doing])
        else:
            # Operations are taken in order: behind a start that is held all others wait.
            await asyncio.sleep(0)
        gate.open()

    def _begin(self, step: str) -> asyncio.Task[None]:
        return self._keep(self._do(step))

    def _keep(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._doing.add(task)
        return task

    async def _do(self, step: str) -> None:
        await DOINGS[step](self)

    async def hand_in(self, what: str, make: Callable[[str], Op]) -> Said:
        """Hands in an operation that carries a new name."""
        name = self._name(what)
        self.said[name] = Said(name=name, seq=len(self.stage.journal), id="")
        taken = await self.thread.submit_op(make(name))
        self.said[name] = Said(name=name, seq=self.said[name].seq, id=taken)
        return self.said[name]

    async def start(self, **fields: Any) -> None:
        """Starts a conversation, which need not succeed."""
        await self.thread.submit_op(
            ops.RealtimeConversationStart(prompt="p", include_startup_context=False, **fields)
        )

    async def serve(self, act: Callable[[RealtimeSession], Awaitable[None]], at: int = -1) -> None:
        """Does something on the newest session, if there is one and its client has not left."""
        sessions = self.stage.realtime.sessions
        with suppress(ConnectionError, Refusal):
            if sessions:
                await act(sessions[at])

    async def hand_over(self, session: RealtimeSession) -> None:
        """The model hands a task over."""
        name = self._name("task")
        await session.respond(handoff(name, id=name))

    async def speak(self, session: RealtimeSession) -> None:
        """The model speaks, and is held while it does."""
        name = self._name("speech gate")
        gate = self._gate(name)
        await session.respond(speech("long ", LOUD, gate, "story", LOUD))

    async def repeat(self, session: RealtimeSession) -> None:
        """The server says again that its last response is over."""
        own = on(session.conn) & direction("out") & of_type("response.done")
        for done in self.stage.journal.select(own)[-1:]:
            await session.send(done.json)

    async def _rest(self) -> None:
        """Until all is done, every turn has ended, and nothing waits to be sent."""
        while True:
            await self._done()
            start = len(self.stage.journal)
            first, second = await self.tick(), await self.tick()
            if first is None or second is None:
                return
            if not self._came(start, first, second):
                assert second.conn is not None
                self.rests.append(Rest(conn=second.conn.id, seq=second.seq))
                return

    async def _done(self) -> None:
        """Until nothing is being done, and each turn has ended that the server began as well."""
        while True:
            await self._ended()
            await self._mark()
            if not self._doing and not self._open_turns:
                return

    async def _ended(self) -> None:
        while self._doing or self._open_turns:
            doing = set(self._doing)
            await asyncio.gather(*doing)
            self._doing -= doing
            if not doing:
                started = self.stage.journal.select(STARTED)
                await self.stage.journal.wait_count(ENDINGS, len(started))

    @property
    def _open_turns(self) -> int:
        journal = self.stage.journal
        return len(journal.select(STARTED)) - len(journal.select(ENDINGS))

    async def _left(self) -> None:
        """Until the agent has left every session."""
        for session in self.stage.realtime.sessions:
            await self.stage.journal.wait_for(END & on(session.conn))

    async def _mark(self) -> None:
        """Until the agent has read what the server has sent, if a conversation runs."""
        arrived, name = await self.tick(), self._name("mark")
        if arrived is None:
            return
        item = {"type": "conversation.item.added", "item": {"id": name}}
        await self.serve(lambda session: session.send(item))
        read = told("conversation_item_added", item={"id": name})
        await self.stage.journal.wait_for(read | OVER, after=arrived)

    async def tick(self) -> Entry | None:
        """Until a text has arrived that is handed in now; None if no conversation runs."""
        while True:
            tick = await self.hand_in("tick", developer)
            if any(IDLE(event) for event in self.thread.events if event.get("turn_id") == tick.id):
                return None
            arrived = kind("frame") & direction("in") & says(tick.name)
            found = await self.stage.journal.wait_for(arrived | OVER, after=tick.seq)
            if arrived(found):
                return found

    def _came(self, start: int, first: Entry, second: Entry) -> bool:
        """Did anything else happen beside two ticks?"""
        assert second.conn is not None
        other = on(second.conn) & kind("frame") & direction("in") & ~_ticks(first, second)
        news = STARTED | ENDINGS | of_type("agent_message")
        return bool(self.stage.journal.select(other | news, after=start))


def _ticks(first: Entry, second: Entry) -> Predicate:
    return as_predicate(lambda entry: entry.seq in (first.seq, second.seq))
