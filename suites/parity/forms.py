"""A form that a client sent, as JSON: which parts it has, in their order, and what is in each."""

import json
from typing import Any

from mock_realtime.multipart import Part, parts_of

MULTIPART = "multipart/form-data"
JSON = "application/json"


def form(content_type: str, body: bytes) -> dict[str, Any] | None:
    """Its parts by name, and `form`: the name and media type of each; None for what is no form."""
    if not content_type.startswith(MULTIPART):
        return None
    parts = parts_of(content_type, body)
    order = [f"{name} {part.type}" for name, part in parts.items()]
    return {"form": order, **{name: _content(part) for name, part in parts.items()}}


def _content(part: Part) -> Any:
    return json.loads(part.data) if part.type == JSON else part.data.decode()
