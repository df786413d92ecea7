"""The request that makes a call, read: a session description, alone or with a session beside it.

Knows the three forms of its body. Whether the description is one is `sdp`'s to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from agent_rehearsal.journal import Entry, Undecodable
from agent_rehearsal.wire import View
from mock_realtime.multipart import NotMultipart, parts_of
from mock_realtime.refusal import Refusal
from mock_realtime.settings import check_settings

SDP = "application/sdp"
MULTIPART = "multipart/form-data"
JSON = "application/json"


class BadOffer(ValueError):
    """A request that makes no call. Says what is wrong, as the API names it."""

    def __init__(
        self, message: str, *, code: str | None = None, param: str | None = None, status: int = 400
    ) -> None:
        super().__init__(message)
        self.code = code
        self.param = param
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a client offers, and the session that it asks for."""

    sdp: str
    session: Mapping[str, Any] = field(default_factory=dict)


def check_asked(session: Mapping[str, Any], *place: str) -> None:
    """Raise BadOffer for a session that the API does not take; without a type it is `realtime`."""
    try:
        check_settings({"type": "realtime", **session}, *place)
    except Refusal as refusal:
        raise BadOffer(refusal.message, code=refusal.code, param=refusal.param) from None


class CallView(View):
    """A request about a call."""

    __slots__ = ()

    @property
    def offered(self) -> Offered:
        """What it offers. Raises BadOffer where it makes no call."""
        return offered(self.entry)

    @property
    def sdp(self) -> str:
        """The session description that it offers. Raises BadOffer."""
        return self.offered.sdp

    @property
    def session(self) -> Mapping[str, Any]:
        """The session that it asks for, empty where it asks for none. Raises BadOffer."""
        return self.offered.session


def offered(entry: Entry) -> Offered:
    """What a request to `POST /v1/realtime/calls` offers.

    `application/sdp` is the description itself, `multipart/form-data` has it as `sdp` beside
    `session`, and so has JSON, which the Codex CLI sends to its own backend. Raises BadOffer.
    """
    content_type = entry.header("content-type") or ""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in _READERS:
        raise BadOffer(
            f"the content-type is {content_type!r}; expected {', '.join(_READERS)}",
            code="unsupported_content_type",
        )
    try:
        return _READERS[kind](content_type, entry.body)
    except (NotMultipart, Undecodable) as error:
        raise BadOffer(f"the body cannot be read: {error}") from error


def _alone(_: str, body: bytes) -> Offered:
    return Offered(sdp=_text(body))


def _multipart(content_type: str, body: bytes) -> Offered:
    parts = parts_of(content_type, body)
    if "sdp" not in parts:
        raise _missing(f"the parts are {', '.join(parts) or 'none'}")
    session = parts.get("session")
    return Offered(sdp=_text(parts["sdp"].data), session=_session(session.data if session else b""))


def _json(_: str, body: bytes) -> Offered:
    found = _object(body, None)
    if "sdp" not in found:
        raise _missing(f"the fields are {', '.join(found) or 'none'}")
    if not isinstance(found["sdp"], str):
        raise BadOffer(f"sdp is {found['sdp']!r}; expected a text", param="sdp")
    session = found.get("session", {})
    if not isinstance(session, dict):
        raise BadOffer(f"session is {session!r}; expected an object", param="session")
    return Offered(sdp=found["sdp"], session=session)


_READERS = {SDP: _alone, MULTIPART: _multipart, JSON: _json}
"""How a body of each media type is read."""


def _session(data: bytes) -> Mapping[str, Any]:
    return _object(data, "session") if data else {}


def _object(data: bytes, param: str | None) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(data)
    except (ValueError, RecursionError) as error:
        raise BadOffer(f"{param or 'the body'} is no JSON: {error}", param=param) from error
    if not isinstance(found, dict):
        raise BadOffer(
            f"{param or 'the body'} is a JSON {type(found).__name__}; expected an object",
            param=param,
        )
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadOffer(f"the session description is no UTF-8: {error}", param="sdp") from error


def _missing(found: str) -> BadOffer:
    return BadOffer(
        f"there is no session description: {found}; expected one named 'sdp'",
        code="missing_required_parameter",
        param="sdp",
    )
