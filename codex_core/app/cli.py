"""The command line: arguments to settings, errors of the user to a line and an exit code."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from codex_core.app.exec import INTERRUPTED, run_exec
from codex_core.config.errors import ConfigError
from codex_core.config.loader import load_config
from codex_core.protocol.events import Event
from codex_core.runtime import Runtime

__all__ = ["BAD_SETTINGS", "main"]

BAD_SETTINGS = 2


def main(argv: Sequence[str] | None = None, *, runtime: Runtime | None = None) -> int:
    """Runs a command line; gives the exit code."""
    arguments = _parser().parse_args(argv)
    world = runtime or Runtime()
    try:
        config = load_config(
            world,
            overrides=arguments.config,
            cwd=arguments.cd,
            model=arguments.model,
            attended=False,
        )
        prompt = sys.stdin.read() if arguments.prompt == "-" else arguments.prompt
        tell = _json_teller() if arguments.json else _plain_teller()
        return asyncio.run(run_exec(config, world, prompt, tell))
    except ConfigError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_SETTINGS
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m codex_core", description="An agent core for the Responses API."
    )
    command = parser.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "exec", help="run one prompt to its end"
    )
    command.add_argument("prompt", help="what to do; - reads it from standard input")
    command.add_argument("--json", action="store_true", help="tell events as JSON lines")
    command.add_argument("-C", "--cd", type=Path, metavar="DIR", help="working folder")
    command.add_argument("-m", "--model", help="model to use")
    command.add_argument(
        "-c",
        "--config",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting of config.toml, such as sandbox_mode=danger-full-access; may be repeated",
    )
    return parser


def _json_teller() -> Callable[[Event], None]:
    from codex_core.app.json_lines import JsonLines

    translation = JsonLines()

    def tell(event: Event) -> None:
        for line in translation.lines(event):
            print(msgspec.json.encode(line).decode(), flush=True)

    return tell


def _plain_teller() -> Callable[[Event], None]:
    from codex_core.app.plain import PlainText

    return PlainText(progress=sys.stderr, result=sys.stdout).tell
