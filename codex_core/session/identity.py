"""The identity of a thread's requests, from what the thread is and how it stands."""

from msgspec.structs import replace

from codex_core.model_client.metadata import RequestIdentity
from codex_core.session.state import ThreadState

__all__ = ["as_it_stands", "prewarm_identity", "turn_identity"]

_CONFINED = "seccomp"
"""What holds commands in, by the name that the reference client has for it."""


def turn_identity(state: ThreadState, turn_id: str, *, started_at: float) -> RequestIdentity:
    """The identity of a turn's requests; `started_at` is in Unix seconds."""
    return replace(
        prewarm_identity(state),
        kind="turn",
        turn_id=turn_id,
        started_at_ms=int(started_at * 1000),
    )


def prewarm_identity(state: ThreadState) -> RequestIdentity:
    """The identity of a request that no turn has asked for."""
    lineage = state.lineage
    identity = RequestIdentity(
        installation_id=state.installation_id,
        session_id=lineage.root_session_id or state.thread_id,
        thread_id=state.thread_id,
        kind="prewarm",
        parent_thread_id=lineage.parent_thread_id,
        forked_from_thread_id=lineage.forked_from_thread_id,
        subagent=lineage.subagent,
        thread_source=lineage.thread_source,
        sandbox=_CONFINED if state.sandbox is not None else "none",
        beta_features=state.config.beta_features,
    )
    return as_it_stands(identity, state)


def as_it_stands(identity: RequestIdentity, state: ThreadState) -> RequestIdentity:
    """The identity with what may change within a turn: the window, and what git was found to say.

    Call it for each request.
    """
    return replace(identity, window=state.window, workspaces=state.workspaces.found)
