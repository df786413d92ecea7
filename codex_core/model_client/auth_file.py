"""The file `auth.json` of the settings folder: an API key or the tokens of a ChatGPT account.

It reads and writes the file and the claims in its tokens; which requests they go with it does not
know.
"""

import base64
import binascii
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

__all__ = ["Account", "AuthFile", "StoredAuth", "Tokens"]

_CLAIMS = "https://api.openai.com/auth"
_OWNER_ONLY = 0o600


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of a login."""

    access_token: str
    refresh_token: str
    id_token: str = ""
    account_id: str | None = None


class StoredAuth(msgspec.Struct, frozen=True, kw_only=True):
    """What the file holds; `mode` says which of the two counts where it holds both."""

    mode: str | None = msgspec.field(default=None, name="auth_mode")
    api_key: str | None = msgspec.field(default=None, name="OPENAI_API_KEY")
    tokens: Tokens | None = None

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
        account = _claims(tokens.id_token)
        if tokens.account_id:
            return msgspec.structs.replace(account, chatgpt_account_id=tokens.account_id)
        return account


def _claims(id_token: str) -> Account:
    """The claims of a JSON web token, unverified; none for what is no token."""
    try:
        payload = id_token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        claims = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=dict[str, Any])
        return msgspec.convert(claims.get(_CLAIMS, {}), Account)
    except (IndexError, binascii.Error, ValueError):
        return Account()


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
