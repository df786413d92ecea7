"""The command `rehearsal`: one module a command, and what each one needs below it.

Importing this package or asking for help loads nothing heavy: what serves and draws is imported by
the command that was given.
"""

import sys

_WITHOUT_CLICK = (
    "rehearsal: the command line needs click; install it with: pip install 'agent-rehearsal[cli]'"
)


def main() -> None:
    """Run the command that the process was started with, and exit.

    0 after a good end, 1 where `doctor` found a clash, 2 for an error that the caller can mend.
    """
    try:
        import click  # noqa: F401 -- only to see whether it is there
    except ModuleNotFoundError:
        print(_WITHOUT_CLICK, file=sys.stderr)
        sys.exit(2)
    from agent_rehearsal.face.cli.app import app

    app(prog_name="rehearsal")


__all__ = ["main"]
