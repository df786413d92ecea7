"""A section of what a session is told: a heading and a text, within a budget of tokens."""

from codex_core.realtime.budget import cut_middle

__all__ = ["section"]


def section(heading: str, body: str, most: int) -> str:
    """The section, cut to so many tokens with its heading; "" for an empty one."""
    return cut_middle(f"## {heading}\n{body}", most) if body.strip() else ""
