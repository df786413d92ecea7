"""The file `auth.json` of the settings folder: an API key or the tokens of a ChatGPT account.

It reads and writes the file and the claims in its tokens; which requests they go with it does not
know.
"""

import base64
import binascii
import math
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

__all__ = ["Account", "AuthFile", "StoredAuth", "Tokens", "due_at"]

_CLAIMS = "https://api.openai.com/auth"
_OWNER_ONLY = 0o600
_EARLY = 300.0
_LASTING = 8 * 86_400.0


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of a login."""

    access_token: str
    refresh_token: str
    id_token: str = ""
    account_id: str | None = None

    @property
    def expires_at(self) -> float | None:
        """When the access token runs out, in Unix seconds, if it says so."""
        expiry = _claims(self.access_token).get("exp")
        return expiry if type(expiry) in (int, float) else None


class StoredAuth(msgspec.Struct, frozen=True, kw_only=True):
    """What the file holds; `mode` says which of the two counts where it holds both."""

    mode: str | None = msgspec.field(default=None, name="auth_mode")
    api_key: str | None = msgspec.field(default=None, name="OPENAI_API_KEY")
    tokens: Tokens | None = None
    last_refresh: Any = None

    @property
    def renewed_at(self) -> float | None:
        """When the tokens were renewed last, in Unix seconds, if that is told."""
        try:
            return datetime.fromisoformat(self.last_refresh).timestamp()
        except (TypeError, ValueError, OverflowError):
            return None

    @property
    def prefers_key(self) -> bool:
        """Is the API key meant? Where no mode is told, one that is there is."""
        if self.mode is not None:
            return self.mode == "apikey"
        return bool(self.api_key)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Whose tokens they are, by what the identity token claims."""

    chatgpt_account_id: str | None = None
    chatgpt_account_is_fedramp: bool = False
    chatgpt_plan_type: str | None = None

    @classmethod
    def of(cls, tokens: Tokens) -> "Account":
        """The account; the id that the file names wins."""
        account = _account(tokens.id_token)
        if tokens.account_id:
            return msgspec.structs.replace(account, chatgpt_account_id=tokens.account_id)
        return account


def due_at(tokens: Tokens, renewed_at: float | None) -> float:
    """When they should be renewed before they are used any more, in Unix seconds.

    That is 5 minutes before the access token runs out; where it does not say when, 8 days after the
    last time; infinity where neither is told. Source: what the reference client was seen to do.
    """
    expiry = tokens.expires_at
    if expiry is not None:
        return expiry - _EARLY
    return math.inf if renewed_at is None else renewed_at + _LASTING


def _account(id_token: str) -> Account:
    try:
        return msgspec.convert(_claims(id_token).get(_CLAIMS, {}), Account)
    except msgspec.ValidationError:
        return Account()


def _claims(token: str) -> dict[str, Any]:
    """The claims of a JSON web token, unverified; none for what is no token."""
    try:
        payload = token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=dict[str, Any])
    except (IndexError, binascii.Error, ValueError):
        return {}


class AuthFile:
    """The file of one settings folder."""

    def __init__(self, home: Path) -> None:
        self.path = home / "auth.json"

    def read(self) -> StoredAuth | None:
        """What it holds; None if it is not there. Raises `OSError` and `ValueError`."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=StoredAuth)
        except FileNotFoundError:
            return None

    def write(self, tokens: Tokens, *, now: float) -> None:
        """Puts new tokens into it; all else stays. Raises `OSError` and `ValueError`."""
        held = msgspec.json.decode(self.path.read_bytes(), type=dict[str, Any])
        held["tokens"] = {**(held.get("tokens") or {}), **_given(tokens)}
        held["last_refresh"] = datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")
        fresh = self.path.with_name("auth.json.new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(held)))
        fresh.replace(self.path)


def _given(tokens: Tokens) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(tokens).items() if value}
