"""The credentials of a ChatGPT account: kept in `auth.json`, read again and renewed on a 401."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from codex_core.model_client.auth import Recovery, Steps, bearer
from codex_core.model_client.auth_file import Account, AuthFile, Tokens
from codex_core.model_client.errors import REFRESH_FAILED, ModelError
from codex_core.model_client.token_refresh import refreshed
from codex_core.model_client.transport import Transport
from codex_core.runtime import Runtime

__all__ = ["ChatGptAuth"]


@dataclass(slots=True)
class _Tried:
    """The tokens that one request was refused with last."""

    tokens: Tokens


class ChatGptAuth:
    """One account's tokens; shared by the threads of a session."""

    chatgpt = True

    def __init__(
        self, file: AuthFile, tokens: Tokens, runtime: Runtime, transport: Transport
    ) -> None:
        self._file = file
        self._tokens = tokens
        self._account = Account.of(tokens)
        self._runtime = runtime
        self._transport = transport
        self._lock = asyncio.Lock()
        self._lost: tuple[str, ModelError] | None = None
        """The refresh token that was refused for good, and how."""

    async def prepare(self) -> None:
        """As the protocol says."""

    def headers(self) -> Mapping[str, str]:
        """As the protocol says."""
        account = self._account.chatgpt_account_id
        return {
            **bearer(self._tokens.access_token),
            **({"chatgpt-account-id": account} if account else {}),
            **({"x-openai-fedramp": "true"} if self._account.chatgpt_account_is_fedramp else {}),
        }

    def recovery(self) -> Recovery:
        """Two steps: what the file holds now, then new tokens from the authority."""
        tried = _Tried(self._tokens)
        return Steps(partial(self._reload, tried), partial(self._refresh, tried))

    async def _reload(self, tried: "_Tried") -> None:
        """Takes the file's tokens, if they are this account's; an unchanged one is tried again."""
        async with self._lock:
            tokens = self._stored()
            if tokens is None or Account.of(tokens).chatgpt_account_id != self._account_id:
                raise ModelError(
                    REFRESH_FAILED,
                    f"{self._file.path} no longer holds the ChatGPT account that this session "
                    "began with. Log in again, or start a new session.",
                )
            self._take(tokens)
            tried.tokens = tokens

    async def _refresh(self, tried: "_Tried") -> None:
        """Gets new tokens, unless somebody did since those of the request were refused."""
        async with self._lock:
            refused = self._tokens
            if refused != tried.tokens:
                return
            if self._lost is not None and self._lost[0] == refused.refresh_token:
                raise self._lost[1]
            self._keep(await self._renewed(refused))

    async def _renewed(self, tokens: Tokens) -> Tokens:
        try:
            return await refreshed(tokens, self._runtime, self._transport)
        except ModelError as error:
            if error.kind is REFRESH_FAILED:
                self._lost = (tokens.refresh_token, error)
            raise

    def _keep(self, tokens: Tokens) -> None:
        """Takes tokens and stores them; a file that cannot be written is the next session's."""
        self._take(tokens)
        try:
            self._file.write(tokens, now=self._runtime.now())
        except (OSError, ValueError):
            return

    def _stored(self) -> Tokens | None:
        try:
            stored = self._file.read()
        except (OSError, ValueError):
            return None
        return stored.tokens if stored else None

    def _take(self, tokens: Tokens) -> None:
        self._tokens, self._account = tokens, Account.of(tokens)

    @property
    def _account_id(self) -> str | None:
        return self._account.chatgpt_account_id
