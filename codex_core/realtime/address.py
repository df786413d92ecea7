"""Where a session is: the address of its WebSocket, and the headers that say which one it is.

Source: the handshakes of the reference client.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, quote_plus, urlsplit, urlunsplit

from codex_core.protocol.realtime import Version
from codex_core.realtime.refusal import StartRefusedError, broken

__all__ = ["INTENT", "session_headers", "socket_url"]

INTENT = "intent=quicksilver"
"""Asks for the wire protocol v1."""
_SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}
_IN_PATH = "!$%&'()*+,-./:;=@[\\]_|~"
_IN_QUERY = "!$%&()*+,-./:;=?@[\\]^_`{|}~"
"""What an address may hold as it is, beside letters and digits (the WHATWG's URL standard)."""
_HEADER = re.compile(r"[\t\x20-\x7e]*")


def socket_url(
    base: str,
    version: Version,
    query: Mapping[str, str],
    *,
    model: str | None = None,
    call_id: str | None = None,
) -> str:
    """The address of a session of its own, or with `call_id` that of a call's.

    `query` is the provider's. Raises `StartRefusedError` for a base that is no address.
    """
    try:
        parts = urlsplit(base)
    except ValueError as error:
        raise StartRefusedError(broken(f"failed to parse realtime api_url: {error}")) from None
    if not parts.scheme or not parts.netloc:
        problem = "failed to parse realtime api_url: relative URL without a base"
        raise StartRefusedError(broken(problem))
    if parts.scheme not in _SCHEMES:
        problem = f"unsupported realtime api_url scheme: {parts.scheme}"
        raise StartRefusedError(broken(problem))
    ours = {"intent"} if model is None else {"intent", "model"}
    pairs = [
        quote(parts.query, safe=_IN_QUERY),
        INTENT if version == "v1" else "",
        _pair("model", model),
        *(_pair(name, value) for name, value in query.items() if name not in ours),
        _pair("call_id", call_id),
    ]
    asked, path = "&".join(filter(None, pairs)), quote(_path(parts.path), safe=_IN_PATH)
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, path, asked, ""))


def session_headers(version: Version, session_id: str) -> dict[str, str]:
    """The headers of a handshake, and of the request that makes a call.

    Raises `StartRefusedError` for an id that no header can hold.
    """
    if not _HEADER.fullmatch(session_id):
        problem = "invalid realtime session id header: failed to parse header value"
        raise StartRefusedError(broken(problem))
    alpha = {"openai-alpha": "quicksilver=v1"} if version == "v1" else {}
    return {"x-session-id": session_id, **alpha}


def _path(path: str) -> str:
    if path in ("", "/"):
        return "/v1/realtime"
    bare = path.removesuffix("/")
    if bare.endswith("/realtime"):
        return bare
    return f"{bare}/realtime" if bare.endswith("/v1") else path


def _pair(name: str, value: str | None) -> str:
    return "" if value is None else f"{_form(name)}={_form(value)}"


def _form(text: str) -> str:
    """As a form has it in a query: a blank is a plus."""
    return quote_plus(text, safe="*").replace("~", "%7E")
