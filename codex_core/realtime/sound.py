"""Arithmetic of sound: how long a frame lasts, how loud it is. PCM of 16 bits, little end first."""

import array
import base64
import binascii
import sys

from codex_core.protocol.realtime import AudioFrame

__all__ = ["check_frame", "duration", "duration_ms", "peak"]

_WIDTH = 2


def check_frame(frame: AudioFrame) -> None:
    """Raises `ValueError` for a frame that is no sound."""
    try:
        base64.b64decode(frame.data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(
            f"realtime_conversation_audio: frame.data is no base64 ({error}); "
            "give it base64 of PCM with 16 bits a sample"
        ) from None
    for name in ("sample_rate", "num_channels"):
        if getattr(frame, name) <= 0:
            raise ValueError(
                f"realtime_conversation_audio: frame.{name} is {getattr(frame, name)}; "
                "expected at least 1, such as 24000 Hz and 1 channel"
            )


def duration(frame: AudioFrame) -> float:
    """How long it lasts, in seconds; 0 for what is no sound."""
    return _samples(frame) / frame.sample_rate if frame.sample_rate else 0.0


def duration_ms(frame: AudioFrame) -> int:
    """The same in whole milliseconds."""
    return _samples(frame) * 1000 // frame.sample_rate if frame.sample_rate else 0


def peak(frame: AudioFrame) -> int:
    """The greatest amplitude, of 32,768."""
    data = _decoded(frame)
    samples = array.array("h", data[: len(data) // _WIDTH * _WIDTH])
    if sys.byteorder == "big":
        samples.byteswap()
    return max((max(samples), -min(samples))) if samples else 0


def _samples(frame: AudioFrame) -> int:
    """Samples of one channel, as told, else as there are."""
    if frame.samples_per_channel is not None:
        return frame.samples_per_channel
    return len(_decoded(frame)) // _WIDTH // frame.num_channels if frame.num_channels else 0


def _decoded(frame: AudioFrame) -> bytes:
    try:
        return base64.b64decode(frame.data)
    except (binascii.Error, ValueError):
        return b""
