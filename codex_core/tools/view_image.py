"""The tool `view_image`: an image file is shown to the model, as it is, in a data URL."""

import os
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from codex_core.protocol.events import ViewImageToolCall
from codex_core.protocol.items import InputImage, InputText, ToolOutput
from codex_core.tools.arguments import BadArguments, parse_arguments
from codex_core.tools.files import read_regular, reason_of
from codex_core.tools.images import MOST_BYTES, media_type
from codex_core.tools.tool import Call, ToolContext

__all__ = ["ViewImage"]

_OMITTED = InputText(text="image content omitted because it could not be processed")


class _Arguments(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    detail: Literal["high", "original"] = "high"


_ARGUMENTS = msgspec.json.Decoder(_Arguments)


class ViewImage:
    """Shows PNG, JPEG, GIF and WebP files."""

    name = "view_image"
    parallel = True
    spec: Mapping[str, Any] = {
        "type": "function",
        "name": "view_image",
        "description": "Look at an image file of the user.",
        "strict": False,
        "parameters": {
            "type": "object",
            "properties": {
                "path": {"type": "string", "description": "Path of the file."},
                "detail": {
                    "type": "string",
                    "enum": ["high", "original"],
                    "description": "How finely to look; default: high.",
                },
            },
            "required": ["path"],
            "additionalProperties": False,
        },
    }

    async def run(self, call: Call, context: ToolContext) -> ToolOutput:
        """As the protocol says."""
        if not context.takes_images:
            return "view_image cannot be used: this model takes no images"
        try:
            arguments = parse_arguments(_ARGUMENTS, call)
        except BadArguments as error:
            return str(error)
        path = context.cwd / arguments.path
        try:
            data = _read(path)
        except (OSError, ValueError) as error:
            return _failure(path, error)
        context.emit(ViewImageToolCall(call_id=call.call_id, path=str(path)))
        return (_part(data, arguments.detail),)


def _read(path: Path) -> bytes:
    """At most one byte more than may be shown."""
    return read_regular(path, most=MOST_BYTES + 1)


def _failure(path: Path, error: OSError | ValueError) -> str:
    """What the model is told of a file that cannot be read, or of a path that no file can have."""
    reason = reason_of(error) if isinstance(error, OSError) else str(error)
    try:
        is_something_else = not os.path.isfile(path) and os.path.exists(path)
    except ValueError:
        is_something_else = False
    if is_something_else:
        return f"image path `{path}` is not a file"
    return f"unable to locate image at `{path}`: {reason}"


def _part(data: bytes, detail: str) -> InputImage | InputText:
    kind = media_type(data)
    if kind is None or len(data) > MOST_BYTES:
        return _OMITTED
    url = f"data:{kind};base64,{b64encode(data).decode()}"
    return InputImage(image_url=url, detail=detail)
