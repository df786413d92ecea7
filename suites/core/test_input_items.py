"""The input of a request as a value: what it holds, and what it goes on from."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from codex_core.model_client.input_items import InputItems

RAWS = st.lists(st.integers(0, 2).map(lambda number: msgspec.Raw(b"%d" % number)), max_size=5)


class Unseen:
    """Whoever compares it fails."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise AssertionError("an item that is known was looked at")


def test_a_list_that_grows_leaves_it_as_it_was() -> None:
    """What is added later is in later ones only."""
    items = [msgspec.Raw(b"1")]
    first = InputItems(items)
    items.append(msgspec.Raw(b"2"))
    assert [bytes(raw) for raw in first] == [b"1"]
    assert (len(first), len(InputItems(items))) == (1, 2)
    assert first.after(0) == items[:1]
    assert InputItems(items).after(1) == items[1:]
    assert not first.continues(InputItems([]), items)


@given(RAWS, RAWS, RAWS)
def test_it_goes_on_from_what_it_begins_with(old: Any, brought: Any, now: Any) -> None:
    """From an earlier one and the items that were brought, and from nothing else."""
    expected = now[: len(old) + len(brought)] == [*old, *brought]
    assert InputItems(now).continues(InputItems(old), brought) == expected
    assert InputItems([*old, *brought, *now]).continues(InputItems(old), brought)


def test_what_it_shares_is_not_looked_at() -> None:
    """So a long history costs nothing to go on from."""
    items: list[Any] = [Unseen(), Unseen()]
    first = InputItems(items)
    items += [msgspec.Raw(b"3"), Unseen()]
    assert InputItems(items).continues(first, [msgspec.Raw(b"3")])
    assert not InputItems(items).continues(first, [msgspec.Raw(b"4")])
