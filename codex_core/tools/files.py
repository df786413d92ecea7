"""Files as tools meet them: read whole, or a reason why not. It never waits for a pipe or device.

Files are read and written synchronously, so nothing else of the core runs in between.
"""

import os
import stat
from errno import EISDIR, ENOTSUP
from pathlib import Path

__all__ = ["read_regular", "reason_of"]


def read_regular(path: str | Path, *, most: int | None = None) -> bytes:
    """The bytes of a regular file, at most `most`; raises `OSError`, for what is no file too."""
    _check_regular(os.stat(path))
    with open(path, "rb") as file:
        return file.read(-1 if most is None else most)


def _check_regular(found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(ENOTSUP, "Not a regular file")


def reason_of(error: OSError) -> str:
    """The system's words and number for an error, as the reference client has them."""
    return f"{error.strerror} (os error {error.errno})"
