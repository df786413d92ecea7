"""Predicates that know the Responses API; they compose with those of the journal."""

from dataclasses import dataclass

from agent_rehearsal.journal import Entry, Leaf, Predicate, Undecodable
from mock_responses.views import RequestView, outputs_in


@dataclass(frozen=True, slots=True, repr=False)
class CarriesOutputOf(Leaf):
    """A request hands back the output of one call."""

    call_id: str

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        try:
            found = [item.get("call_id") for item in outputs_in(entry.json)]
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


def carries_output_of(call_id: str) -> Predicate:
    """A request that hands back the output of the call `call_id`, of whatever kind of tool."""
    return CarriesOutputOf(call_id)


def asks(text: str) -> Predicate:
    """A request whose last user text contains `text`."""
    return Asks(text)
