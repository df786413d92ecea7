"""`rehearsal serve --tls`: https for a client that trusts the file which the process names."""

import ssl
from pathlib import Path

import aiohttp
import pytest

from suites.cli.processes import python, serving

TRUST = "rehearsal: trust the authority in "


@pytest.mark.real
async def test_it_is_served_over_tls(tmp_path: Path) -> None:
    """The file is there when its line is, and gone with the process."""
    async with serving("--tls", errors=tmp_path / "err.txt") as server:
        assert server.url.startswith("https://127.0.0.1:")
        named = await server.line()
        assert named.startswith(TRUST)
        file = Path(named.removeprefix(TRUST))
        context = ssl.create_default_context(cafile=file)
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{server.url}/v1/models", ssl=context) as answer,
        ):
            assert answer.status == 200
        assert (await server.end()).code == 0
    assert not file.exists()


@pytest.mark.real
async def test_a_missing_library_is_told_with_its_extra() -> None:
    """And nothing is served."""
    code = (
        "import sys; from agent_rehearsal.wire import tls; tls.LIBRARY = 'not_installed';"
        "from agent_rehearsal.face.cli import main; sys.argv = ['rehearsal', 'serve', '--tls'];"
        "main()"
    )
    done = await python("-c", code)
    assert (done.code, done.out) == (2, "")
    assert "pip install 'agent-rehearsal[tls]'" in done.err
