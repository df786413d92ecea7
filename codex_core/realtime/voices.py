"""The voices of each version, and the choice among them. A table.

Source: the reference client and its schema.
"""

from collections.abc import Mapping

from codex_core.protocol.realtime import Version
from codex_core.protocol.realtime_events import Voices
from codex_core.realtime.refusal import StartRefusedError

__all__ = ["VOICES", "choose_voice"]

_V1 = ("juniper", "maple", "spruce", "ember", "vale", "breeze", "arbor", "sol", "cove")
_V2 = (
    "alloy",
    "ash",
    "ballad",
    "coral",
    "echo",
    "sage",
    "shimmer",
    "verse",
    "marin",
    "cedar",
)
VOICES = Voices(v1=_V1, v2=_V2, default_v1="cove", default_v2="marin")
_OF: Mapping[Version, tuple[tuple[str, ...], str]] = {"v1": (_V1, "cove"), "v2": (_V2, "marin")}


def choose_voice(version: Version, *given: str | None) -> str:
    """The first voice that is given, else the usual one; raises `StartRefusedError`."""
    known, usual = _OF[version]
    voice = next((name for name in given if name is not None), usual)
    if voice not in known:
        raise StartRefusedError(
            f"realtime voice `{voice}` is not supported for {version}; "
            f"supported voices: {', '.join(known)}"
        )
    return voice
