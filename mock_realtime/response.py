"""The response object of the API, and the tokens that it counts.

Pure functions on JSON objects.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from mock_realtime.audio import Encoding
from mock_realtime.client_events import ResponseOptions
from mock_realtime.settings import SessionSettings

Json = dict[str, Any]
CHARACTERS_PER_TOKEN: Final = 4
OUTPUT_MS_PER_TOKEN: Final = 50
"""How much speech of the model is one token."""


def response(
    id: str,
    status: str,
    *,
    settings: SessionSettings,
    options: ResponseOptions,
    speaks: bool,
    conversation: str | None,
    output: Iterable[Json] = (),
    details: Mapping[str, Any] | None = None,
    usage: Json | None = None,
) -> Json:
    """The object in `response.created` and `response.done`."""
    audios = settings.told.get("audio"), options.audio
    output_audio = {k: v for each in audios for k, v in ((each or {}).get("output") or {}).items()}
    limit = options.max_output_tokens or settings.told.get("max_output_tokens", "inf")
    return {
        "object": "realtime.response",
        "id": id,
        "status": status,
        "status_details": {"type": status, **details} if details is not None else None,
        "output": list(output),
        "conversation_id": conversation,
        "output_modalities": ["audio"] if speaks else ["text"],
        "max_output_tokens": limit,
        "audio": {"output": {key: output_audio.get(key) for key in ("format", "voice")}},
        "usage": usage,
        "metadata": options.metadata,
    }


def usage(context: int, text: str, sound: int, format: Encoding) -> Json:
    """Tokens: of the `context` characters of the items before the response, of its texts, and of
    its `sound` bytes.
    """
    read = context // CHARACTERS_PER_TOKEN + 1
    written = -(-len(text) // CHARACTERS_PER_TOKEN)
    spoken = format.ms(sound) // OUTPUT_MS_PER_TOKEN
    return {
        "total_tokens": read + written + spoken,
        "input_tokens": read,
        "output_tokens": written + spoken,
        "input_token_details": {
            "text_tokens": read,
            "audio_tokens": 0,
            "image_tokens": 0,
            "cached_tokens": 0,
            "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0},
        },
        "output_token_details": {"text_tokens": written, "audio_tokens": spoken},
    }
