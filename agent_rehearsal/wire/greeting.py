"""What a mock does with one WebSocket upgrade: what comes before its answer, and what right after.

Values only. The script after the upgrade is of the API's own parts and is not looked at here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agent_rehearsal.wire.rewrite import Rewrite
from agent_rehearsal.wire.script import Answer, Close, Mark, Ping


@dataclass(frozen=True, slots=True, repr=False)
class Greeting:
    """The marks before the answer to an upgrade, that answer, and the script after it."""

    before: tuple[Mark | Answer, ...]
    """Played first; an answer at its end refuses the upgrade."""
    parts: tuple[Any, ...]
    """Played on the open connection, before any message is answered."""
    headers: tuple[tuple[str, str], ...] = ()
    """Headers of the answer that accepts."""

    def __repr__(self) -> str:
        shown = [getattr(part, "__name__", None) or repr(part) for part in self.parts]
        if self.before:
            shown.append(f"before=[{', '.join(map(repr, self.before))}]")
        if self.headers:
            shown.append(f"headers={dict(self.headers)}")
        return ", ".join(shown)


PLAIN = Greeting((), ())
"""An upgrade that is accepted at once, without a word."""


def greeting(
    parts: tuple[Any, ...], *, before: Mark | Iterable[Mark], headers: Mapping[str, str]
) -> Greeting:
    """The greeting that these make up.

    A whole answer among `parts` refuses the upgrade, after the marks that stand before it. Raises
    TypeError for what cannot come before the answer, ValueError for a greeting of nothing.
    """
    marks = (before,) if isinstance(before, Mark) else tuple(before)
    for mark in marks:
        if not isinstance(mark, Mark) or isinstance(mark, Close | Ping | Rewrite):
            raise TypeError(
                f"greet(before={mark!r}): there is no WebSocket yet; expected a delay, a gate, "
                "cut(), reset(), half_close() or stall()"
            )
    if any(isinstance(part, Answer) for part in parts):
        return Greeting((*marks, *parts), ())
    if not parts and not marks and not headers:
        raise ValueError("greet(): expected parts, before=... or headers=...")
    return Greeting(marks, parts, tuple(headers.items()))
