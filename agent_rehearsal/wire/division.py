"""Into which pieces bytes are divided before they are written.

Pure functions on bytes.
"""

import re
from itertools import pairwise

_CHARACTER = re.compile(rb"[\xc2-\xf4](?=[\x80-\xbf])")
"""The first byte of a character of several bytes, with another after it."""


def utf8_sizes(data: bytes) -> tuple[int, ...]:
    """The sizes of the pieces of `data` that end after the first byte of each longer character.

    Empty where there is no such character.
    """
    ends = [match.end() for match in _CHARACTER.finditer(data)]
    return tuple(b - a for a, b in pairwise([0, *ends, len(data)])) if ends else ()
