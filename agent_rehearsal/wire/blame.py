"""Where in the test's own code an exception came from, in words."""

from pathlib import PurePath
from traceback import extract_tb


def place_of(error: BaseException) -> str:
    """` (file.py:12, in name)` of the frame that raised; empty for what was never raised."""
    frames = extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = frames[-1]
    return f" ({PurePath(last.filename).name}:{last.lineno}, in {last.name})"
