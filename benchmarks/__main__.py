"""The command: `python -m benchmarks [NAME ...] [--quick]`. Lists the benchmarks and runs them."""

import argparse
import os
import platform
from collections.abc import Callable, Iterator
from importlib.metadata import version

from benchmarks import (
    collect_only,
    exec_process,
    fixture_start,
    history_growth,
    journal_append,
    journal_memory,
    one_turn_tests,
    realtime_frames,
    realtime_sessions,
    schedules,
    server_throughput,
    streamed_reply,
    waiter_turns,
    websocket_turn,
    zoo,
)
from benchmarks.child import Unmeasured
from benchmarks.report import Finding

BENCHMARKS: dict[str, Callable[..., Iterator[Finding]]] = {
    "fixture-start": fixture_start.run,
    "collect-only": collect_only.run,
    "waiter-turns": waiter_turns.run,
    "one-turn-tests": one_turn_tests.run,
    "server-throughput": server_throughput.run,
    "streamed-reply": streamed_reply.run,
    "realtime-frames": realtime_frames.run,
    "realtime-sessions": realtime_sessions.run,
    "journal-append": journal_append.run,
    "journal-memory": journal_memory.run,
    "websocket-turn": websocket_turn.run,
    "exec-process": exec_process.run,
    "history-growth": history_growth.run,
    "schedules": schedules.run,
    "zoo": zoo.run,
}


def main() -> None:
    """Run what the command line names, or all. A goal that is missed changes no exit code."""
    chosen = _parser().parse_args()
    unknown = sorted(set(chosen.names) - set(BENCHMARKS))
    if unknown:
        _parser().error(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    print(_machine())
    for name in chosen.names or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        try:
            for finding in BENCHMARKS[name](quick=chosen.quick):
                print("\n".join(finding.lines()), flush=True)
        except Unmeasured as error:
            raise SystemExit(f"{name}: {error}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="few rounds: a look, no measurement")
    return parser


def _machine() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "pytest"))
    return f"Python {platform.python_version()}, {libraries}, {os.cpu_count()} processors"


if __name__ == "__main__":
    main()
