"""Messages that append audio, told by their bytes: sound comes by the thousand messages, and to
parse one takes longer than all else about it.

Pure functions on bytes. What is not plain here has to be parsed, and may be an append all the same.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from mock_realtime.audio import ALPHABET

BEGIN: Final = rb'\s*\{\s*(?:"event_id"\s*:\s*"[\w.-]*"\s*,\s*)?"type"\s*:\s*'
"""How clients begin a message, up to its type."""
_HEAD: Final = re.compile(BEGIN + rb'"input_audio_buffer\.append"\s*,\s*"audio"\s*:\s*"')
_ENDS: Final = (b'"}', b'="}', b'=="}')
"""How an append ends, by the padding of its audio."""


def plain_appends(messages: Sequence[bytes], *, most: int) -> tuple[int, int]:
    """How many of `messages`, from the first, are plainly appends of base64 (RFC 4648, 4) with at
    most about `most` bytes of audio each; and how many bytes these append.
    """
    head, rest = b"\0", _Rest()
    count, size, limit = 0, 0, most // 3 * 4
    for message in messages:
        if not message.startswith(head):
            found = _HEAD.match(message)
            if found is None:
                break
            head, rest = _known(found[0])
        # What is left of a plain one without its base64 is known; nothing else leaves that.
        known = rest.get(message.translate(None, ALPHABET))
        if known is None or not message.endswith(known[0]):
            break
        characters = len(message) - known[1]
        if characters & 3 or characters > limit:
            break
        count += 1
        size += characters // 4 * 3 - known[2]
    return count, size


_Rest = dict[bytes, tuple[bytes, int, int]]
"""What is left of a plain append without its base64 -> how it ends, how many bytes are around its
base64, and the padding of that.
"""


@lru_cache(maxsize=16)
def _known(head: bytes) -> tuple[bytes, _Rest]:
    left, around = head.translate(None, ALPHABET), len(head) + len(_ENDS[0])
    return head, {left + end: (end, around, padding) for padding, end in enumerate(_ENDS)}
