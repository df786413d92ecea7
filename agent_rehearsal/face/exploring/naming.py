"""The file of a test among those of others: `<folders>/<module>/<test>.<ending>`.

A test of a class is `<Class>.<test>` there. Knows node ids, and no disk.
"""

import re
from hashlib import blake2b
from pathlib import PurePosixPath

_UNSAFE = re.compile(r"[^\w.\[\]=+,-]", re.ASCII)
_LONGEST = 120
"""Characters of a file's name without its ending; the rest gives way to a hash."""


def file_of(test: str, ending: str) -> PurePosixPath:
    """The file of the test with this node id."""
    module, _, name = test.partition("::")
    folder = PurePosixPath(module).with_suffix("")
    return folder / f"{_safe(name.replace('::', '.'))}.{ending}"


def _safe(name: str) -> str:
    """`name` as it may stand in a file name; told apart by a hash where it had to change."""
    safe = _UNSAFE.sub("-", name)
    if safe == name and len(name) <= _LONGEST:
        return name
    return f"{safe[: _LONGEST - 10]}~{blake2b(name.encode(), digest_size=4).hexdigest()}"
