"""Credentials as requests need them: headers, and what may be done when they are refused.

The protocols, and the kinds that never change. It knows no files, no processes and no network; the
kinds that do are modules of their own, and which kind a session has is `credentials`' matter.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

from codex_core.model_client.errors import CREDENTIALS, MISSING_ENV, ModelError

__all__ = ["Auth", "EnvironmentKey", "LostAuth", "Recovery", "StaticAuth", "Steps", "bearer"]


class Recovery(Protocol):
    """What may be tried, one step after the other, after a request was refused with 401."""

    async def next(self) -> bool:
        """Takes the next step; True if the request should be sent again with the headers then.

        Raises `ModelError` where the credentials turned out to be lost for good.
        """
        ...


class Auth(Protocol):
    """The credentials of one session."""

    @property
    def chatgpt(self) -> bool:
        """Are these a ChatGPT account's, and not an API key's?"""
        ...

    async def prepare(self) -> None:
        """Gets the credentials where they are not at hand; called before `headers` is.

        Raises `ModelError` if that fails.
        """
        ...

    def headers(self) -> Mapping[str, str]:
        """The headers that prove who asks, by lower-case name; raises `ModelError`."""
        ...

    def recovery(self) -> Recovery:
        """The steps for one request, from the first."""
        ...

    async def close(self) -> None:
        """Brings to an end what is under way; nothing is asked for afterwards."""
        ...


class Steps:
    """What may be tried, each once; without any nothing can be done."""

    def __init__(self, *steps: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._left = list(steps)

    async def next(self) -> bool:
        """As the protocol says."""
        if not self._left:
            return False
        await self._left.pop(0)()
        return True


class StaticAuth:
    """A literal token; without one requests are sent without credentials."""

    chatgpt = False

    def __init__(self, token: str | None) -> None:
        self._token = token

    async def prepare(self) -> None:
        """As the protocol says."""

    def headers(self) -> Mapping[str, str]:
        """As the protocol says."""
        return {} if self._token is None else bearer(self._token)

    def recovery(self) -> Recovery:
        """As the protocol says."""
        return Steps()

    async def close(self) -> None:
        """As the protocol says."""


class EnvironmentKey:
    """A key that an environment variable must hold; it is missed when a request needs it."""

    chatgpt = False

    def __init__(self, name: str, env: Mapping[str, str], hint: str | None = None) -> None:
        self._name = name
        self._env = env
        self._hint = hint

    async def prepare(self) -> None:
        """As the protocol says."""

    def headers(self) -> Mapping[str, str]:
        """As the protocol says."""
        value = self._env.get(self._name, "").strip()
        if not value:
            message = f"Missing environment variable: `{self._name}`."
            raise ModelError(MISSING_ENV, f"{message} {self._hint}" if self._hint else message)
        return bearer(value)

    def recovery(self) -> Recovery:
        """As the protocol says."""
        return Steps()

    async def close(self) -> None:
        """As the protocol says."""


class LostAuth:
    """There should be credentials and they cannot be read; told when a request needs them."""

    chatgpt = False

    def __init__(self, why: str) -> None:
        self._why = why

    async def prepare(self) -> None:
        """As the protocol says."""

    def headers(self) -> Mapping[str, str]:
        """As the protocol says."""
        raise ModelError(CREDENTIALS, self._why)

    def recovery(self) -> Recovery:
        """As the protocol says."""
        return Steps()

    async def close(self) -> None:
        """As the protocol says."""


def bearer(token: str) -> dict[str, str]:
    """The header of a bearer token."""
    return {"authorization": f"Bearer {token}"}
