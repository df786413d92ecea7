"""Ways in which the model may speak to the user, in our own words. Texts only."""

from collections.abc import Mapping

__all__ = ["PERSONALITIES", "personality_text"]

_TEXTS: Mapping[str, str] = {
    "none": "",
    "friendly": """\
Speak to the user warmly, as a colleague who enjoys the work: encourage, say what is good as well as
what is not, and explain what may be new to them.""",
    "pragmatic": """\
Speak to the user plainly and briefly, as one engineer to another: facts, reasons, what is next. No
praise, no small talk.""",
}

PERSONALITIES: tuple[str, ...] = tuple(_TEXTS)
"""What the setting `personality` accepts."""


def personality_text(name: str | None) -> str:
    """What the model is told of how to speak; empty for none."""
    return _TEXTS[name or "none"]
