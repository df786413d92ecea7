"""Additional context: of what comes with each input, the model is told what is new. One memory."""

from collections.abc import Mapping

from codex_core.protocol.additional_context import ContextEntry
from codex_core.protocol.items import InputText, Message
from codex_core.session.fragments import external_fragment, tagged, user_message
from codex_core.tools.truncate import truncate_middle

__all__ = ["AdditionalContextMemory"]

_MOST_TOKENS = 1000


class AdditionalContextMemory:
    """What the input before came with."""

    def __init__(self) -> None:
        self._last: Mapping[str, ContextEntry] = {}

    def news(self, given: Mapping[str, ContextEntry]) -> list[Message]:
        """The messages before an input that comes with these entries, by name."""
        last, self._last = self._last, given
        return [_message(key, given[key]) for key in sorted(given) if last.get(key) != given[key]]


def _message(key: str, entry: ContextEntry) -> Message:
    value = truncate_middle(entry.value, _MOST_TOKENS)
    if entry.kind == "untrusted":
        return user_message(external_fragment(key, value))
    return Message(role="developer", content=(InputText(text=tagged(key, value)),))
