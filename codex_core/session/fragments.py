"""The tagged texts around the user's own words: how they are written, and how they are known again.

A user message that begins like one of them is context, not something the user said.
"""

import re

from codex_core.protocol.items import InputText, Message

__all__ = [
    "TURN_ABORTED",
    "agents_fragment",
    "external_fragment",
    "is_contextual",
    "tagged",
    "user_message",
]

TURN_ABORTED = """\
<turn_aborted>
The user stopped the turn above. Commands that were running may still run, or have done part of
their work; look at the state of things before you go on.
</turn_aborted>"""

_AGENTS = "# AGENTS.md instructions for "
_BEGINNINGS = (
    _AGENTS,
    "<environment_context>",
    "<external_",
    "<skill>",
    "<user_shell_command>",
    "<turn_aborted>",
    "<subagent_notification>",
    "<codex_internal_context",
    "<goal_context>",
    "<recommended_plugins>",
    "<hook_prompt",
)
_CONTEXTUAL = re.compile(rf"\s*(?:{'|'.join(map(re.escape, _BEGINNINGS))})")


def agents_fragment(cwd: str, orders: str) -> str:
    """The standing orders of AGENTS.md files."""
    return f"{_AGENTS}{cwd}\n\n<INSTRUCTIONS>\n{orders}\n</INSTRUCTIONS>"


def external_fragment(key: str, value: str) -> str:
    """What somebody else than the user or the application says."""
    return tagged(f"external_{key}", value)


def tagged(tag: str, text: str) -> str:
    """A text in a tag."""
    return f"<{tag}>{text}</{tag}>"


def is_contextual(message: Message) -> bool:
    """Does a user message stand for the surroundings, not for what the user said?"""
    texts = (part.text for part in message.content if isinstance(part, InputText))
    return any(_CONTEXTUAL.match(text) for text in texts)


def user_message(text: str) -> Message:
    """A user message of one text."""
    return Message(role="user", content=(InputText(text=text),))
