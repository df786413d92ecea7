"""Agents that ask first, and what became of it: shared by the tests of approvals."""

from pathlib import Path

from agent_rehearsal import Entry, Journal, of_type
from agent_rehearsal.face.agent import AgentThread, Codex

REQUEST = of_type("exec_approval_request")
RAN = of_type("command")
COMMANDS = {"make": "made\n", "make all": "made all\n", "ls": "README\n"}
REJECTED = (
    "exec_command failed for `/bin/sh -lc make`: "
    'CreateProcess { message: "Rejected(\\"rejected by user\\")" }'
)


def untrusting(codex: Codex) -> Codex:
    """An agent that asks before each command that may write, without a sandbox."""
    return codex(approval_policy="untrusted", commands=COMMANDS)


def requesting(codex: Codex, home: Path) -> Codex:
    """An agent in a sandbox that may ask to leave it; it keeps its rules in `home`."""
    settings = {"sandbox_mode": "read-only", "codex_home": home}
    return codex(approval_policy="on-request", commands=COMMANDS, config=settings)


def ran(journal: Journal) -> list[tuple[str, bool]]:
    """The command lines that were started, and whether in the sandbox."""
    return [(entry.get("line"), entry.get("sandboxed")) for entry in journal.select(RAN)]


def told(thread: AgentThread, kind: str) -> list[Entry]:
    return [event for event in thread.events if event.type == kind]
