"""What a `previous_response_id` stands for: the items of all requests and responses before.

Values that share their past, so that a conversation is kept once, however many requests go on from
it. Nothing here knows an event or who sent what.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class History:
    """The items up to the end of one response."""

    __slots__ = ("before", "given", "output")

    def __init__(
        self, before: "History | None", given: tuple[Json, ...], output: tuple[Json, ...]
    ) -> None:
        self.before = before
        """What the request went on from."""
        self.given = given
        """What the request itself brought."""
        self.output = output
        """What the server made."""

    def __iter__(self) -> Iterator[Json]:
        for items, _ in self.spans():
            yield from items

    def spans(self) -> Iterator[tuple[tuple[Json, ...], bool]]:
        """The items of each request, and of each response; whether the server made them."""
        for link in self._links():
            yield link.given, False
            yield link.output, True

    def _links(self) -> list["History"]:
        """Each request and its response, the oldest first."""
        links: list[History] = []
        link: History | None = self
        while link is not None:
            links.append(link)
            link = link.before
        return links[::-1]


class Histories(dict[int, History]):
    """What the requests of one connection go on from, by the number of each in the journal."""
