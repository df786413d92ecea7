"""Whom TLS connections trust: the system's authorities, and those in a file that the environment
names.

Values and one file; no connection is known here. Source: the reference client's variables.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from codex_core.config.errors import ConfigError

if TYPE_CHECKING:
    import ssl

__all__ = ["VARIABLES", "Trust"]

VARIABLES = ("CODEX_CA_CERTIFICATE", "SSL_CERT_FILE")
"""Variables that name a file of PEM certificates; the first that is set and not empty counts."""
_PEM = b"-----BEGIN"


class Trust:
    """Whom to trust by an environment; by none, the system's authorities.

    Raises `ConfigError` for a file that cannot be read or holds no certificate.
    """

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        named = {} if env is None else env
        self._variable = next((variable for variable in VARIABLES if named.get(variable)), "")
        self._file = named.get(self._variable, "")
        if self._file:
            self._check()

    @cached_property
    def context(self) -> "ssl.SSLContext":
        """For a connection that is encrypted: it takes some time to make, and none else needs it.

        Raises `ConfigError` for a certificate that cannot be read.
        """
        import ssl

        context = ssl.create_default_context()
        if self._file:
            try:
                context.load_verify_locations(cafile=self._file)
            except OSError as error:
                raise self._wrong(str(error)) from error
        return context

    def _check(self) -> None:
        try:
            data = Path(self._file).read_bytes()
        except OSError as error:
            raise self._wrong(str(error)) from error
        if _PEM not in data:
            raise self._wrong("there is none in it")

    def _wrong(self, why: str) -> ConfigError:
        return ConfigError(
            key=self._variable,
            problem=f"is {self._file!r}, which gives no certificates: {why}",
            remedy="name a file of PEM certificates, or unset it",
            place="environment",
        )
