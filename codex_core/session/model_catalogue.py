"""The provider's list of models: asked for when a session begins, and again when a reply names
another version of it.

Only accounts of ChatGPT and providers with a command for their token have lists that change. No
session fails for want of a list.
"""

import asyncio
import contextlib

from codex_core.config.models import ModelInfo
from codex_core.model_client.errors import ModelError
from codex_core.model_client.models_client import ModelList, ModelsClient

__all__ = ["ModelCatalogue"]

_PATIENCE = 5.0
_ATTEMPTS = 2


class ModelCatalogue:
    """The newest list of one provider, shared by the threads of a session."""

    def __init__(self, client: ModelsClient) -> None:
        self.known: ModelList | None = None
        self._client = client
        self._asked: str | None = None
        """The version that the list was asked for last."""
        self._refresh: asyncio.Task[None] | None = None

    @property
    def learnt(self) -> tuple[ModelInfo, ...]:
        """The models of the newest list, for threads that begin."""
        return self.known.models if self.known else ()

    async def load(self) -> None:
        """Asks for the list if there is none yet, once more where that fails."""
        for _ in range(_ATTEMPTS):
            if self.known is None and self._changes:
                await self._fetch()

    def note_version(self, etag: str) -> None:
        """A reply was of this version: the list is asked for, once, unless it is that one."""
        have = self.known.etag if self.known else None
        if etag in (have, self._asked) or not self._changes:
            return
        if self._refresh is None:
            self._asked = etag
            self._refresh = asyncio.ensure_future(self._refetch())

    async def close(self) -> None:
        """Asks for nothing any more."""
        refresh, self._refresh = self._refresh, None
        if refresh is not None:
            refresh.cancel()
            await asyncio.wait([refresh])

    @property
    def _changes(self) -> bool:
        http = self._client.http
        return http.auth.chatgpt or http.provider.auth is not None

    async def _refetch(self) -> None:
        await self._fetch()
        self._refresh = None

    async def _fetch(self) -> None:
        with contextlib.suppress(ModelError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                self.known = await self._client.list()
