"""Images that the provider makes, kept as files in the settings folder, one folder a thread."""

import binascii
import re
from base64 import b64decode
from pathlib import Path

from codex_core.protocol.items import ImageGenerationCall, InputText, Message

__all__ = ["GeneratedImages"]

_NOTE = """\
The image is in {path}. If it is wanted elsewhere, copy it; delete it only if the user asks for \
that."""
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


class GeneratedImages:
    """Those of one thread; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._kept: dict[str, Path] = {}

    def keep(self, item: ImageGenerationCall) -> Message | None:
        """Writes an image's file, and tells where; None if there is no image or no way to."""
        path = self._path(item)
        data = _data(item.result)
        if path is None or not data:
            return None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError:
            return None
        self._kept[str(item.id)] = path
        return Message(role="developer", content=(InputText(text=_NOTE.format(path=path)),))

    def path_of(self, item: ImageGenerationCall) -> Path | None:
        """Where an image was written."""
        return self._kept.get(str(item.id))

    def _path(self, item: ImageGenerationCall) -> Path | None:
        if self._folder is None or not item.id:
            return None
        return self._folder / f"{_UNSAFE.sub('_', item.id)}.png"


def _data(encoded: str) -> bytes:
    """The image's bytes; none for what is no base64."""
    try:
        return b64decode(encoded, validate=True)
    except binascii.Error:
        return b""
