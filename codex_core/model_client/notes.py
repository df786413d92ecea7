"""What a server says beside the response: its model, limits, the list of models, moderation.

It stands in headers, in the payload of any event, or in events of its own. An unreadable note is no
note; the event that carries it counts all the same.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from codex_core.model_client.rate_limits import event_snapshot, snapshots
from codex_core.model_client.unreadable import UNREADABLE
from codex_core.protocol.usage import RateLimitSnapshot

__all__ = [
    "ModelVerification",
    "ModelsEtag",
    "Note",
    "RateLimits",
    "ReasoningIncluded",
    "SafetyBuffering",
    "ServerModel",
    "TurnModeration",
    "TurnStateSet",
    "header_events",
    "payload_notes",
]

TURN_STATE = "x-codex-turn-state"
_MODEL_HEADERS = ("openai-model", "x-openai-model")
_VERIFICATIONS = frozenset({"trusted_access_for_cyber"})


class _Note(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every note."""


class ServerModel(_Note, frozen=True, kw_only=True):
    """The model that answers, which need not be the one that was asked."""

    model: str


class RateLimits(_Note, frozen=True, kw_only=True):
    """The limits of one family."""

    snapshot: RateLimitSnapshot


class ModelsEtag(_Note, frozen=True, kw_only=True):
    """The version of the provider's list of models."""

    etag: str


class ReasoningIncluded(_Note, frozen=True, kw_only=True):
    """The server counts earlier reasoning itself."""


class TurnStateSet(_Note, frozen=True, kw_only=True):
    """The turn's state, to be sent with its later requests; said over a WebSocket."""

    value: str


class ModelVerification(_Note, frozen=True, kw_only=True):
    """What the account should have verified."""

    verifications: tuple[str, ...]


class TurnModeration(_Note, frozen=True, kw_only=True):
    """What moderation says of the turn, as it came."""

    metadata: Any


class SafetyBuffering(_Note, frozen=True, kw_only=True):
    """The answer is held back while it is looked at."""

    use_cases: tuple[str, ...]
    reasons: tuple[str, ...]


Note = (
    ServerModel
    | RateLimits
    | ModelsEtag
    | ReasoningIncluded
    | TurnStateSet
    | ModelVerification
    | TurnModeration
    | SafetyBuffering
)


def header_events(headers: Mapping[str, str], *, limits: bool = True) -> list[Note]:
    """The notes in the headers of a reply, by lower-case name; a handshake tells no limits."""
    found: list[Note] = []
    if model := headers.get(_MODEL_HEADERS[0]):
        found.append(ServerModel(model=model))
    if limits:
        found += [RateLimits(snapshot=one) for one in snapshots(headers)]
    if etag := headers.get("x-models-etag"):
        found.append(ModelsEtag(etag=etag))
    if "x-reasoning-included" in headers:
        found.append(ReasoningIncluded())
    return found


_NULL = msgspec.Raw(b"null")


class _Payload(msgspec.Struct):
    """The parts of an event that may hold notes; raw, so that each is read or passed over alone."""

    type: str
    headers: msgspec.Raw = _NULL
    response: msgspec.Raw = _NULL
    metadata: msgspec.Raw = _NULL
    safety_buffering: msgspec.Raw = _NULL


class _Response(msgspec.Struct):
    headers: dict[str, Any] | None = None


class _Metadata(msgspec.Struct):
    openai_verification_recommendation: tuple[str, ...] = ()


class _Moderation(msgspec.Struct):
    openai_chatgpt_moderation_metadata: Any = None


_PAYLOAD = msgspec.json.Decoder(_Payload)
_HEADERS = msgspec.json.Decoder(dict[str, Any])
_RESPONSE = msgspec.json.Decoder(_Response)
_METADATA = msgspec.json.Decoder(_Metadata)
_MODERATION = msgspec.json.Decoder(_Moderation)
_SAFETY = msgspec.json.Decoder(SafetyBuffering)

_Read = TypeVar("_Read")


def payload_notes(data: bytes) -> list[Note]:
    """The notes in the data of one event; they come before the event itself."""
    if not _may_hold_notes(data):
        return []
    payload = _read(_PAYLOAD.decode, data)
    if payload is None:
        return []
    if payload.type == "codex.rate_limits":
        limits = event_snapshot(data)
        return [] if limits is None else [RateLimits(snapshot=limits)]
    own = _metadata_notes(payload) if payload.type == "response.metadata" else []
    safety = _read(_SAFETY.decode, payload.safety_buffering)
    return [*_models(payload), *own, *([] if safety is None else [safety])]


_MARKS = (b'"headers"', b'"metadata"', b'"safety_buffering"', b'"codex.rate_limits"')


def _may_hold_notes(data: bytes) -> bool:
    """Most events are deltas, which hold none: they are not decoded for it."""
    return any(mark in data for mark in _MARKS)


def _read(decode: Callable[[bytes], _Read], data: bytes | msgspec.Raw | None) -> _Read | None:
    if data is None:
        return None
    try:
        return decode(bytes(data))
    except UNREADABLE:
        return None


def _models(payload: _Payload) -> list[Note]:
    """The server's model: the response's own headers win over the event's."""
    response = _read(_RESPONSE.decode, payload.response)
    inner = response.headers if response else None
    for headers in (inner, _read(_HEADERS.decode, payload.headers)):
        for name in _MODEL_HEADERS:
            if headers and (model := _header(headers, name)):
                return [ServerModel(model=model)]
    return []


def _metadata_notes(payload: _Payload) -> list[Note]:
    found: list[Note] = []
    if state := _header(_read(_HEADERS.decode, payload.headers) or {}, TURN_STATE):
        found.append(TurnStateSet(value=state))
    metadata = _read(_METADATA.decode, payload.metadata)
    asked = metadata.openai_verification_recommendation if metadata else ()
    if known := tuple(name for name in asked if name in _VERIFICATIONS):
        found.append(ModelVerification(verifications=known))
    moderation = _read(_MODERATION.decode, payload.metadata)
    if moderation and moderation.openai_chatgpt_moderation_metadata is not None:
        found.append(TurnModeration(metadata=moderation.openai_chatgpt_moderation_metadata))
    return found


def _header(headers: Mapping[str, Any], name: str) -> str | None:
    """A header by its name in any case: a text, or the first of a list of texts."""
    for key, value in headers.items():
        first = value[0] if isinstance(value, list) and value else value
        if key.lower() == name and isinstance(first, str) and first:
            return first
    return None
