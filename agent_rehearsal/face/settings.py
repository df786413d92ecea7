"""What a test may set of the agent, checked where it is set. Values only; it starts nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import codex_core
from agent_rehearsal.face.commands import CommandScript, check_scripts
from codex_core.protocol.policy import ApprovalPolicy

Commands = Mapping[str, CommandScript] | Literal["real"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of an agent. Raises TypeError or ValueError for what cannot be one."""

    model: str = "mock-model"
    cwd: str | Path = ""
    """The working folder, absolute or inside the stage's folder for this agent."""
    approval_policy: ApprovalPolicy = "never"
    """When the agent asks before it does something; `AgentThread.answer` is for the test to answer.
    """
    commands: Commands = "real"
    """Scripts of commands by command line, or `"real"` to run processes."""
    websockets: bool = False
    """Requests go over a WebSocket as long as the server takes it, with a warm-up first."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `codex_core.Config` that replace those of the stage."""
    provider: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `codex_core.ModelProvider` that replace those of the stage."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables of the agent's environment, beside PATH and HOME."""
    backoff: float = 0.0
    """What each delay before a retry is multiplied by; 0 retries at once. The journal has the
    delays.
    """

    def __post_init__(self) -> None:
        check_names("codex(config=...)", self.config, codex_core.Config.__struct_fields__)
        check_names(
            "codex(provider=...)", self.provider, codex_core.ModelProvider.__struct_fields__
        )
        check_scripts(self.commands)
        if not 0 <= self.backoff < float("inf"):
            raise ValueError(
                f"codex(backoff={self.backoff!r}): expected a number from 0; 0 retries at once"
            )


NAMES = tuple(f.name for f in fields(Settings))


def check_names(place: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise TypeError for the first name that is not known, with the nearest and all of them."""
    names = sorted(known)
    for name in given:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            meant = f", did you mean {near[0]!r}?" if near else "."
            raise TypeError(f"{place}: there is no {name!r}{meant} Known are {', '.join(names)}")
