"""Cutting a simulated connection from outside: what a test directs, and a network may do."""

from typing import Literal

from agent_rehearsal.interleave.kernel.ends import Endpoint
from agent_rehearsal.interleave.kernel.kernel import Kernel

How = Literal["reset", "close", "stall"]
"""How a connection is cut: both sides are told that it is no more; neither side sends any more, and
says so; nothing more comes either way, and nobody is told.
"""


def cut(kernel: Kernel, link: str, how: How) -> None:
    """Ends the connection of this name: what both sides sent before still comes."""
    for end in _ends(kernel, link):
        if how == "reset":
            kernel.send(end.out, "rst")
        elif not (end.shut_write or end.dead):
            end.shut_write = True
            kernel.send(end.out, "fin")
            end.touched()


def _ends(kernel: Kernel, link: str) -> list[Endpoint]:
    """Both ends; the server's may not have been accepted yet, and one may be closed by now."""
    for each in kernel.descriptors.values():
        if isinstance(each, Endpoint) and each.out.lane in (f"{link}>s", f"{link}<s"):
            there = each.out.far
            return [each, there] if isinstance(there, Endpoint) else [each]
    return []
