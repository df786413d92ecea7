"""Stories: what a user does, what the server answers, and what comes while it does, drawn at random
and played to the end. What has to hold of the traffic afterwards is not known here.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from agent_rehearsal import ALWAYS, Entry, Gate, Stage, close, cut, delay, kind, like, of_type, path
from agent_rehearsal.face.agent import ENDINGS, AgentThread, Codex
from agent_rehearsal.journal import as_predicate
from agent_rehearsal.wire import Mark, Rule
from codex_core.protocol.ops import OverrideTurnContext, UserInput, user_text
from mock_responses import (
    codex_rate_limits,
    compaction,
    message,
    rate_limits,
    status,
    window,
)
from suites.turns.answers import ANSWERS, BREAKS, COMPACTIONS, HELD, WHOLE
from suites.turns.compacting import AUTO, OPENAI
from suites.turns.wires import PATH

EXTRA = "of_the_client"
"""A key that a client adds to the metadata of its turns."""
LAST_WORDS = "last words"

REACHED = kind("gate") & like({"state": "reached"})
STARTED = of_type("task_started")
EFFORTS = ("low", "high")


def _request_kind(entry: Entry) -> str:
    told = entry.get("client_metadata") or {}
    kind_of: str = json.loads(told.get("x-codex-turn-metadata", "{}")).get("request_kind", "")
    return kind_of


@as_predicate
def of_a_turn(entry: Entry) -> bool:
    """Does a request ask the model to go on?"""
    return _request_kind(entry) == "turn"


@as_predicate
def compacts(entry: Entry) -> bool:
    """Does a request make the history shorter?"""
    return _request_kind(entry) == "compaction"


@dataclass(frozen=True, kw_only=True)
class Story:
    """What happens; each list is used up from its start, and then all goes well."""

    steps: list[str]
    answers: list[tuple[str, bool]]
    """To requests of turns; some bring a turn state."""
    compactions: list[str]
    upgrades: list[str]
    meanwhile: list[str]
    """What the user does when something is held at a gate, before it goes on."""
    websockets: bool
    remote: bool
    """Does the provider compact?"""
    auto: bool
    """Does the agent compact by itself when a context is full?"""


SMALL = ["say", "say twice", "compact", "interrupt", "change"]
STEPS = [*SMALL, "say", "say", "say and interrupt", "be closed", "hear of limits"]
MEANWHILE = [*SMALL, "interrupt", "nothing"]
GREETINGS: dict[str, tuple[tuple[Any, ...], tuple[Mark, ...]]] = {
    "accepted": ((), (delay(0),)),
    "dropped": ((), (cut(),)),
    "400": ((status(400),), ()),
    "426": ((status(426),), ()),
    "500": ((status(500),), ()),
}
"""What may become of an upgrade: parts, and marks before them."""

ANSWERED = st.one_of(
    st.sampled_from(sorted(WHOLE)), st.sampled_from(sorted(BREAKS)), st.sampled_from(sorted(HELD))
)
"""Names of answers, a third of each sort."""


def stories(most: int) -> st.SearchStrategy[Story]:
    """Stories of at most so many steps."""
    return st.builds(
        Story,
        steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=most),
        answers=st.lists(st.tuples(ANSWERED, st.booleans()), min_size=1, max_size=most + 2),
        compactions=st.lists(st.sampled_from(sorted(COMPACTIONS)), max_size=most // 2),
        upgrades=st.lists(st.just("accepted") | st.sampled_from(sorted(GREETINGS)), max_size=3),
        meanwhile=st.lists(st.sampled_from(MEANWHILE), min_size=2, max_size=most),
        websockets=st.booleans(),
        remote=st.booleans(),
        auto=st.booleans(),
    )


@dataclass
class Play:
    """A story on a stage, and what came of it."""

    story: Story
    stage: Stage
    said: list[str] = field(default_factory=list)
    """Each text that was handed in; the even ones with metadata of the client's."""
    thread: AgentThread = field(init=False)
    rules: dict[int, Rule] = field(default_factory=dict)
    """Number of an answer to the reply that was made of it."""
    _optional: list[Rule] = field(default_factory=list)
    _gates: dict[str, Gate] = field(default_factory=dict)
    _efforts: int = 0

    def __post_init__(self) -> None:
        self._meanwhile = iter(self.story.meanwhile)

    async def run(self) -> None:
        """Plays the story, then lets all go well and says a few last words."""
        self._script()
        self.thread = await self._codex().start()
        for step in self.story.steps:
            await self._do(step)
            await self._settle()
        for rule in self._optional:
            rule.times = len(rule.answered)
        await self._say(LAST_WORDS)
        await self._settle()

    def _script(self) -> None:
        responses = self.stage.responses
        for number, (name, stateful) in enumerate(self.story.answers):
            parts = ANSWERS[name](number, self._gate(f"answer {number}"))
            told: dict[str, Any] = {"turn_state": f"state {number}"} if stateful else {}
            self.rules[number] = self._keep(responses.reply, *parts, when=of_a_turn, **told)
        for number, name in enumerate(self.story.compactions):
            parts = COMPACTIONS[name](number, self._gate(f"compaction {number}"))
            self._keep(responses.reply, *parts, when=compacts)
        for name in self.story.upgrades:
            self._keep(responses.greet, *GREETINGS[name][0], before=GREETINGS[name][1])
        usual = (message("a summary"), compaction("hidden"))
        responses.reply(*usual, when=compacts, times=ALWAYS)
        responses.reply(message("fine"), when=of_a_turn, times=ALWAYS)

    def _keep(self, add: Callable[..., Rule], *parts: Any, **options: Any) -> Rule:
        self._optional.append(add(*parts, optional=True, **options))
        return self._optional[-1]

    def _codex(self) -> Codex:
        story = self.story
        held = {
            f"make {number}": ["making\n", self._gate(f"command {number}"), "made\n"]
            for number, _ in enumerate(story.answers)
        }
        return self.stage.codex(
            websockets=story.websockets,
            commands={"ls": "README\n", **held},
            config=AUTO if story.auto else {},
            provider={
                **(OPENAI if story.remote else {}),
                "request_max_retries": 1,
                "stream_max_retries": 1,
            },
        )

    def _gate(self, name: str) -> Gate:
        return self._gates.setdefault(name, self.stage.responses.gate(name))

    async def _do(self, step: str) -> None:
        match step:
            case "say":
                await self._say(f"text {len(self.said)}")
            case "say twice":
                await self._say(f"text {len(self.said)}")
                await self._say(f"text {len(self.said)}")
            case "say and interrupt":
                await self._say(f"text {len(self.said)}")
                await self.thread.interrupt()
            case "compact":
                await self.thread.compact()
            case "interrupt":
                await self.thread.interrupt()
            case "change":
                self._efforts += 1
                effort = EFFORTS[self._efforts % len(EFFORTS)]
                await self.thread.submit_op(OverrideTurnContext(effort=effort))
            case "be closed":
                await self._push(close(1000))
            case "hear of limits":
                await self._push(codex_rate_limits(rate_limits(primary=window(42))))

    async def _say(self, text: str) -> None:
        extras = None if len(self.said) % 2 else {EXTRA: text}
        self.said.append(text)
        op = UserInput(items=user_text(text).items, responsesapi_client_metadata=extras)
        await self.thread.submit_op(op)

    async def _push(self, part: Any) -> None:
        """The server says something unasked, if there is a connection."""
        with suppress(LookupError):
            await self.stage.responses.push(kind("open") & path(PATH), part)

    async def _settle(self) -> None:
        """Until every turn has ended; what is held meanwhile goes on after the user did something.

        Raises WaitTimeout for a turn that does not end.
        """
        journal = self.stage.journal
        while True:
            seen = len(journal)
            await self._let_on()
            if len(journal.select(STARTED)) == len(journal.select(ENDINGS)):
                return
            await journal.wait_for(REACHED | ENDINGS, after=seen)

    async def _let_on(self) -> None:
        for entry in self.stage.journal.select(REACHED):
            gate = self._gates[entry.head]
            if not gate.is_open:
                await self._do(next(self._meanwhile, "nothing"))
                gate.open()
