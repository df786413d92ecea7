"""Where the context goes back into a history that was compacted in the middle of a turn.

Before the user's last words; else before the last summary, else before the last compaction item,
else at the end. Pure: items in, items out.
"""

from collections.abc import Callable, Iterable, Sequence

from codex_core.protocol.items import Compaction, ContextCompaction, KnownItem
from codex_core.session.compaction.speech import is_spoken, is_summary

__all__ = ["with_context"]


def with_context(items: Sequence[KnownItem], context: Iterable[KnownItem]) -> list[KnownItem]:
    """The items with the context in its place."""
    place = _place(items)
    return [*items[:place], *context, *items[place:]]


def _place(items: Sequence[KnownItem]) -> int:
    for wanted in (_is_last_words, is_spoken, _is_compaction):
        found = _last(items, wanted)
        if found is not None:
            return found
    return len(items)


def _last(items: Sequence[KnownItem], wanted: Callable[[KnownItem], bool]) -> int | None:
    places = range(len(items) - 1, -1, -1)
    return next((place for place in places if wanted(items[place])), None)


def _is_last_words(item: KnownItem) -> bool:
    return is_spoken(item) and not is_summary(item)


def _is_compaction(item: KnownItem) -> bool:
    return isinstance(item, Compaction | ContextCompaction)
