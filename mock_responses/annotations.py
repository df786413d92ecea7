"""Annotations: the sources that the text of a message refers to.

Builders of plain mappings, for `message(..., annotations=[...])` and `annotation_added(...)`.
Positions are in characters of the text.
"""

from typing import Any

from mock_responses import fields
from mock_responses.fields import builder


@builder
def url_citation(url: str, title: str, *, start_index: int, end_index: int) -> dict[str, Any]:
    """A page that the text between two positions was taken from."""
    return {
        "type": "url_citation",
        "url": fields.name("url_citation", "url", url),
        "title": fields.text("url_citation", "title", title),
        "start_index": fields.count("url_citation", "start_index", start_index),
        "end_index": fields.count("url_citation", "end_index", end_index),
    }


@builder
def file_citation(file_id: str, filename: str, *, index: int) -> dict[str, Any]:
    """A file of the user's that the text refers to at a position."""
    return {
        "type": "file_citation",
        "file_id": fields.name("file_citation", "file_id", file_id),
        "filename": fields.text("file_citation", "filename", filename),
        "index": fields.count("file_citation", "index", index),
    }


@builder
def container_file_citation(
    container_id: str, file_id: str, filename: str, *, start_index: int, end_index: int
) -> dict[str, Any]:
    """A file that code left in its container."""
    name = "container_file_citation"
    return {
        "type": name,
        "container_id": fields.name(name, "container_id", container_id),
        "file_id": fields.name(name, "file_id", file_id),
        "filename": fields.text(name, "filename", filename),
        "start_index": fields.count(name, "start_index", start_index),
        "end_index": fields.count(name, "end_index", end_index),
    }


@builder
def file_path(file_id: str, *, index: int) -> dict[str, Any]:
    """The path of a file, at a position in the text."""
    return {
        "type": "file_path",
        "file_id": fields.name("file_path", "file_id", file_id),
        "index": fields.count("file_path", "index", index),
    }
