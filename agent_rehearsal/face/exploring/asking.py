"""Whether a test asks for a simulated world by itself: by its mark, or by the fixture `world`.

Imported in every pytest run: it must import nothing of weight.
"""

from typing import Any

import pytest

from agent_rehearsal.face.exploring.options import MARKER

WORLD = "world"
"""The fixture of directed tests."""
PLUGIN = "agent_rehearsal.face.plugin"


def asks(node: pytest.Item) -> bool:
    """Does the test ask for it?"""
    return marked(node) or directed(node)


def marked(node: pytest.Item) -> bool:
    """Has it the mark?"""
    return node.get_closest_marker(MARKER) is not None


def directed(node: pytest.Item) -> bool:
    """Does it use this plugin's fixture `world`, and not another one of that name?"""
    info: Any = getattr(node, "_fixtureinfo", None)
    if info is None or WORLD not in info.names_closure:
        return False
    definitions = info.name2fixturedefs.get(WORLD)
    return bool(definitions) and definitions[-1].func.__module__ == PLUGIN
