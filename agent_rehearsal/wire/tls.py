"""TLS on loopback: a certificate authority made for one run, and what trusts it.

Knows trustme, which is imported on use, and `ssl`; neither a server nor a client. The authority
ends with the process: nothing that trusts it trusts anybody else.
"""

import ssl
from importlib.util import find_spec
from pathlib import Path

LIBRARY = "trustme"
VARIABLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "CODEX_CA_CERTIFICATE",
)
"""Environment variables by which clients are told of an authority: OpenSSL and httpx, requests,
Node.js, the Codex CLI.
"""


class Authority:
    """A certificate authority and the certificate of one server, for loopback names.

    Raises ModuleNotFoundError, which names the extra, where trustme is missing.
    """

    def __init__(self, host: str) -> None:
        if find_spec(LIBRARY) is None:
            raise ModuleNotFoundError(
                f"TLS needs {LIBRARY} to make a certificate: pip install 'agent-rehearsal[tls]'"
            )
        import trustme

        made = trustme.CA()
        self.pem: bytes = made.cert_pem.bytes()
        """The authority's certificate."""
        self.ca_file: Path | None = None
        """Where it was written to."""
        self.server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server_context.set_alpn_protocols(["http/1.1"])
        names = dict.fromkeys((host, "localhost", "127.0.0.1", "::1"))
        made.issue_cert(*names).configure_cert(self.server_context)

    def write(self, path: Path) -> None:
        """Write the authority's certificate for clients to trust. Raises OSError."""
        path.write_bytes(self.pem)
        self.ca_file = path

    def forget(self) -> None:
        """Take note that the file is gone."""
        self.ca_file = None

    def client_context(self) -> ssl.SSLContext:
        """What a client in this process trusts the server with, and nobody else."""
        return ssl.create_default_context(cadata=self.pem.decode())

    def env(self) -> dict[str, str]:
        """Environment variables that let a child process trust it; none before it was written."""
        return {} if self.ca_file is None else dict.fromkeys(VARIABLES, str(self.ca_file))
