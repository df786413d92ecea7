"""What a thread is made of and keeps from turn to turn."""

from dataclasses import dataclass, field
from pathlib import Path

from codex_core.approvals.desk import Desk
from codex_core.config.config import Config
from codex_core.model_client.transport import Transport
from codex_core.protocol.policy import ApprovalPolicy
from codex_core.runtime import Runtime
from codex_core.session.context import Told, initial_context, update
from codex_core.session.history import History
from codex_core.session.outlet import Outlet
from codex_core.session.usage import UsageAccount
from codex_core.tools.registry import ToolRegistry
from codex_core.tools.sandbox import Sandbox
from codex_core.tools.session_store import SessionStore

__all__ = ["ThreadState"]


@dataclass(kw_only=True)
class ThreadState:
    """One thread's settings, connections and memory."""

    thread_id: str
    installation_id: str
    config: Config
    cwd: Path
    runtime: Runtime
    transport: Transport
    tools: ToolRegistry
    sessions: SessionStore
    sandbox: Sandbox | None
    confinement: tuple[str, ...]
    desk: Desk
    outlet: Outlet
    history: History
    usage: UsageAccount
    agents: str | None
    _told: Told | None = field(default=None, init=False)
    """What the model was told last of what may change."""

    def record_context(self, policy: ApprovalPolicy) -> None:
        """Records what the model has to know before the next user message."""
        now = Told.of(self.config, self.runtime, self.cwd, self.sandbox, policy)
        if self._told is None:
            messages = initial_context(self.config, now, self.agents)
        else:
            messages = update(self.config, self._told, now)
        self._told = now
        for message in messages:
            self.history.record(message)
