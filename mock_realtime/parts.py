"""What the model and the user of a session say, as a test writes it: messages, speech, calls.

A value each, made by a builder that checks what it is given. How it becomes events is in `turn`,
`v1_turn` and `heard`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

import msgspec

from agent_rehearsal.wire.script import Mark

Piece = str | bytes | Mark
"""A delta of text, a delta of sound, or a mark between two of them."""
Reason = Literal["max_output_tokens", "content_filter"]
HANDOFF_TOOL: Final = "background_agent"
"""The function by whose call the model of a Codex session hands work over (v2)."""


class Part:
    """Something that a response is made of."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Message(Part):
    """What the model says, in deltas."""

    pieces: tuple[Piece, ...]
    speaks: bool | None = None
    """Whether it is spoken; None leaves that to the session."""


@dataclass(frozen=True, slots=True)
class FunctionCall(Part):
    """A call of one of the client's functions."""

    name: str
    pieces: tuple[str | Mark, ...]
    """The arguments in deltas."""
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Handoff(Part):
    """The model hands a task over to the agent."""

    prompt: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Ending(Part):
    """How a response ends, if not well."""

    status: Literal["failed", "incomplete", "cancelled"]
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """The user says something, and the server's turn detection hears it."""

    transcript: str
    audio: bytes | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """The user begins to say something."""

    def __repr__(self) -> str:
        return "barge_in()"


@dataclass(frozen=True, slots=True)
class Usual:
    """What the mock would say without the reply that this is a part of."""

    def __repr__(self) -> str:
        return "usual()"


def message(*pieces: Piece) -> Message:
    """The model says the text: written or spoken, as the session or the response asks."""
    return Message(_pieces("message", pieces))


def text(*pieces: str | Mark) -> Message:
    """The model writes the text."""
    return Message(_pieces("text", pieces, (str,)), speaks=False)


def speech(*pieces: Piece) -> Message:
    """The model speaks: texts are deltas of the transcript, bytes of the sound, in this order.

    Without any bytes each text lasts for 20 ms of silence.
    """
    return Message(_pieces("speech", pieces), speaks=True)


def function_call(
    name: str,
    arguments: Mapping[str, Any] | str | list[str | Mark] | None = None,
    *,
    call_id: str | None = None,
) -> FunctionCall:
    """The model calls a function of the client; `arguments` as a mapping, a text, or deltas."""
    if arguments is None or isinstance(arguments, Mapping):
        pieces: tuple[Any, ...] = (msgspec.json.encode(dict(arguments or {})).decode(),)
    else:
        pieces = (arguments,) if isinstance(arguments, str) else tuple(arguments)
    _text("function_call", "name", name)
    return FunctionCall(name, _pieces("function_call", pieces, (str,)), call_id)


def handoff(prompt: str, *, id: str | None = None) -> Handoff:
    """The model hands `prompt` over to the agent, as a session with the Codex CLI does."""
    return Handoff(_text("handoff", "prompt", prompt, empty=True), id)


def failed(code: str, message: str) -> Ending:
    """The response ends with an error."""
    error = {"type": "server_error", "code": code, "message": message}
    return Ending("failed", {"error": error})


def incomplete(reason: Reason = "max_output_tokens") -> Ending:
    """The response is cut short. Raises ValueError for a reason that the API does not know."""
    if reason not in get_args(Reason):
        known = ", ".join(get_args(Reason))
        raise ValueError(f"incomplete({reason!r}): expected one of {known}")
    return Ending("incomplete", {"reason": reason})


def heard(transcript: str, audio: bytes | None = None) -> Heard:
    """The user says `transcript`: turn detection hears it begin and end, and an item is made of it.

    `audio` is for how long it lasts; without it, what the client has appended counts.
    """
    if audio is not None and not isinstance(audio, bytes):
        raise TypeError(f"heard(audio={audio!r}): expected bytes in the session's input format")
    return Heard(_text("heard", "transcript", transcript, empty=True), audio)


def barge_in() -> Begun:
    """The user begins to speak, and interrupts the model where the session says so."""
    return Begun()


def usual() -> Usual:
    """In a reply: what the mock would have answered without it."""
    return Usual()


def _pieces(
    builder: str, pieces: tuple[Any, ...], kinds: tuple[type, ...] = (str, bytes)
) -> tuple[Any, ...]:
    for place, piece in enumerate(pieces):
        if not isinstance(piece, (*kinds, Mark)):
            wanted = "a text, bytes or a mark" if bytes in kinds else "a text or a mark"
            raise TypeError(f"{builder}(): piece {place} is {piece!r}; expected {wanted}")
    return pieces


def _text(builder: str, name: str, value: Any, *, empty: bool = False) -> str:
    if not isinstance(value, str) or not (value or empty):
        raise TypeError(f"{builder}({name}={value!r}): expected a text{'' if empty else ' in it'}")
    return value
