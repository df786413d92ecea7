"""The one picture that scenarios show: a pixel, as a file and as an address."""

import base64
from pathlib import Path

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)
"""A PNG in base64."""
DOT = f"data:image/png;base64,{PIXEL}"
"""The same as an address."""


def dot(folder: Path) -> Path:
    """The same as a file in `folder`."""
    file = folder / "dot.png"
    file.write_bytes(base64.b64decode(PIXEL))
    return file
