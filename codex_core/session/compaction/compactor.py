"""When a turn compacts the thread's history: before its first request, after a response, or as all
that it does. How that is done is loaded when it is done first.
"""

from codex_core.config.config import Config
from codex_core.model_client.client import TurnClient
from codex_core.model_client.metadata import CompactionNote
from codex_core.session.compaction.kinds import Phase, Reason, implementation
from codex_core.session.compaction.limit import Limit
from codex_core.session.compaction.reasons import reason_of_change
from codex_core.session.sampling import Owner
from codex_core.session.state import ThreadState

__all__ = ["Compactor"]


class Compactor:
    """The compactions of one turn. Each raises `ModelError` and leaves the history as it was then.

    With the feature `auto_compaction` off only those that the user asks for are done.
    """

    def __init__(self, state: ThreadState, client: TurnClient, owner: Owner) -> None:
        self._state = state
        self._client = client
        self._owner = owner

    async def on_request(self) -> None:
        """The user wants it."""
        await self._compact("user_requested", "standalone_turn", self._state.config)

    async def before_turn(self) -> None:
        """Makes room for the turn, by the model of the turn before if that has changed so."""
        state = self._state
        if self._automatic() and state.history.items:
            await self._for_another_model()
            if self._is_full():
                await self._compact("context_limit", "pre_turn", state.config)
        state.last_config = state.config

    async def after_response(self) -> bool:
        """Makes room for the next request of the turn; True if it had to."""
        if not (self._automatic() and self._is_full()):
            return False
        await self._compact("context_limit", "mid_turn", self._state.config)
        return True

    async def _for_another_model(self) -> None:
        before, now = self._state.last_config, self._state.config
        if before is None:
            return
        reason = reason_of_change(before, now, active=self._state.active_tokens())
        if reason is not None:
            await self._compact(reason, "pre_turn", before)

    def _automatic(self) -> bool:
        return self._state.config.feature("auto_compaction")

    def _is_full(self) -> bool:
        usage = self._state.usage
        return Limit.of(self._state.config).reached(
            self._state.active_tokens(), prefill=usage.prefill
        )

    async def _compact(self, reason: Reason, phase: Phase, config: Config) -> None:
        from codex_core.session.compaction.job import Job
        from codex_core.session.compaction.run import compact

        note = CompactionNote(
            trigger="manual" if reason == "user_requested" else "auto",
            reason=reason,
            implementation=implementation(
                config.provider, remote_v2=config.feature("remote_compaction_v2")
            ),
            phase=phase,
        )
        await compact(
            Job(
                state=self._state,
                client=self._client,
                config=config,
                policy=self._owner.policy,
                note=note,
                emit=self._owner.emit,
            )
        )
