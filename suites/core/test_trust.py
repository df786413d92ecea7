"""Whom the core's connections trust: the system's authorities, and a file of the environment's."""

import re
import ssl
from pathlib import Path

import pytest
import trustme

from codex_core import Codex, Runtime
from codex_core.config.errors import ConfigError
from codex_core.model_client.aiohttp_transport import HttpTransport
from codex_core.model_client.transport import TransportError
from codex_core.model_client.trust import VARIABLES, Trust
from suites.core.fakes import FakeTransport, make_config


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    """An authority that nobody knows."""
    file = tmp_path / "ca.pem"
    trustme.CA(organization_name="Mine").cert_pem.write_to_path(file)
    return file


def names(trust: Trust) -> str:
    """The subjects of all that are trusted."""
    return str([found["subject"] for found in trust.context.get_ca_certs()])


@pytest.mark.parametrize("env", [{}, {"CODEX_CA_CERTIFICATE": ""}])
def test_without_a_file_it_is_the_usual_authorities(env: dict[str, str]) -> None:
    """An empty variable is none."""
    assert names(Trust(env)) == names(Trust())


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_file_is_trusted_beside_them(variable: str, pem: Path) -> None:
    """And certificates are checked as ever."""
    trust = Trust({variable: str(pem)})
    assert "Mine" in names(trust)
    assert trust.context.verify_mode is ssl.CERT_REQUIRED
    assert len(trust.context.get_ca_certs()) > len(Trust().context.get_ca_certs())


def test_the_core_s_own_variable_goes_first(pem: Path) -> None:
    """The other is not even read."""
    assert "Mine" in names(Trust({"SSL_CERT_FILE": "gone", "CODEX_CA_CERTIFICATE": str(pem)}))


@pytest.mark.parametrize("text", [None, "no certificate"], ids=["gone", "empty"])
def test_a_file_that_gives_nothing_is_an_error(text: str | None, tmp_path: Path) -> None:
    """It names the variable and the file, and comes before anything is sent."""
    file = tmp_path / "other.pem"
    if text is not None:
        file.write_text(text)
    runtime = Runtime.deterministic(env={"CODEX_CA_CERTIFICATE": str(file)})
    told = f"environment: `CODEX_CA_CERTIFICATE` is '{file}', which gives no certificates"
    with pytest.raises(ConfigError, match=re.escape(told)):
        Codex(make_config(), runtime=runtime)
    Codex(make_config(), runtime=runtime, transport=FakeTransport())


def test_a_file_of_broken_certificates_is_an_error(tmp_path: Path) -> None:
    """When the first connection is encrypted: until then nobody has to read it."""
    file = tmp_path / "other.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n")
    trust = Trust({"SSL_CERT_FILE": str(file)})
    with pytest.raises(ConfigError, match=r"`SSL_CERT_FILE` is .* which gives no certificates"):
        _ = trust.context


@pytest.mark.parametrize("scheme", ["https", "HTTPS"])
async def test_a_request_over_tls_goes_by_the_file(scheme: str, tmp_path: Path) -> None:
    """However its address is written."""
    file = tmp_path / "other.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\n")
    transport = HttpTransport(Trust({"SSL_CERT_FILE": str(file)}))
    with pytest.raises(TransportError, match="`SSL_CERT_FILE` is"):
        await transport.request("GET", f"{scheme}://127.0.0.1:9/", {}, b"")
    await transport.close()
