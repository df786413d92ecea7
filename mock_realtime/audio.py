"""Audio as bytes: its formats, how long it lasts, and its way into JSON and back.

Pure functions. Nothing here listens to audio.
"""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mock_realtime.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Encoding:
    """How samples become bytes."""

    rate: int
    """Samples a second."""
    width: int
    """Bytes a sample."""
    silence: bytes
    """One silent sample."""

    def ms(self, size: int) -> int:
        """How many whole milliseconds `size` bytes last."""
        return size * 1000 // (self.rate * self.width)

    def silent(self, ms: int) -> bytes:
        """Silence of `ms` milliseconds."""
        return self.silence * (self.rate * ms // 1000)


PCM: Final = Encoding(24_000, 2, b"\0\0")
ENCODINGS: Final[Mapping[str, Encoding]] = {
    "audio/pcm": PCM,
    "audio/pcmu": Encoding(8_000, 1, b"\xff"),
    "audio/pcma": Encoding(8_000, 1, b"\xd5"),
    "pcm16": PCM,
    "g711_ulaw": Encoding(8_000, 1, b"\xff"),
    "g711_alaw": Encoding(8_000, 1, b"\xd5"),
}
"""By the name of the API, and by that of its beta."""
ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
"""What base64 is made of (RFC 4648, 4)."""


def encoding(told: Any) -> Encoding:
    """The encoding of a `format` setting; PCM where it does not say."""
    name = told.get("type") if isinstance(told, Mapping) else told
    return ENCODINGS.get(str(name), PCM)


def to_base64(data: bytes) -> str:
    """`data` as it stands in an event."""
    return binascii.b2a_base64(data, newline=False).decode()


def from_base64(text: str) -> bytes:
    """The bytes of a text in an event. Raises ValueError for what is no base64 (RFC 4648, 4)."""
    return binascii.a2b_base64(text, strict_mode=True)


def appended(text: str, *, most: int, param: str = "audio") -> int:
    """How many bytes of audio the client appends. Raises Refusal, which names `param`.

    They are not decoded: sound comes by the thousand frames, and the journal has it.
    """
    data = text.encode(errors="surrogatepass")
    padding = data[-2:].count(b"=")
    if len(data) % 4 or data[: len(data) - padding].translate(None, ALPHABET):
        told = f"'{param}': expected base64, found {text[:20]!r}."
        raise Refusal("invalid_value", told, param=param)
    size = len(data) // 4 * 3 - padding
    if size > most:
        told = f"'{param}': {size} bytes in one event; at most {most} are taken."
        raise Refusal("invalid_value", told, param=param)
    return size
