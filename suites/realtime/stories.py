"""Stories of a conversation beside an agent's turns: what the user, the client, the model and the
network do, some of it at once, drawn at random. How a story is played is not known here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from agent_rehearsal import Gate, cut, delay, refuse
from mock_responses import completed, created, failed, message, shell_call, stream

Answer = Callable[[int, Gate], tuple[Any, ...]]
ANSWERS: Mapping[str, Answer] = {
    "one": lambda n, gate: (message(f"answer {n:03}"),),
    "two": lambda n, gate: (message(f"answer {n:03}"), message(f"more {n:03}")),
    "call": lambda n, gate: (message(f"answer {n:03}"), shell_call(f"c{n}", "ls")),
    "held": lambda n, gate: (message("answer", gate, f" {n:03}"),),
    "held later": lambda n, gate: (message(f"answer {n:03}"), gate, message(f"more {n:03}")),
    "nothing": lambda n, gate: (stream(created(), completed()),),
    "failed": lambda n, gate: (message(f"answer {n:03}"), failed("server_error", "sorry")),
}
"""What a request of a turn may be answered with, by name; its number sets an answer apart."""

GREETINGS: Mapping[str, Callable[[Gate], Mapping[str, Any]]] = {
    "accepted": lambda gate: {"before": delay(0)},
    "held": lambda gate: {"before": gate},
    "dropped": lambda gate: {"before": cut()},
    "refused": lambda gate: {"part": refuse(500)},
}
"""What may become of an upgrade to a realtime socket."""


SAYS = ["say", "write", "have spoken", "make a sound"]
"""What is handed in under a name of its own."""
RUNS = ["start v1", "start v2", "start a call", "start badly", "interrupt", "close"]
SERVES = ["hand over", "speak", "hear", "barge in", "be late", "be odd", "repeat"]
ENDS = ["have an error", "be closed", "be reset", "be cut"]
STEPS = [*SAYS, *RUNS, *SERVES, *ENDS, "nothing"]
"""What may be done, by the user, the client, the model and the network."""
OFTEN = ["say", "hand over", "speak", "start v2"]
PRESSING = ["interrupt", "hand over", "barge in", "say"]
"""What is of interest when something is held."""
STEP = st.sampled_from(OFTEN) | st.sampled_from(STEPS)
HELD = [name for name in ANSWERS if name.startswith("held")]
ANSWERED = st.sampled_from(sorted(ANSWERS)) | st.sampled_from(HELD)


@dataclass(frozen=True, kw_only=True)
class Story:
    """What happens; each list is used up from its start, and then all goes well."""

    start: str
    moments: list[list[str]]
    """What is done at once; before the next moment everything comes to rest."""
    answers: list[str]
    """To requests of turns."""
    greetings: list[str]
    meanwhile: list[str]
    """What is done when something is held at a gate, before it goes on."""
    websockets: bool
    """Do turns go over them?"""


def stories(most: int) -> st.SearchStrategy[Story]:
    """Stories of at most so many moments."""
    return st.builds(
        Story,
        start=st.sampled_from(["start v1", "start v2"]),
        moments=st.lists(st.lists(STEP, min_size=1, max_size=3), min_size=1, max_size=most),
        answers=st.lists(ANSWERED, min_size=1, max_size=most + 2),
        greetings=st.lists(st.just("accepted") | st.sampled_from(sorted(GREETINGS)), max_size=3),
        meanwhile=st.lists(st.sampled_from(PRESSING) | STEP, min_size=2, max_size=most),
        websockets=st.booleans(),
    )
