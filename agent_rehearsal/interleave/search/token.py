"""A replay as one word that a shell line takes: `rh1-...`.

The word is the version, then base64 (URL alphabet, unpadded) of a CRC-32 and the deflated JSON of
`plain`. It depends on no version of Python. Reading refuses what is not whole, by name.
"""

import json
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from agent_rehearsal.interleave.search.plain import NotAReplay, from_plain, to_plain
from agent_rehearsal.interleave.search.replay import Replay

VERSION = 1
WORD = re.compile(r"rh(?P<version>[0-9]{1,4})-(?P<body>[A-Za-z0-9_-]*)")
RAW = -15
"""Deflate without a header: the checksum is ours."""
SUM = 4
"""Bytes of the checksum."""
LARGEST = 1 << 20
"""Bytes of JSON: a word that says more is not ours."""


class TokenError(ValueError):
    """A replay token that cannot be used, and why."""


def encode(replay: Replay) -> str:
    """The token of a replay: letters, digits, `-` and `_`."""
    text = json.dumps(to_plain(replay), separators=(",", ":"), ensure_ascii=False).encode()
    deflate = zlib.compressobj(9, zlib.DEFLATED, RAW)
    packed = deflate.compress(text) + deflate.flush()
    body = urlsafe_b64encode(_checksum(packed) + packed).rstrip(b"=")
    return f"rh{VERSION}-{body.decode()}"


def decode(token: str, *, test: str | None = None) -> Replay:
    """The replay of a token; with `test`, one of this test and no other. Raises TokenError."""
    replay = _replay(_unpacked(_packed(token.strip())))
    if test is not None and replay.test != test:
        raise TokenError(
            f"this replay token is of the test {replay.test}, not of {test};"
            " run that test with it, or take the token from this test's own report"
        )
    return replay


def _packed(token: str) -> bytes:
    """The bytes of the token's body, whole."""
    word = WORD.fullmatch(token)
    if word is None:
        raise TokenError(
            f"{token!r:.40} is no replay token: expected rh{VERSION}- and then letters, digits,"
            " - and _; copy it from the line that begins with replay: in a report"
        )
    if int(word["version"]) != VERSION:
        raise TokenError(
            f"this replay token is of version {word['version']},"
            f" and version {VERSION} is read here; make a new one by exploring the test again"
        )
    body = word["body"].encode()
    if len(body) % 4 == 1:
        raise _damaged()
    checked = urlsafe_b64decode(body + b"=" * (-len(body) % 4))
    if _checksum(checked[SUM:]) != checked[:SUM]:
        raise _damaged()
    return checked[SUM:]


def _unpacked(packed: bytes) -> str:
    inflate = zlib.decompressobj(RAW)
    try:
        text = inflate.decompress(packed, LARGEST)
        if not inflate.eof:
            raise _damaged()
        return text.decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise _damaged() from error


def _replay(text: str) -> Replay:
    try:
        return from_plain(json.loads(text))
    except (json.JSONDecodeError, NotAReplay) as error:
        raise TokenError(
            f"this replay token is whole but not of this program: {error};"
            " make a new one by exploring the test again"
        ) from error


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(SUM)


def _damaged() -> TokenError:
    return TokenError(
        "this replay token is cut off or altered: its checksum does not fit;"
        " copy the whole of it, without spaces or line breaks"
    )
