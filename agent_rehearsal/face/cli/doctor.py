"""`rehearsal doctor`: what is installed here, and what of it does not go together."""

import os
import platform
import sys
from pathlib import Path

import click

from agent_rehearsal.face.cli.clashes import Facts, problems
from agent_rehearsal.face.cli.ini import nearest
from agent_rehearsal.face.cli.plugins import installed
from agent_rehearsal.face.cli.versions import TOLD, found, version_of


@click.command(short_help="Versions, and what does not go together.")
def doctor() -> None:
    """Print versions, and what does not go together; exit code 1 where something does not.

    Nothing is imported to find out, and nothing is changed.
    """
    facts = _facts()
    rows = {"python": _python(), "platform": platform.platform()}
    rows |= {name: version or "not installed" for name, version in facts.versions.items()}
    rows["settings"] = str(facts.ini.path or "no file has settings of pytest")
    width = max(map(len, rows))
    for name, value in rows.items():
        click.echo(f"{name:<{width}}  {value}")
    told = problems(facts)
    clashes = [problem for problem in told if problem.level == "clash"]
    click.echo("\n".join(["", *map(str, told), *([] if clashes else ["no clashes"])]))
    sys.exit(1 if clashes else 0)


def _facts() -> Facts:
    return Facts(
        versions={name: version_of(name) for name in TOLD},
        plugins=installed(),
        ini=nearest(Path.cwd()),
        aiohttp_is_fast=_extensions("aiohttp") and not os.environ.get("AIOHTTP_NO_EXTENSIONS"),
    )


def _extensions(name: str) -> bool:
    distribution = found(name)
    files = (distribution.files if distribution else None) or []
    return any(Path(file.name).suffix in (".so", ".pyd") for file in files)


def _python() -> str:
    return f"{platform.python_version()} ({platform.python_implementation()}, {sys.executable})"
