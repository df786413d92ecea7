"""The command itself: light to ask for help, plain where click is missing."""

from importlib.metadata import entry_points

import pytest

from agent_rehearsal.face.cli import main
from agent_rehearsal.face.cli.versions import OURS, version_of
from suites.cli.processes import COMMAND, python, rehearsal

HEAVY = ("aiohttp", "msgspec", "openai", "pytest", "rich", "codex_core", "mock_responses")
WITHOUT_CLICK = (
    "import sys; sys.modules['click'] = None; from agent_rehearsal.face.cli import main; main()"
)


@pytest.mark.parametrize("args", [("--help",), ("--version",), ("serve", "--help")])
async def test_help_loads_nothing_heavy(args: tuple[str, ...]) -> None:
    """What serves and draws is not imported to tell what there is."""
    done = await python("-X", "importtime", *COMMAND, *args)
    assert done.code == 0, done.err
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.err.splitlines()}
    assert "click" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_the_command_is_installed() -> None:
    """Whoever installs the distribution has `rehearsal` on the path."""
    (script,) = entry_points(group="console_scripts", name="rehearsal")
    assert script.load() is main


async def test_every_command_is_listed() -> None:
    """`--help` names the commands with a sentence each."""
    done = await rehearsal("--help")
    assert "serve   The mock servers" in done.out
    assert "show    A written journal" in done.out
    assert "doctor  Versions" in done.out


async def test_the_version_is_the_distributions() -> None:
    """`--version` tells what is installed."""
    done = await rehearsal("--version")
    assert done.out == f"rehearsal {version_of(OURS) or '(not installed)'}\n"


async def test_without_click_the_remedy_is_told() -> None:
    """One line that says what to install, exit code 2."""
    done = await python("-c", WITHOUT_CLICK)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "rehearsal: the command line needs click; "
        "install it with: pip install 'agent-rehearsal[cli]'\n"
    )


async def test_an_unknown_command_is_refused() -> None:
    """Exit code 2, and the name that was given."""
    done = await rehearsal("server")
    assert done.code == 2
    assert "server" in done.err
