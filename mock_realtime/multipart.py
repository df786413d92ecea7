"""`multipart/form-data`: the named parts of a body, after RFC 7578 and RFC 2046.

Sans-IO; what a part means is not known here.
"""

import re
from dataclasses import dataclass

_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]+)"|([^;\s]+))', re.IGNORECASE)
_NAME = re.compile(r'content-disposition:.*?;\s*name="([^"]*)"', re.IGNORECASE)
_TYPE = re.compile(r"content-type:\s*([^;\r\n]+)", re.IGNORECASE)


class NotMultipart(ValueError):
    """A body that has no parts. Says what is missing."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a body."""

    type: str
    """Its media type, lower case; empty where it has none."""
    data: bytes


def parts_of(content_type: str, body: bytes) -> dict[str, Part]:
    """The parts by name, the first of each. Raises NotMultipart."""
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise NotMultipart(
            f"content-type is {content_type!r}; expected a boundary: multipart/form-data; "
            "boundary=..."
        )
    marker = f"--{match[1] or match[2]}".encode()
    _, *pieces = (b"\r\n" + body).split(b"\r\n" + marker)
    if not pieces or not pieces[-1].startswith(b"--"):
        raise NotMultipart(f"the body does not end with the boundary {marker.decode()!r} and '--'")
    found: dict[str, Part] = {}
    for piece in pieces[:-1]:
        name, part = _part(piece)
        found.setdefault(name, part)
    return found


def _part(piece: bytes) -> tuple[str, Part]:
    head, _, data = piece.partition(b"\r\n\r\n")
    text = head.decode("utf-8", "replace")
    name = _NAME.search(text)
    if name is None:
        raise NotMultipart(f"a part has no name; its head is {text.strip()!r}")
    kind = _TYPE.search(text)
    return name[1], Part(kind[1].strip().lower() if kind else "", data)
