"""Calls and their outputs within the input of one request: each has the other, once, in order.

The Responses API refuses most of what is found here with status 400.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from agent_rehearsal.wire.findings import Breach
from mock_responses.conduct import items
from mock_responses.conduct.ask import Ask
from mock_responses.conduct.facts import Call
from mock_responses.conduct.naming import name_of
from mock_responses.conduct.reply import Reply
from mock_responses.conduct.rule import Rule

Places = dict[str, list[int]]
"""The id of a call -> where in the input it stands."""
DOUBLED: Final = "duplicate-call-id"
_ELSEWHERE = "item_reference"


class Pairing(Rule):
    """Told of each pair once, though histories are sent again and again."""

    def __init__(self) -> None:
        self._told: set[tuple[str, str | None, str]] = set()
        self._handed_out: Counter[str] = Counter()

    def answered(self, reply: Reply) -> Iterator[Breach]:
        """Count how often each id was handed out."""
        self._handed_out.update(reply.calls)
        yield from ()

    def asked(self, ask: Ask, reply: Reply) -> Iterator[Breach]:
        """Look at the calls and outputs of the input."""
        if not ask.types.isdisjoint(items.CALLS) or not ask.types.isdisjoint(items.OUTPUTS):
            for name, call_id, text in found_in(ask.facts.calls, elsewhere=_is_elsewhere(ask)):
                # An id that a test hands out twice comes back twice.
                ours = name == DOUBLED and self._handed_out[call_id] > 1
                if not ours and (name, ask.key, call_id) not in self._told:
                    self._told.add((name, ask.key, call_id))
                    said = f"{name_of(ask.entry)}: {text}"
                    yield Breach(name=name, text=said, about=(ask.entry,))


def found_in(given: Iterable[Call], *, elsewhere: bool = False) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the pairs of an input: name of the rule, id of the call, and words.

    `elsewhere`: calls may be where the input does not show them.
    """
    calls, outputs = Places(), Places()
    for place, type_, call_id in given:
        (calls if type_ in items.CALLS else outputs).setdefault(call_id, []).append(place)
    yield from _doubled(calls, "calls")
    yield from _doubled(outputs, "outputs")
    for call_id, places in outputs.items():
        if call_id not in calls and not elsewhere:
            yield (
                "output-without-call",
                call_id,
                f"the output of {call_id!r} at input[{places[0]}] has no call; "
                "send the call along, before its output",
            )
        elif call_id in calls and places[0] < calls[call_id][0]:
            yield (
                "output-before-call",
                call_id,
                f"the output of {call_id!r} at input[{places[0]}] stands before its call "
                f"at input[{calls[call_id][0]}]; keep the order in which they came about",
            )
    for call_id in calls.keys() - outputs.keys():
        yield (
            "call-without-output",
            call_id,
            f"the call {call_id!r} at input[{calls[call_id][0]}] has no output; "
            "send one, also for a call that failed or was stopped",
        )


def _doubled(places: Places, what: str) -> Iterator[tuple[str, str, str]]:
    for call_id, at in places.items():
        if len(at) > 1:
            where = " and ".join(f"input[{place}]" for place in at)
            yield (
                DOUBLED,
                call_id,
                f"{what} with the same id {call_id!r} at {where}; send each once",
            )


def _is_elsewhere(ask: Ask) -> bool:
    return ask.chained or _ELSEWHERE in ask.types
