"""A stranger's first minutes: the wheel in an empty environment, and README's first example."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest
import pytest_asyncio

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "test_first.py"
LIMIT = 300.0
"""Seconds for one command; installing from an index takes most of it."""

pytestmark = [pytest.mark.interop, pytest.mark.timeout(2 * LIMIT)]


async def run(*argv: str | Path, cwd: Path, code: int = 0) -> str:
    """Run a command that knows nothing of this checkout; returns what it printed."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    process = await asyncio.create_subprocess_exec(
        *map(str, argv),
        cwd=cwd,
        env=env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(LIMIT):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == code, output.decode()
    return output.decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment that has the wheel, pytest and the openai SDK."""
    folder = tmp_path_factory.mktemp("wheel")
    await run(
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        folder,
        ROOT,
        cwd=ROOT,
    )
    (wheel,) = folder.glob("*.whl")
    await run(sys.executable, "-m", "venv", "--without-pip", folder / "env", cwd=folder)
    python = folder / "env" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
    await run(*pip, f"agent-rehearsal[pytest] @ {wheel.as_uri()}", "openai", cwd=folder)
    return python


async def test_the_wheel_runs_the_first_example_outside_the_checkout(
    python: Path, tmp_path: Path
) -> None:
    """The example passes as it stands, and fails with the timeline when the client errs."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    (place / "test_first.py").write_text(EXAMPLE.read_text())
    printed = await run(python, "-m", "pytest", "-q", cwd=place)
    assert re.search(r"^1 passed", printed, re.MULTILINE)

    (place / "test_first.py").write_text(
        EXAMPLE.read_text().replace('"Be brief."', '"Be long."', 1)
    )
    printed = await run(python, "-m", "pytest", "-q", cwd=place, code=1)
    assert "assert 'Be long.' == 'Be brief.'" in printed
    assert "rehearsal timeline" in printed
    assert "POST /v1/responses" in printed
    assert "Authorization: Bearer test" not in printed


async def test_only_the_four_packages_are_installed(python: Path, tmp_path: Path) -> None:
    """Nothing else of this repository lands in site-packages, and each package is typed."""
    code = (
        "from importlib.metadata import files;"
        "print(*sorted({f.parts[0] for f in files('agent-rehearsal')}));"
        "print(*sorted(f.parts[0] for f in files('agent-rehearsal') if f.name == 'py.typed'))"
    )
    tops, typed = (await run(python, "-c", code, cwd=tmp_path)).splitlines()
    packages = ["agent_rehearsal", "codex_core", "mock_realtime", "mock_responses"]
    kept = [top for top in tops.split() if not top.endswith(".dist-info") and top != ".."]
    assert kept == packages
    assert typed.split() == packages


def test_readme_shows_the_example_itself() -> None:
    """What README tells a newcomer to write is the file that the test above runs."""
    code = EXAMPLE.read_text().partition('"""\n\n')[2]
    assert f"```python\n{code}```" in (ROOT / "README.md").read_text()
