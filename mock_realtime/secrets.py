"""Client secrets: `POST /v1/realtime/client_secrets`, and the session that each one stands for.

Sans-IO. A secret is valid by the clock of the loop; which session a socket gets is for others to
make of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final

import msgspec

from agent_rehearsal.journal import Entry, Undecodable
from agent_rehearsal.wire import object_of
from mock_realtime.refusal import Refusal
from mock_realtime.settings import check_settings

PATH = "/v1/realtime/client_secrets"
EPOCH: Final = 4_000_000_000
"""Unix seconds, in 2096, that the loop's clock is added to: no client finds its secret expired."""
DEFAULT_SECONDS: Final = 600
_LEAST, _MOST = 10, 7200
_TYPES = {"realtime": "realtime.session", "transcription": "realtime.transcription_session"}
"""The type of a session -> the `object` of what is made."""
_SUBPROTOCOL = re.compile(r"openai-insecure-api-key\.([^\s,]+)")
"""How a browser, which cannot set headers, hands over its key on a WebSocket."""


class BadSecret(ValueError):
    """A request that makes no secret. Names the field, and the API's code for what is wrong."""

    def __init__(self, message: str, param: str | None, code: str | None = None) -> None:
        super().__init__(message)
        self.param = param
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One client secret."""

    value: str = field(repr=False)
    session: Mapping[str, Any]
    """What was asked for; a session that is made with this secret begins with it."""
    made: Mapping[str, Any]
    """The session as the answer has it."""
    expires: float
    """Loop time in seconds."""

    def body(self) -> dict[str, Any]:
        """The answer to the request that made it."""
        return {"value": self.value, "expires_at": EPOCH + int(self.expires), "session": self.made}


class Secrets:
    """The client secrets of one server."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._known: dict[str, Secret] = {}

    def make(self, entry: Entry) -> Secret:
        """A new secret, as a request asks for it. Raises BadSecret."""
        asked = _asked(entry)
        session = _session(asked)
        number = next(self._numbers)
        secret = Secret(
            value=f"ek_rehearsal_{number:08}",
            session=session,
            made=_made(session, f"sess_secret_{number:08}"),
            expires=entry.at + _seconds(asked),
        )
        self._known[secret.value] = secret
        return secret

    def expire(self, now: float) -> None:
        """Let the time of every secret so far be over, in seconds of loop time."""
        for value, secret in self._known.items():
            self._known[value] = replace(secret, expires=min(now, secret.expires))

    def of(self, entry: Entry) -> Secret | None:
        """The secret that a request or an upgrade carries as its key; None for any other key."""
        return self._known.get(key_of(entry))


def key_of(entry: Entry) -> str:
    """The key that a request or an upgrade carries, in its header or as a browser's subprotocol."""
    scheme, _, key = (entry.header("authorization") or "").partition(" ")
    if scheme.lower() == "bearer":
        return key.strip()
    found = _SUBPROTOCOL.search(entry.header("sec-websocket-protocol") or "")
    return found[1] if found else ""


def merged(*sessions: Mapping[str, Any]) -> dict[str, Any]:
    """Sessions laid over each other, the last on top; objects within them field by field."""
    result: dict[str, Any] = {}
    for session in sessions:
        for name, value in session.items():
            below = result.get(name)
            if isinstance(below, Mapping) and isinstance(value, Mapping):
                result[name] = merged(below, value)
            else:
                result[name] = value
    return result


def _asked(entry: Entry) -> Mapping[str, Any]:
    if not entry.body:
        return {}
    try:
        return object_of(entry)
    except Undecodable as error:
        raise BadSecret(str(error), None) from error


def _session(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    session = asked.get("session", {})
    if not isinstance(session, dict):
        raise BadSecret(f"session is {session!r}; expected an object", "session")
    kind = session.get("type", "realtime")
    if kind not in _TYPES:
        raise BadSecret(
            f"session.type is {kind!r}; expected one of {', '.join(_TYPES)}", "session.type"
        )
    try:
        check_settings({"type": kind, **session}, "session")
    except Refusal as refusal:
        raise BadSecret(refusal.message, refusal.param, refusal.code) from None
    return session


def _made(session: Mapping[str, Any], id: str) -> dict[str, Any]:
    kind = session.get("type", "realtime")
    return {"type": kind, **session, "id": id, "object": _TYPES[kind]}


def _seconds(asked: Mapping[str, Any]) -> int:
    try:
        found = msgspec.convert(asked.get("expires_after") or {}, _ExpiresAfter)
    except msgspec.ValidationError as error:
        raise BadSecret(f"expires_after: {error}", "expires_after") from error
    if found.anchor != "created_at":
        raise BadSecret(
            f"expires_after.anchor is {found.anchor!r}; expected 'created_at'",
            "expires_after.anchor",
        )
    if not _LEAST <= found.seconds <= _MOST:
        raise BadSecret(
            f"expires_after.seconds is {found.seconds}; expected {_LEAST} to {_MOST}",
            "expires_after.seconds",
        )
    return found.seconds


class _ExpiresAfter(msgspec.Struct, frozen=True, kw_only=True):
    anchor: str = "created_at"
    seconds: int = DEFAULT_SECONDS
