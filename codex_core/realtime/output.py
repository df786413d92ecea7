"""How the agent's messages go back into the conversation. Rules and texts; sans-IO."""

from dataclasses import dataclass

from codex_core.realtime.budget import cut_middle
from codex_core.realtime.frames import Json, item_message
from codex_core.realtime.wire import STANDALONE, Wire

__all__ = ["COMPLETE", "LABEL", "SILENT", "STEERED", "OutputRules", "Said"]

LABEL = '"Agent Final Message":\n\n'
"""Goes before what the agent says for a handoff."""
COMPLETE = "The background agent is done. The [BACKEND] messages before this are its result."
SILENT = "The background agent has stopped and told nothing; what was asked for may not be done."
STEERED = "The background agent has this now, and goes by it in the task that it is at."
_BUDGET = 1_000
"""Tokens of one message, the label left out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A message of the agent, and the handoff that it is for, if it is for one.

    One that `follows_up` is for a handoff whose call was answered before.
    """

    text: str
    phase: str | None = None
    handoff_id: str | None = None
    follows_up: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputRules:
    """What the operation that started the session, and the settings, say of the agent's messages.

    With `client_managed` the client itself sends what is to go back. With `as_items` it is context
    that is not to be spoken, after `item_prefix`. A `handoff_prefix`, even an empty one, stands in
    the place of the label before a commentary on v1. On v2 there is a label only if `labelled`, and
    calls to which the agent says nothing are answered only with `answers_all`.
    """

    client_managed: bool = False
    as_items: bool = False
    item_prefix: str | None = None
    handoff_prefix: str | None = None
    labelled: bool = True
    answers_all: bool = True

    def frame(self, wire: Wire, said: Said) -> Json:
        """The message that brings it into the conversation."""
        if self.as_items:
            text = _prefixed(self.item_prefix, wire.backend(said.text))
            return item_message("developer", cut_middle(text, _BUDGET))
        handoff_id = STANDALONE if said.handoff_id is None else said.handoff_id
        return wire.output(handoff_id, self._text(wire, said))

    def spoken(self, wire: Wire, text: str) -> Json:
        """The message that has the model speak a text of the client's."""
        return wire.output(STANDALONE, cut_middle(wire.backend(text), _BUDGET))

    def _text(self, wire: Wire, said: Said) -> str:
        if self.handoff_prefix is not None and not wire.has_responses:
            prefix = self.handoff_prefix if said.phase == "commentary" else None
            return cut_middle(_prefixed(prefix, said.text), _BUDGET)
        delegated = said.handoff_id is not None or said.follows_up
        if delegated and (self.labelled or not wire.has_responses):
            return wire.backend(LABEL) + cut_middle(said.text, _BUDGET)
        return cut_middle(wire.backend(said.text), _BUDGET)


def _prefixed(prefix: str | None, text: str) -> str:
    return f"{prefix}\n\n{text}" if prefix else text
