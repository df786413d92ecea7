"""What a session is going to be: the operation that starts it, and the settings where it is silent.

Pure; what cannot be is a `StartRefusedError`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from codex_core.config.config import Config
from codex_core.protocol.realtime import Version
from codex_core.protocol.realtime_ops import RealtimeConversationStart, WebRtc
from codex_core.realtime.frames import Json
from codex_core.realtime.output import OutputRules
from codex_core.realtime.prompt import choose_prompt, instructions
from codex_core.realtime.refusal import StartRefusedError
from codex_core.realtime.session_object import session_object, transcription_object
from codex_core.realtime.voices import choose_voice

__all__ = ["DEFAULT_MODEL", "Plan", "make_plan"]

DEFAULT_MODEL = "gpt-realtime-1.5"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A session to be: `id` is the core's own name for it, `session` what it is set to."""

    id: str
    version: Version
    model: str
    session: Json
    rules: OutputRules
    playback_aware: bool
    asks_again: bool
    offer: str | None = None
    """The session description that the client offers, for a call."""


def make_plan(
    op: RealtimeConversationStart,
    config: Config,
    *,
    thread_id: str,
    name: str,
    context: Callable[[], str],
) -> Plan:
    """The plan for an operation; `name` is the user's, `context` makes what is told of the work."""
    offer = op.transport.sdp if isinstance(op.transport, WebRtc) else None
    version = _version(op, config, calls=offer is not None)
    return Plan(
        id=op.realtime_session_id or thread_id,
        version=version,
        model=op.model or config.experimental_realtime_ws_model or DEFAULT_MODEL,
        session=_session(op, config, version, name, context),
        rules=OutputRules(
            client_managed=op.client_managed_handoffs,
            as_items=op.codex_responses_as_items,
            item_prefix=op.codex_response_item_prefix,
            handoff_prefix=op.codex_response_handoff_prefix,
            labelled=config.realtime.label_output,
            answers_all=config.realtime.answer_all,
        ),
        playback_aware=config.realtime.playback_aware,
        asks_again=config.realtime.ask_again,
        offer=offer,
    )


def _version(op: RealtimeConversationStart, config: Config, *, calls: bool) -> Version:
    """A call is v1 whatever the settings say."""
    if not calls:
        return op.version or ("v1" if config.realtime.version == "v1" else "v2")
    if op.version not in (None, "v1"):
        raise StartRefusedError("AVAS realtime calls require realtime v1")
    if config.realtime.type != "conversational":
        raise StartRefusedError("AVAS realtime calls require conversational realtime")
    return "v1"


def _session(
    op: RealtimeConversationStart,
    config: Config,
    version: Version,
    name: str,
    context: Callable[[], str],
) -> Json:
    if version == "v1" and op.output_modality == "text":
        raise StartRefusedError("text realtime output modality requires realtime v2")
    voice = choose_voice(version, op.voice, _configured_voice(op, config))
    if version == "v2" and config.realtime.type == "transcription":
        return transcription_object()
    prompt = choose_prompt(config.experimental_realtime_ws_backend_prompt, op.prompt, name)
    return session_object(
        version,
        instructions=instructions(prompt, _context(op, config, context)),
        voice=voice,
        modality=op.output_modality,
    )


def _configured_voice(op: RealtimeConversationStart, config: Config) -> str | None:
    """The settings' voice, unless a call has its version for being one: it may be of another."""
    forced = isinstance(op.transport, WebRtc) and op.version is None
    return None if forced else config.realtime.voice


def _context(op: RealtimeConversationStart, config: Config, context: Callable[[], str]) -> str:
    if not op.include_startup_context:
        return ""
    given = config.experimental_realtime_ws_startup_context
    return context() if given is None else given
