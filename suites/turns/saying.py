"""Submitting input with more than a text, to the end of its turn."""

from typing import Any

from agent_rehearsal import like, of_type
from agent_rehearsal.face.agent import AgentThread
from codex_core.protocol.inputs import InputItem, TextInput
from codex_core.protocol.ops import UserInput

__all__ = ["say"]


async def say(thread: AgentThread, *items: InputItem | str, **settings: Any) -> None:
    """Hands in texts and images, with overrides and what else an input has; awaits the end."""
    parts = tuple(TextInput(text=each) if isinstance(each, str) else each for each in items)
    turn_id = await thread.submit_op(UserInput(items=parts, **settings))
    await thread.wait_for(of_type("task_complete") & like({"turn_id": turn_id}))
