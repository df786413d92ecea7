"""The table `realtime` of the settings. Values only; what a session makes of them is not known."""

import msgspec

__all__ = ["SESSION_TYPES", "TRANSPORTS", "VERSIONS", "RealtimeSettings"]

VERSIONS = ("v1", "v2")
SESSION_TYPES = ("conversational", "transcription")
TRANSPORTS = ("webrtc", "websocket")


class RealtimeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How realtime conversations are held where the operation that starts one does not say.

    `transport` is for a client that asks the user; the core goes by its operation alone. The last
    six are this core's own, each with the reference client's behaviour as its other value.
    """

    version: str = "v2"
    type: str = "conversational"
    transport: str = "webrtc"
    voice: str | None = None
    mirror_user_text: bool = True
    """Is what the user types to the agent put into the conversation as well?"""
    mark_replaced: bool = True
    """Is the agent's model told at once that a conversation was replaced by another?"""
    label_output: bool = True
    """Is the agent's output under a handoff labelled on v2 too, as it is on v1?"""
    playback_aware: bool = True
    """On v2: is sound that is no speech held back while the model's plays, and does speech cut that
    off for as long as it plays, where the user heard it end, whatever item the speech is told to be
    of? The server names the user's item, not the model's.
    """
    ask_again: bool = True
    """On v2: is a response that the server refused, because it was about to begin another one by
    itself, asked for again when that is over? If not, the refusal ends the session as any error.
    """
    answer_all: bool = True
    """On v2: is every handoff's call answered, also one that hands nothing over, and one whose turn
    says nothing? If not, the model waits for those answers.
    """
