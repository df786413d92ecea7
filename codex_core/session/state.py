"""What a thread is made of and keeps from turn to turn."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from codex_core.approvals.desk import Desk
from codex_core.config.config import Config
from codex_core.model_client.metadata import Lineage
from codex_core.model_client.model_client import ModelClient
from codex_core.protocol.items import KnownItem, Message
from codex_core.protocol.policy import ApprovalPolicy
from codex_core.runtime import Runtime
from codex_core.session.additional import AdditionalContextMemory
from codex_core.session.context import Told, initial_context, update
from codex_core.session.estimate import HiddenReasoning, growth
from codex_core.session.generated_images import GeneratedImages
from codex_core.session.history import History
from codex_core.session.late_conversation import LateConversation
from codex_core.session.model_catalogue import ModelCatalogue
from codex_core.session.outlet import Outlet
from codex_core.session.settings import Settings
from codex_core.session.thread_list import ThreadList
from codex_core.session.usage import UsageAccount
from codex_core.session.workspaces import Workspaces
from codex_core.tools.registry import ToolRegistry
from codex_core.tools.sandbox import Sandbox
from codex_core.tools.session_store import SessionStore

__all__ = ["ThreadState"]


@dataclass(kw_only=True, eq=False, repr=False)
class ThreadState:
    """One thread's settings, connections and memory. Each is equal to itself alone."""

    thread_id: str
    installation_id: str
    config: Config
    instructions: str
    """What every request of the thread begins with, whatever the settings become."""
    cwd: Path
    runtime: Runtime
    model: ModelClient
    tools: ToolRegistry
    sessions: SessionStore
    sandbox: Sandbox | None
    confinement: tuple[str, ...]
    desk: Desk
    outlet: Outlet
    history: History
    usage: UsageAccount
    agents: str | None
    workspaces: Workspaces
    catalogue: ModelCatalogue
    realtime: LateConversation
    threads: ThreadList
    """The threads of the core, this one too."""
    lineage: Lineage = field(default_factory=Lineage)
    images: GeneratedImages
    additional: AdditionalContextMemory = field(default_factory=AdditionalContextMemory)
    window: int = field(default=0, init=False)
    """How many times the history was compacted: the number of its context window."""
    notices: deque[Message] = field(default_factory=deque, init=False)
    """What the model is to be told with the next request, whenever that is."""
    active_at: float | None = field(default=None, init=False)
    """When its last turn began, Unix seconds."""
    last_config: Config | None = field(default=None, init=False)
    """The settings of the turn before, None before the first."""
    _told: Told | None = field(default=None, init=False)
    """What the model was told last of what may change."""
    _forgotten: bool = field(default=False, init=False)
    """Has the history lost what the model was told?"""
    _hidden: HiddenReasoning = field(default_factory=HiddenReasoning, init=False)

    @property
    def settings(self) -> Settings:
        """What holds for a turn that begins now."""
        return Settings(
            config=self.config,
            cwd=self.cwd,
            sandbox=self.sandbox,
            confinement=self.confinement,
        )

    def adopt(self, settings: Settings) -> None:
        """Goes on under these settings; no turn runs meanwhile."""
        self.config, self.cwd = settings.config, settings.cwd
        self.sandbox, self.confinement = settings.sandbox, settings.confinement
        info = settings.config.model_info
        self.history.policy = info.truncation
        self.usage.window = info.usable_window

    def record_context(self, policy: ApprovalPolicy) -> None:
        """Records what the model has to know before the next user message."""
        now = self._now(policy)
        if self._told is None:
            messages = initial_context(self.config, now, self.agents)
        elif self._forgotten:
            messages = initial_context(self.config, now, self.agents, before=self._told)
        else:
            messages = update(self.config, self._told, now)
        self._told, self._forgotten = now, False
        for message in messages:
            self.history.record(message)

    def full_context(self, policy: ApprovalPolicy) -> list[Message]:
        """All that the model has to know, which it is told with these messages."""
        before = self._told
        self._told = self._now(policy)
        return initial_context(self.config, self._told, self.agents, before)

    def _now(self, policy: ApprovalPolicy) -> Told:
        realtime = self.realtime.active
        return Told.of(self.config, self.runtime, self.cwd, policy, realtime=realtime)

    def record_notices(self) -> None:
        """Records what the model is to be told with the next request."""
        while self.notices:
            self.history.record(self.notices.popleft())

    @property
    def lacks_context(self) -> bool:
        """Is the model to be told its context, for the first time or once more?"""
        return self._told is None or self._forgotten

    def forget_context(self) -> None:
        """The model is to be told everything anew with the next turn."""
        self._forgotten = True

    def active_tokens(self) -> int:
        """How many tokens the context has: as counted last, and by estimate what came since."""
        items = self.history.items
        hidden = 0 if self.usage.reasoning_included else self._hidden.tokens(items)
        return self.usage.last_total + hidden + growth(items)

    def begin_window(self, items: Iterable[KnownItem], *, tokens: int) -> None:
        """Goes on with a history in the place of the old one, estimated at so many tokens."""
        self.history.replace(items)
        self.usage.begin_window(tokens)
        self._hidden = HiddenReasoning()
        self.window += 1
