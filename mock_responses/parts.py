"""What a reply is written with: items, events and marks, and the three scripts made from them.

Values, and the checks that run where the test wrote the reply. How a script becomes bytes is in
`compose`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from agent_rehearsal.wire.script import Mark, Raw
from mock_responses.items import Item
from mock_responses.structs import TERMINAL, Custom, Event, RawEvent
from mock_responses.tool_structs import Sound

Step: TypeAlias = Event | Mark | Raw
"""What `stream(...)` takes."""
Part: TypeAlias = Item | Step
"""What a reply takes, beside `stream(...)` and `minimal(...)`."""

LOOSE = Custom | RawEvent | Sound
"""Events that belong to no item and may stand between items."""


@dataclass(frozen=True, slots=True)
class Full:
    """Items in the full sequence of events, begun and completed by the composer."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Minimal:
    """Items in the shortest sequence that the Codex CLI understands."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """Exactly these events."""

    parts: tuple[Step, ...]


Script: TypeAlias = Full | Minimal | Stream


def stream(*parts: Step) -> Stream:
    """Exactly these events in this order; only ids, indices, numbers and texts are filled in."""
    for place, part in enumerate(parts):
        if not isinstance(part, Event | Mark | Raw):
            raise _misfit("stream", place, part, "an event or a mark")
    return Stream(parts)


def minimal(*parts: Part) -> Minimal:
    """`response.created`, one `response.output_item.done` for each item, `response.completed`.

    The marks inside an item come before its event.
    """
    return Minimal(_sequence("minimal", parts))


def script(builder: str, parts: Iterable[object]) -> Script:
    """The script that the arguments of `builder` make up.

    Raises TypeError for a part that fits nowhere, ValueError for a part in the wrong place.
    """
    given = tuple(parts)
    for part in given:
        if isinstance(part, Script):
            if len(given) > 1:
                name = f"{type(part).__name__.lower()}(...)"
                raise ValueError(f"{builder}(): {name} stands alone; write the rest inside it")
            return part
    return Full(_sequence(builder, given))


def _sequence(builder: str, parts: tuple[object, ...]) -> tuple[Part, ...]:
    ended: object = None
    for place, part in enumerate(parts):
        if not isinstance(part, Item | Mark | Raw | LOOSE | TERMINAL):
            raise _misfit(builder, place, part, "an item, a mark or the event that ends it")
        if ended is not None and not isinstance(part, Mark | Raw):
            raise ValueError(
                f"{builder}(): part {place} is {_shown(part)}, after {_shown(ended)} ended the "
                f"response; move it before, or write the whole sequence with stream(...)"
            )
        ended = part if isinstance(part, TERMINAL) else ended
    return parts  # type: ignore[return-value] # each part was checked above


def _misfit(builder: str, place: int, part: object, expected: str) -> TypeError:
    remedy = next((text for kind, text in REMEDIES if isinstance(part, kind)), "")
    return TypeError(f"{builder}(): part {place} is {_shown(part)}; expected {expected}{remedy}")


REMEDIES: Final[tuple[tuple[Any, str], ...]] = (
    (Script, ". A script is a reply of its own: give it alone"),
    (Item, ". For an item in single events write output_item_added(...), ..., output_item_done()"),
    (Event, ". An event of an item is written in stream(...)"),
    (str, ". For what the model says write message('...')"),
    (bytes, ". For the data of one event write raw_event(b'...')"),
    (Mapping, ". For an item write item({...}), for an event event('type', ...)"),
    (Iterable, ". Unpack it with *"),
)
"""What to write instead, by what was given; the first that fits."""


def _shown(part: object) -> str:
    text = repr(part)
    return text if len(text) <= 80 else f"{text[:77]}..."
