"""The user's input as the content of a message. It reads the images that lie in files."""

from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

from codex_core.protocol.inputs import ImageInput, InputItem, LocalImageInput, TextInput
from codex_core.protocol.items import InputImage, InputText
from codex_core.tools.files import read_regular, reason_of
from codex_core.tools.images import MOST_BYTES, media_type

__all__ = ["user_content"]

Part = InputText | InputImage

_DETAIL = "high"


def user_content(items: Iterable[InputItem], cwd: Path) -> tuple[Part, ...]:
    """The parts in the order of the items; images are numbered through."""
    parts: list[Part] = []
    images = 0
    for item in items:
        if isinstance(item, TextInput):
            parts.append(InputText(text=item.text))
            continue
        images += 1
        if isinstance(item, ImageInput):
            parts.append(InputImage(image_url=item.image_url, detail=item.detail or _DETAIL))
        else:
            parts += _local_image(item, cwd / item.path, images)
    return tuple(parts)


def _local_image(item: LocalImageInput, path: Path, number: int) -> list[Part]:
    try:
        data = read_regular(path, most=MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
        return [InputText(text=f"The image at `{path}` cannot be read: {reason}")]
    url = f"data:{media_type(data) or 'application/octet-stream'};base64,{b64encode(data).decode()}"
    return [
        InputText(text=f'<image name=[Image #{number}] path="{path}">'),
        InputImage(image_url=url, detail=item.detail or _DETAIL),
        InputText(text="</image>"),
    ]
