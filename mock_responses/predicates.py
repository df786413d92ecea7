"""Predicates that know the Responses API; they compose with those of the journal."""

from dataclasses import dataclass

from agent_rehearsal.journal import Entry, Leaf, Predicate, Undecodable
from mock_responses.views import CREATE, RequestView, body_of


@dataclass(frozen=True, slots=True, repr=False)
class CarriesOutputOf(Leaf):
    """A request hands back the output of one call."""

    call_id: str

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        try:
            found = [item.get("call_id") for item in RequestView(entry).outputs]
        except Undecodable as error:
            return 0.0, str(error)
        if self.call_id in found:
            return None
        closeness = 0.5 if found else 0.0
        return closeness, f"it has outputs of {', '.join(map(str, found)) or 'no call'}"

    def __repr__(self) -> str:
        return f"carries_output_of({self.call_id!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Asks(Leaf):
    """The last user text of a request has a text in it."""

    text: str

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        try:
            texts = RequestView(entry).texts("user")
        except Undecodable as error:
            return 0.0, str(error)
        if texts and self.text in texts[-1]:
            return None
        return 0.3, f"the last user text is {texts[-1]!r}" if texts else "it has no user text"

    def __repr__(self) -> str:
        return f"asks({self.text!r})"


@dataclass(frozen=True, slots=True, repr=False)
class IsPrewarm(Leaf):
    """A request that asks for no output."""

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        body = body_of(entry) if entry.direction == "in" else {}
        if body.get("type") != CREATE:
            return 0.0, f"it is no {CREATE}"
        generate = body.get("generate", True)
        return None if generate is False else (0.5, f"generate is {generate!r}")

    def __repr__(self) -> str:
        return "is_prewarm"


is_prewarm: Predicate = IsPrewarm()
"""A `response.create` with `generate: false`, with which a client warms a WebSocket up.

Only a reply whose condition has it, alone or with `&`, answers a prewarm.
"""


def carries_output_of(call_id: str) -> Predicate:
    """A request that hands back the output of the call `call_id`, of whatever kind of tool."""
    return CarriesOutputOf(call_id)


def asks(text: str) -> Predicate:
    """A request whose last user text contains `text`."""
    return Asks(text)
