"""`rehearsal doctor` as a process, among plugins and settings that it finds by itself."""

import sys
from importlib.metadata import version
from pathlib import Path

from suites.cli.processes import ROOT, python, rehearsal

METADATA = "Metadata-Version: 2.1\nName: pytest-thief\nVersion: 1.0\n"
PLUGIN = """
raise RuntimeError("a doctor imports no plugin")

@pytest.fixture(scope="session")
def responses(): ...

@pytest.fixture(name="journal")
def other(): ...

def codex(): ...
"""


def add_plugin(folder: Path) -> None:
    """Install a plugin into `folder`, as pip would have left it."""
    info = folder / "pytest_thief-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA, "utf-8")
    (info / "entry_points.txt").write_text("[pytest11]\nthief = thief.plugin\n", "utf-8")
    (folder / "thief").mkdir()
    (folder / "thief" / "__init__.py").write_text("raise RuntimeError", "utf-8")
    (folder / "thief" / "plugin.py").write_text(PLUGIN, "utf-8")


async def test_versions_are_told(tmp_path: Path) -> None:
    """Where nothing clashes the exit code is 0, and there is a row for each part that matters."""
    done = await rehearsal("doctor", cwd=tmp_path)
    assert done.code == 0, done.out
    rows = dict(line.split(maxsplit=1) for line in done.out.splitlines() if "  " in line)
    assert rows["python"].startswith(sys.version.split()[0])
    for name in ("aiohttp", "msgspec", "pytest", "pytest-asyncio", "syrupy"):
        assert rows[name] == version(name)
    assert done.out.endswith("no clashes\n")


async def test_a_plugin_with_our_fixtures_is_found(tmp_path: Path) -> None:
    """It is named with its fixtures and the option that switches it off; it is not imported."""
    add_plugin(tmp_path)
    env = {"PYTHONPATH": f"{ROOT}:{tmp_path}"}
    done = await rehearsal("doctor", cwd=tmp_path, env=env)
    assert done.code == 1, done.err
    assert "clash: pytest-thief defines journal, responses too" in done.out
    assert "-p no:thief" in done.out


async def test_a_setting_that_clashes_is_found(tmp_path: Path) -> None:
    """The settings are those that hold in the working folder."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = legacy\n", "utf-8")
    (tmp_path / "deeper").mkdir()
    done = await rehearsal("doctor", cwd=tmp_path / "deeper")
    assert done.code == 1
    assert f"clash: {tmp_path / 'pytest.ini'} sets asyncio_mode = legacy" in done.out


async def test_it_works_where_nothing_is_installed() -> None:
    """A machine without our dependencies is the one that needs a doctor."""
    code = (
        "import importlib.metadata as m\n"
        "def missing(name): raise m.PackageNotFoundError(name)\n"
        "m.distribution = missing\n"
        "from agent_rehearsal.face.cli.app import app\n"
        "app(['doctor'])\n"
    )
    done = await python("-c", code)
    assert done.code == 1, done.err
    assert "clash: not installed: aiohttp, msgspec, websockets, zstandard" in done.out
    assert "clash: pytest is not installed" in done.out
