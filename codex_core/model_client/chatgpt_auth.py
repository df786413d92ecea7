"""The credentials of a ChatGPT account: kept in `auth.json`, renewed before they run out, and read
again and renewed on a 401.

A renewal is a task of its own, for the authority takes a refresh token once: whoever stops waiting
for it, it comes to its end and is stored. There is one at a time.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

import msgspec

from codex_core.model_client.auth import Recovery, Steps, bearer
from codex_core.model_client.auth_file import Account, AuthFile, StoredAuth, Tokens, due_at
from codex_core.model_client.errors import REFRESH_FAILED, ModelError
from codex_core.model_client.token_refresh import refreshed
from codex_core.model_client.transport import Transport
from codex_core.runtime import Runtime

__all__ = ["ChatGptAuth"]

_CLOSING_GRACE = 10.0
"""Seconds that a renewal has left when the session ends."""


class _Tried(msgspec.Struct):
    """The tokens that one request was refused with last."""

    tokens: Tokens


class ChatGptAuth:
    """One account's tokens; shared by the threads of a session."""

    chatgpt = True

    def __init__(
        self,
        file: AuthFile,
        tokens: Tokens,
        renewed_at: float | None,
        runtime: Runtime,
        transport: Transport,
    ) -> None:
        self._file = file
        self._tokens = tokens
        self._renewed_at = renewed_at
        self._due_at = due_at(tokens, renewed_at)
        self._account = Account.of(tokens)
        self._runtime = runtime
        self._transport = transport
        self._lock = asyncio.Lock()
        self._renewal: asyncio.Task[ModelError | None] | None = None
        """The last one; it may run on behind the back of who began it."""
        self._lost: tuple[str, ModelError] | None = None
        """The refresh token that was refused for good, and how."""

    async def prepare(self) -> None:
        """As the protocol says; tokens that are about to run out are renewed. Nothing is raised:
        where that fails, a 401 will have more to say.
        """
        if self._is_due():
            async with self._alone():
                await self._renew_early()

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

    async def close(self) -> None:
        """As the protocol says; a renewal that takes too long is lost."""
        if self._renewal is not None:
            await asyncio.wait([self._renewal], timeout=_CLOSING_GRACE)
            self._renewal.cancel()
            await asyncio.wait([self._renewal])

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Nobody else changes the tokens meanwhile."""
        async with self._lock:
            if self._renewal is not None:
                await asyncio.wait([self._renewal])
            yield

    def _is_due(self) -> bool:
        return self._due_at <= self._runtime.now()

    async def _renew_early(self) -> None:
        """Somebody else may have done it meanwhile, in this session or in another one."""
        stored = self._stored()
        if stored is not None and stored.tokens and self._is_ours(stored.tokens):
            self._take_over(stored.tokens, stored.renewed_at)
        if not self._is_due():
            return
        try:
            await self._renew()
        except ModelError:
            self._due_at = math.inf  # they are used as long as they are taken

    async def _reload(self, tried: "_Tried") -> None:
        """Goes by the file's tokens, which have to be this account's; unchanged ones are tried
        again.
        """
        async with self._alone():
            stored = self._stored()
            tokens = stored.tokens if stored is not None else None
            if stored is None or tokens is None or not self._is_ours(tokens):
                raise ModelError(
                    REFRESH_FAILED,
                    f"{self._file.path} no longer holds the ChatGPT account that this session "
                    "began with. Log in again, or start a new session.",
                )
            self._take_over(tokens, stored.renewed_at)
            tried.tokens = self._tokens

    async def _refresh(self, tried: "_Tried") -> None:
        """Gets new tokens, unless somebody did since those of the request were refused."""
        async with self._alone():
            if self._tokens == tried.tokens:
                await self._renew()

    async def _renew(self) -> None:
        """Gets new tokens and keeps them; raises `ModelError`, for a refresh token that was refused
        for good without asking again.
        """
        if self._lost is not None and self._lost[0] == self._tokens.refresh_token:
            raise self._lost[1]
        self._renewal = asyncio.ensure_future(self._exchange(self._tokens))
        await asyncio.wait([self._renewal])
        if (error := self._renewal.result()) is not None:
            raise error

    async def _exchange(self, tokens: Tokens) -> ModelError | None:
        """Keeps what the authority gives for these tokens; gives the error if it gives nothing."""
        try:
            self._keep(await refreshed(tokens, self._runtime, self._transport))
        except ModelError as error:
            if error.kind is REFRESH_FAILED:
                self._lost = (tokens.refresh_token, error)
            return error
        return None

    def _keep(self, tokens: Tokens) -> None:
        """Takes tokens and stores them; a file that cannot be written is the next session's."""
        now = self._runtime.now()
        self._take(tokens, now)
        try:
            self._file.write(tokens, now=now)
        except (OSError, ValueError):
            return

    def _stored(self) -> StoredAuth | None:
        try:
            return self._file.read()
        except (OSError, ValueError):
            return None

    def _is_ours(self, tokens: Tokens) -> bool:
        return Account.of(tokens).chatgpt_account_id == self._account.chatgpt_account_id

    def _take_over(self, tokens: Tokens, renewed_at: float | None) -> None:
        """Takes the file's tokens, but for older ones: a file that cannot be written keeps those,
        and what renews them was good once.
        """
        if (renewed_at or 0.0) >= (self._renewed_at or 0.0):
            self._take(tokens, renewed_at)

    def _take(self, tokens: Tokens, renewed_at: float | None) -> None:
        if tokens != self._tokens:
            self._due_at = due_at(tokens, renewed_at)
        self._tokens, self._renewed_at = tokens, renewed_at
        self._account = Account.of(tokens)
