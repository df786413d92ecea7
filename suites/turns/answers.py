"""What a server may answer a request of a turn or of a compaction with, by name."""

from collections.abc import Callable, Mapping
from typing import Any

from agent_rehearsal import Gate, close, cut, raw, reset
from mock_responses import (
    compaction,
    completed,
    connection_limit_reached,
    context_length_exceeded,
    created,
    error_frame,
    event,
    failed,
    incomplete,
    message,
    output_item_added,
    output_item_done,
    overloaded,
    rate_limit_failed,
    rate_limited,
    reasoning,
    shell_call,
    status,
    stream,
    text_delta,
)
from suites.turns.compacting import FULL

Answer = Callable[[int, Gate], tuple[Any, ...]]
"""The parts of a reply; its number sets it apart, and what is held waits at the gate."""

SAID = (output_item_added(message("part")), text_delta("part"), output_item_done())
BROKEN = failed("server_error", "sorry")


def called(number: int) -> tuple[Any, ...]:
    """The events of a call."""
    return output_item_added(listing(number)), output_item_done()


def listing(number: int, *, second: bool = False) -> Any:
    return shell_call(f"{'d' if second else 'c'}{number}", "ls")


WHOLE: Mapping[str, Answer] = {
    "message": lambda n, gate: (message(f"answer {n}"),),
    "call": lambda n, gate: (listing(n),),
    "calls": lambda n, gate: (reasoning("hm"), listing(n), listing(n, second=True), message("so")),
    "more to come": lambda n, gate: (message("wait"), completed(response={"end_turn": False})),
    "full": lambda n, gate: (listing(n), FULL),
    "full at the end": lambda n, gate: (message("long"), FULL),
    "an odd event": lambda n, gate: (stream(created(), event("odd"), *SAID, completed()),),
}
"""Responses that are complete, and that a later request may go on from."""

BREAKS: Mapping[str, Answer] = {
    "failed": lambda n, gate: (stream(created(), BROKEN),),
    "failed late": lambda n, gate: (stream(created(), *SAID, *called(n), BROKEN),),
    "come back": lambda n, gate: (stream(created(), rate_limit_failed(0.5)),),
    "too long": lambda n, gate: (stream(created(), context_length_exceeded()),),
    "incomplete": lambda n, gate: (stream(created(), *SAID, incomplete("max_output_tokens")),),
    "cut": lambda n, gate: (stream(created(), *SAID, *called(n), cut()),),
    "reset": lambda n, gate: (stream(created(), reset()),),
    "closed": lambda n, gate: (stream(created(), *called(n), close(1011)),),
    "no event": lambda n, gate: (stream(created(), *called(n), raw(b"{")),),
    "500": lambda n, gate: (status(500),),
    "429": lambda n, gate: (rate_limited(retry_after=1),),
    "503": lambda n, gate: (overloaded(),),
    "400": lambda n, gate: (status(400),),
    "error frame": lambda n, gate: (error_frame(500),),
    "connection is full": lambda n, gate: (connection_limit_reached(),),
    "nothing": lambda n, gate: (cut(),),
}
"""Responses that come to nothing."""

HELD: Mapping[str, Answer] = {
    "held message": lambda n, gate: (message("a", gate, "b"),),
    "held call": lambda n, gate: (stream(created(), *called(n), gate, completed()),),
    "held command": lambda n, gate: (shell_call(f"c{n}", f"make {n}"),),
    "held head": lambda n, gate: (gate, message(f"answer {n}")),
    "held break": lambda n, gate: (stream(created(), *called(n), gate, cut()),),
}
"""Responses in which something waits: the server, or the command that the model calls."""

ANSWERS: Mapping[str, Answer] = {**WHOLE, **BREAKS, **HELD}

COMPACTIONS: Mapping[str, Answer] = {
    "one": lambda n, gate: (message(f"summary {n}"), compaction(f"hidden {n}")),
    "held": lambda n, gate: (message("a", gate, "b"), compaction(f"hidden {n}")),
    "none": lambda n, gate: (message("no"),),
    "broken": lambda n, gate: (stream(created(), BROKEN),),
    "cut": lambda n, gate: (stream(created(), cut()),),
    "500": lambda n, gate: (status(500),),
    "400": lambda n, gate: (status(400),),
    "too long": lambda n, gate: (stream(created(), context_length_exceeded()),),
}
"""Answers to a request that compacts: the model's own words are taken from the message, a
provider's from the item.
"""
