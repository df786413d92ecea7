"""Requests as snapshots keep them: the texts that a client's makers wrote for a model are withheld.

They are theirs, and not ours to keep; a size and a hash tell of every change all the same.
"""

from collections.abc import Mapping
from typing import Any

from agent_rehearsal.face.shapes import Labels, normalise
from agent_rehearsal.face.shapes.hashing import digest
from mock_responses import RequestView

_THEIRS = ("developer", "system")


def withheld(request: RequestView, labels: Mapping[str, str]) -> dict[str, Any]:
    """The body of `request` without the instructions and developer texts in it."""
    body = dict(request.body)
    if "instructions" in body:
        body["instructions"] = _size(body["instructions"], labels)
    body["input"] = [_item(item, labels) for item in body["input"]]
    return body


def _item(item: dict[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    if item.get("role") not in _THEIRS:
        return item
    content = [{**part, "text": _size(part["text"], labels)} for part in item["content"]]
    return {**item, "content": content}


def _size(text: str, labels: Mapping[str, str]) -> str:
    shown = normalise(text, Labels(labels))
    return f"{len(shown)} characters, hash {digest(shown)}"
