"""What kind of image some bytes are, by their form. It decodes no pixels."""

from collections.abc import Callable, Mapping

__all__ = ["MOST_BYTES", "media_type"]

MOST_BYTES = 20 << 20
"""Size of the largest image that is shown to a model."""

_PNG_HEAD = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_PNG_END = b"IEND\xaeB`\x82"
_JPEG_HEAD = b"\xff\xd8\xff"
_JPEG_END = b"\xff\xd9"
_GIF_HEADS = (b"GIF87a", b"GIF89a")


def _is_png(data: bytes) -> bool:
    return data.startswith(_PNG_HEAD) and _PNG_END in data


def _is_jpeg(data: bytes) -> bool:
    return data.startswith(_JPEG_HEAD) and _JPEG_END in data


def _is_gif(data: bytes) -> bool:
    return data.startswith(_GIF_HEADS) and b"\x3b" in data[13:]


def _is_webp(data: bytes) -> bool:
    size = int.from_bytes(data[4:8], "little")
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= size + 8


_FORMS: Mapping[str, Callable[[bytes], bool]] = {
    "image/png": _is_png,
    "image/jpeg": _is_jpeg,
    "image/gif": _is_gif,
    "image/webp": _is_webp,
}


def media_type(data: bytes) -> str | None:
    """The type of an image that models accept, whole from head to end mark; None for others."""
    return next((name for name, is_form in _FORMS.items() if is_form(data)), None)
