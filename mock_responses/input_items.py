"""Input items as the API shows them: with ids and types, in pages.

Pure functions. Where the items come from is not known here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mock_responses.shapes import Json, prefix

PAGE = 20
"""Items of a page, unless the client asks for another number."""
LARGEST = 100
ORDERS = ("desc", "asc")


class BadQuery(ValueError):
    """A query that the API refuses; `param` is the field."""

    def __init__(self, param: str, message: str) -> None:
        super().__init__(message)
        self.param = param


def input_items(given: Iterable[Mapping[str, Any]], name: str) -> list[Json]:
    """The items of a request, each with an id and a type; a text in a message as a part.

    `name` makes ids that are missing: `msg_<name>_1` for the second item, a message.
    """
    return [_shown(one, f"{name}_{place}") for place, one in enumerate(given)]


def page(items: Sequence[Json], query: Mapping[str, str]) -> Json:
    """One page of a list, newest first unless `order` is `asc`. Raises BadQuery."""
    order = query.get("order", ORDERS[0])
    if order not in ORDERS:
        raise BadQuery("order", f"order is {order!r}; expected one of {', '.join(ORDERS)}")
    listed = list(items) if order == "asc" else list(reversed(items))
    rest = listed[_start(listed, query.get("after")) :]
    data = rest[: _limit(query.get("limit", str(PAGE)))]
    return {
        "object": "list",
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": len(data) < len(rest),
    }


def _start(listed: Sequence[Json], after: str | None) -> int:
    if after is None:
        return 0
    places = [place for place, one in enumerate(listed, start=1) if one["id"] == after]
    if not places:
        raise BadQuery("after", f"after is {after!r}, which is none of the items")
    return places[0]


def _limit(given: str) -> int:
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= LARGEST:
        raise BadQuery("limit", f"limit is {given!r}; expected a number from 1 to {LARGEST}")
    return int(given)


def _shown(one: Mapping[str, Any], name: str) -> Json:
    type = one.get("type") or "message"
    shown = {**one, "id": one.get("id") or f"{prefix(type)}_{name}", "type": type}
    if isinstance(shown.get("content"), str):
        kind = "output_text" if shown.get("role") == "assistant" else "input_text"
        shown["content"] = [{"type": kind, "text": shown["content"]}]
    return shown
