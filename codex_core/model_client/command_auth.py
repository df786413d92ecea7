"""A bearer token that a command prints: kept while it is good, got anew when it is refused."""

import asyncio
from collections.abc import Mapping
from functools import partial

from codex_core.config.provider_auth import ProviderAuth
from codex_core.model_client.auth import Recovery, Steps, bearer
from codex_core.model_client.captured import captured
from codex_core.model_client.errors import CREDENTIALS, ModelError
from codex_core.runtime import Command, Runtime

__all__ = ["CommandAuth"]


class CommandAuth:
    """The token of a provider's `auth.command`; shared by the threads of a session."""

    chatgpt = False

    def __init__(self, settings: ProviderAuth, runtime: Runtime) -> None:
        self._settings = settings
        self._runtime = runtime
        self._token: str | None = None
        self._got_at = 0.0
        self._lock = asyncio.Lock()

    async def prepare(self) -> None:
        """Runs the command if there is no token or an old one; raises `ModelError`."""
        async with self._lock:
            if not self._is_good():
                await self._fetch()

    def headers(self) -> Mapping[str, str]:
        """As the protocol says."""
        return {} if self._token is None else bearer(self._token)

    def recovery(self) -> Recovery:
        """One step: the command once more."""
        return Steps(partial(self._renew, self._token))

    async def close(self) -> None:
        """As the protocol says."""

    async def _renew(self, refused: str | None) -> None:
        """Runs the command, unless somebody did since `refused`, if that is known, was sent."""
        async with self._lock:
            if refused in (None, self._token):
                await self._fetch()

    def _is_good(self) -> bool:
        lifetime = self._settings.refresh_interval_ms / 1000
        age = self._runtime.monotonic() - self._got_at
        return self._token is not None and (lifetime == 0 or age < lifetime)

    async def _fetch(self) -> None:
        seconds = self._settings.timeout_ms / 1000
        try:
            async with asyncio.timeout(seconds):
                output, code = await self._run()
        except TimeoutError:
            raise self._failed(f"gave no token within {seconds:g} s") from None
        except OSError as error:
            raise self._failed(f"could not be started: {error}") from None
        token = output.decode(errors="replace").strip()
        if code != 0:
            raise self._failed(f"ended with exit code {code}")
        if not token or not token.isprintable():
            raise self._failed("printed no token")
        self._token, self._got_at = token, self._runtime.monotonic()

    async def _run(self) -> tuple[bytes, int]:
        settings, root = self._settings, self._runtime.root
        command = Command(
            argv=(settings.command, *settings.args),
            cwd=root / settings.cwd if settings.cwd else root,
            env=self._runtime.env,
            quiet=True,
        )
        return await captured(self._runtime.runner, command)

    def _failed(self, what: str) -> ModelError:
        return ModelError(
            CREDENTIALS,
            f"The command `{self._settings.command}`, which gives the provider's token (auth), "
            f"{what}. Run it by hand; it has to print the token and nothing else.",
        )
