"""A command that gives the bearer token of a provider: the table `auth` of its settings."""

import msgspec

from codex_core.config.errors import ConfigError

__all__ = ["ProviderAuth"]


class ProviderAuth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to run, where, and for how long its token is good; it prints the token.

    `refresh_interval_ms` 0 keeps a token until it is refused. `cwd` starts at the runtime's root.
    """

    command: str
    args: tuple[str, ...] = ()
    timeout_ms: int = 5_000
    refresh_interval_ms: int = 300_000
    cwd: str | None = None

    def __post_init__(self) -> None:
        if not self.command.strip():
            raise ConfigError(
                key="auth.command", problem="is empty", remedy="name the program that gives a token"
            )
        if self.timeout_ms < 1:
            self._refuse("timeout_ms", 1)
        if self.refresh_interval_ms < 0:
            self._refuse("refresh_interval_ms", 0)

    def _refuse(self, key: str, least: int) -> None:
        raise ConfigError(
            key=f"auth.{key}",
            problem=f"is {getattr(self, key)}",
            remedy=f"set a whole number of at least {least}",
        )
