"""One response in single events, and what the agent shows of it at each point between two events.

The response says "ab" in two pieces and calls `ls`. What breaks it stands at one of the points.
"""

from agent_rehearsal import Gate, Predicate, like, of_type
from agent_rehearsal.face.agent import Turn
from mock_responses import (
    completed,
    created,
    function_call_arguments_delta,
    message,
    output_item_added,
    output_item_done,
    shell_call,
    stream,
    text_delta,
)

COMMANDS = {"ls": "README\n"}
EVENTS = (
    created(),
    output_item_added(message("ab")),
    text_delta("a"),
    text_delta("b"),
    output_item_done(),
    output_item_added(shell_call("c1", "ls")),
    function_call_arguments_delta('{"cmd":"ls"}'),
    output_item_done(),
    completed(),
)
POINTS = {
    "before_the_head": 0,
    "after_created": 1,
    "after_the_message_began": 2,
    "in_the_deltas": 3,
    "after_the_deltas": 4,
    "between_the_items": 5,
    "after_the_call_began": 6,
    "after_the_arguments": 7,
    "before_completed": 8,
}
"""Name of a point to the number of events before it; each is before the response is whole."""

SHOWN: dict[int, Predicate] = {
    2: of_type("item_started") & like({"item": {"type": "agent_message"}}),
    3: of_type("agent_message_content_delta") & like({"delta": "a"}),
    4: of_type("agent_message_content_delta") & like({"delta": "b"}),
    5: of_type("agent_message"),
    8: of_type("exec_command_end"),
}
"""What the agent has shown when it has read that many events; others show nothing new."""


def split(at: int, *parts: object) -> object:
    """The response with `parts` at one of its points."""
    return stream(*EVENTS[:at], *parts, *EVENTS[at:])  # type: ignore[arg-type]


async def read_up_to(turn: Turn, gate: Gate, at: int) -> None:
    """Wait until the server holds the stream at `gate` and the agent has shown what came before."""
    await gate.reached()
    for shown in (predicate for place, predicate in SHOWN.items() if place <= at):
        await turn.wait_for(shown)


def kept(at: int) -> list[str]:
    """The types of the items that are done at a point, with the output of the call."""
    types = []
    if at >= 5:
        types.append("message")
    if at >= 8:
        types += ["function_call", "function_call_output"]
    return types
