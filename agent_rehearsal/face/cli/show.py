"""`rehearsal show`: a written journal as a timeline."""

import os
import shutil
import sys
from typing import Literal

import click

from agent_rehearsal.face.cli.mishap import Mishap

Color = Literal["auto", "always", "never"]
_LOG_WIDTH = 100
"""Columns where no terminal says how many there are."""


@click.command(short_help="A written journal as a timeline.")
@click.argument("file", type=click.Path())
@click.option(
    "--width",
    type=click.IntRange(min=40),
    help=f"Columns to use.  [default: the terminal's, else {_LOG_WIDTH}]",
)
@click.option(
    "--rows",
    type=click.IntRange(min=2),
    help="Rows to show; the middle of more is left out and counted.  [default: 200]",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; auto means on a terminal, unless NO_COLOR is set.",
)
def show(file: str, width: int | None, rows: int | None, color: Color) -> None:
    """Draw the journal in FILE: a row an entry, a lane for the agent and each connection.

    FILE was written by `rehearsal serve --journal` or by a stage with a journal file.
    """
    from agent_rehearsal.face.timeline import MOST_ROWS, render
    from agent_rehearsal.journal import JournalFileError, read

    try:
        journal = read(file)
    except OSError as error:
        raise Mishap(f"cannot read {file}: {error.strerror or error}") from error
    except JournalFileError as error:
        raise Mishap(str(error)) from error
    text = render(journal, width=width or _columns(), rows=rows or MOST_ROWS, color=_colored(color))
    click.echo(text, color=True)


def _columns() -> int:
    if not sys.stdout.isatty():
        return _LOG_WIDTH
    return max(40, shutil.get_terminal_size().columns)


def _colored(color: Color) -> bool:
    if color == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return color == "always"
