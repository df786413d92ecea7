"""New tokens for old ones, at the authority that gave them. One request; who keeps them is not its
matter.

Address, client id and error codes are those of the reference client's login.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import msgspec

from codex_core.model_client.auth_file import Tokens
from codex_core.model_client.errors import REFRESH_FAILED, ModelError, stream_error
from codex_core.model_client.transport import Reply, Transport, TransportError
from codex_core.model_client.unreadable import UNREADABLE
from codex_core.runtime import Runtime

__all__ = ["refreshed"]

AUTHORITY = "https://auth.openai.com/oauth/token"
AUTHORITY_VARIABLE = "CODEX_REFRESH_TOKEN_URL_OVERRIDE"
_CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann"
_PATIENCE = 60.0
_SUCCESS = 2

_REASONS = {
    "refresh_token_expired": "its refresh token has expired",
    "refresh_token_reused": "its refresh token was used before",
    "refresh_token_invalidated": "it was revoked",
}
"""Why a login cannot be renewed, by the authority's code."""


class _Renewed(msgspec.Struct):
    access_token: str | None = None
    refresh_token: str | None = None
    id_token: str | None = None


async def refreshed(tokens: Tokens, runtime: Runtime, transport: Transport) -> Tokens:
    """The tokens, renewed.

    Raises `ModelError`: `REFRESH_FAILED` where a new login is needed, else one that may be
    repeated.
    """
    url = runtime.env.get(AUTHORITY_VARIABLE) or AUTHORITY
    asked = {
        "client_id": _CLIENT_ID,
        "grant_type": "refresh_token",
        "refresh_token": tokens.refresh_token,
    }
    headers = {"content-type": "application/json"}
    try:
        async with asyncio.timeout(_PATIENCE):
            reply = await transport.request("POST", url, headers, msgspec.json.encode(asked))
            body = await _whole_body(reply)
        if reply.status // 100 != _SUCCESS:
            raise _refused(reply.status, body)
        renewed = msgspec.json.decode(body, type=_Renewed)
    except (TimeoutError, TransportError, *UNREADABLE) as error:
        raise stream_error(f"the login could not be renewed: {error or 'no answer'}") from error
    return Tokens(
        access_token=renewed.access_token or tokens.access_token,
        refresh_token=renewed.refresh_token or tokens.refresh_token,
        id_token=renewed.id_token or tokens.id_token,
        account_id=tokens.account_id,
    )


def _refused(status: int, body: bytes) -> ModelError:
    if status != HTTPStatus.UNAUTHORIZED:
        return stream_error(f"the login could not be renewed: status {status}")
    reason = _REASONS.get(_code(body), "the authority refused it")
    return ModelError(
        REFRESH_FAILED, f"The ChatGPT login cannot be renewed: {reason}. Log in again."
    )


def _code(body: bytes) -> str:
    """The error's code, wherever it stands in the body."""
    try:
        answer = msgspec.json.decode(body, type=dict[str, Any])
    except UNREADABLE:
        return ""
    error = answer.get("error")
    code = error.get("code") if isinstance(error, dict) else answer.get("code") or error
    return code.lower() if isinstance(code, str) else ""


async def _whole_body(reply: Reply) -> bytes:
    body = b""
    try:
        while chunk := await reply.read():
            body += chunk
    finally:
        reply.close()
    return body
