"""The command line: `python -m suites.parity run|record|compare|list`.

Ends with 0, with 1 where a client does not do what it should, with 2 for a name that is none.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence

from suites.interop.codex_cli import NotInstalled
from suites.parity import report
from suites.parity.clients import cli, core
from suites.parity.judge import judge
from suites.parity.play import CLIENTS, Stuck, UnknownClient, play
from suites.parity.recordings import NotRecorded, Recordings
from suites.parity.scenario import UnknownScenario, find, scenarios

Command = Callable[[argparse.Namespace], Awaitable[int]]


async def run(given: argparse.Namespace) -> int:
    """Print what a client sent."""
    for scenario in find(given.names):
        print(json.dumps((await play(scenario, given.client)).lanes, indent=2, ensure_ascii=False))
    return 0


async def record(given: argparse.Namespace) -> int:
    """Keep what the reference client sends."""
    kept = Recordings()
    for scenario in find(given.names):
        lanes = (await play(scenario, cli.NAME)).lanes
        kept.write(scenario.name, lanes)
        print(f"{scenario.name}: {sum(map(len, lanes.values()))} requests")
    kept.prune(list(scenarios()))
    return 0


async def compare(given: argparse.Namespace) -> int:
    """Print the table of the comparison with recordings, or with the reference client itself."""
    verdicts = [await judge(scenario, live=given.live) for scenario in find(given.names)]
    print(report.table(verdicts))
    return 0 if report.holds(verdicts) else 1


async def list_all(_: argparse.Namespace) -> int:
    """Print the scenarios."""
    for name, scenario in scenarios().items():
        print(f"{name:40} {scenario.about}")
    return 0


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    made = argparse.ArgumentParser(prog="python -m suites.parity", description=__doc__)
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    table: Mapping[str, tuple[Command, str]] = {
        "run": (run, "print the normalised requests of one client"),
        "record": (record, f"keep those of {cli.NAME} in suites/parity/recordings"),
        "compare": (compare, f"compare {core.NAME} with the recordings"),
        "list": (list_all, "list the scenarios"),
    }
    for name, (command, help_) in table.items():
        sub = commands.add_parser(name, help=help_)
        sub.set_defaults(command=command)
        if name != "list":
            sub.add_argument("names", metavar="NAME", nargs="+" if name == "run" else "*")
        if name == "run":
            sub.add_argument("--client", default=core.NAME, help=" or ".join(CLIENTS))
        if name == "compare":
            sub.add_argument("--live", action="store_true", help=f"run {cli.NAME} itself")
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    given = parser().parse_args(argv)
    try:
        code: int = asyncio.run(given.command(given))
    except (UnknownScenario, UnknownClient, NotRecorded) as error:
        print(f"parity: {error}", file=sys.stderr)
        return 2
    except (NotInstalled, Stuck) as error:
        print(f"parity: {error}", file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
