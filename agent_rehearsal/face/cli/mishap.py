"""What went wrong in a way that the caller can mend: a place, a reason, a remedy; no traceback."""

from typing import IO, Any

import click


class Mishap(click.ClickException):
    """Ends the command with exit code 2 and its text on stderr."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the text; the program says who speaks."""
        click.echo(f"rehearsal: {self.format_message()}", file=file, err=file is None)
