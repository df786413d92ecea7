"""What a session is set to: the object of `session.update`, and of the request that makes a call.

Source: frames of the reference client; v2 is the published Realtime API.
"""

from typing import Any, Literal

from codex_core.protocol.realtime import Version
from codex_core.realtime.frames import Json
from codex_core.realtime.wire_v2 import HANDOFF_TOOL, NOOP_TOOL

__all__ = ["session_object", "transcription_object"]

_RATE = 24_000
_SILENCE_MS = 500
_TRANSCRIBER = "gpt-4o-mini-transcribe"

_HANDS_OVER = """\
Gives a request of the user to the background agent, which can read, write and run things. This is \
what to do with a request unless there is a reason not to. Pass it on in the user's own words. \
While the agent works, the call adds to its task or changes it; when it is idle, it begins one. \
Use it too for what the user wants done after the present task."""
_PROMPT = "What the user asks for, in their own words."
_KEEPS_SILENT = """\
Says nothing. Call it when the best answer is none: a noise, words that are for somebody else, or \
a text that only tells you something. The user notices nothing of it."""


def session_object(
    version: Version, *, instructions: str, voice: str, modality: Literal["text", "audio"]
) -> Json:
    """The settings of a conversation."""
    if version == "v1":
        audio: Json = {"input": {"format": _format()}, "output": {"voice": voice}}
        return {"type": "quicksilver", "instructions": instructions, "audio": audio}
    return {
        "type": "realtime",
        "instructions": instructions,
        "output_modalities": [modality],
        "audio": {"input": _heard(), "output": {"format": _format(), "voice": voice}},
        "tools": [
            _tool(HANDOFF_TOOL, _HANDS_OVER, prompt={"type": "string", "description": _PROMPT}),
            _tool(NOOP_TOOL, _KEEPS_SILENT),
        ],
        "tool_choice": "auto",
    }


def transcription_object() -> Json:
    """The settings of a session that only writes down what the user says (v2)."""
    heard = {"format": _format(), "transcription": {"model": _TRANSCRIBER}}
    return {"type": "transcription", "audio": {"input": heard}}


def _heard() -> Json:
    return {
        "format": _format(),
        "noise_reduction": {"type": "near_field"},
        "transcription": {"model": _TRANSCRIBER},
        "turn_detection": {
            "type": "server_vad",
            "interrupt_response": True,
            "create_response": True,
            "silence_duration_ms": _SILENCE_MS,
        },
    }


def _format() -> Json:
    return {"type": "audio/pcm", "rate": _RATE}


def _tool(name: str, description: str, **properties: Any) -> Json:
    parameters: Json = {"type": "object", "properties": properties}
    if properties:
        parameters["required"] = list(properties)
    parameters["additionalProperties"] = False
    return {
        "type": "function",
        "name": name,
        "description": description,
        "parameters": parameters,
    }
