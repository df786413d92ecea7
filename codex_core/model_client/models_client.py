"""`GET models`: which models the provider has, and the version of that list."""

import msgspec

from codex_core.config.models import ModelInfo, decode_models
from codex_core.model_client.errors import stream_error
from codex_core.model_client.http import HttpClient
from codex_core.model_client.unreadable import UNREADABLE
from codex_core.protocol.policy import VERSION

__all__ = ["ModelList", "ModelsClient"]


class ModelList(msgspec.Struct, frozen=True, kw_only=True):
    """The models, and the `ETag` of the list if it has one."""

    models: tuple[ModelInfo, ...]
    etag: str | None


class ModelsClient(msgspec.Struct, frozen=True):
    """Asks one provider."""

    http: HttpClient

    async def list(self) -> ModelList:
        """The list as it is now; raises `ModelError`."""
        path = f"models?client_version={VERSION}"
        headers, body = await self.http.fetch("GET", path, headers={})
        try:
            models = decode_models(body)
        except UNREADABLE as error:
            raise stream_error(f"the list of models cannot be read: {error}") from None
        return ModelList(models=models, etag=headers.get("etag"))
