"""Contestants as child processes, and where the peers live. Knows no benchmark's figures."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.child import Unmeasured

ROOT = Path(__file__).parents[2]
PEERS_PYTHON = ROOT / ".interop" / "explore-peers" / "bin" / "python"
"""Where `make peers` installs the peers, on a Python that they support."""
OURS_PYTHON = Path(sys.executable)
PEERS = ("simloop", "simloom", "frontrun")
LIMIT = 900.0
"""Seconds after which an answer counts as lost; hunts with shrinking are the longest."""


def peers_missing() -> str:
    """Why the peers cannot run here; empty where they can."""
    if PEERS_PYTHON.exists():
        return ""
    return f"{PEERS_PYTHON.relative_to(ROOT)} is not there: run `make peers` (Python 3.12 or later)"


@dataclass(frozen=True)
class Contestant:
    """A child that answers questions in their order."""

    name: str
    process: subprocess.Popen[bytes]

    def send(self, task: str, **question: Any) -> None:
        """Ask without waiting for the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"task": task, **question}).encode() + b"\n")

    def answer(self) -> Mapping[str, Any]:
        """The next answer. Raises Unmeasured where there is none, with what was said instead."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], LIMIT)
        if not ready:
            raise Unmeasured(f"{self.name}: no answer within {LIMIT:g} s")
        line = self.process.stdout.readline()
        if not line:
            raise Unmeasured(f"{self.name}: ended with exit code {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise Unmeasured(f"{self.name}: {answer['error']}")
        return answer

    def ask(self, task: str, **question: Any) -> Mapping[str, Any]:
        """Ask, and wait for the answer."""
        self.send(task, **question)
        return self.answer()


@contextmanager
def contestant(name: str, python: Path, *options: str) -> Iterator[Contestant]:
    """A contestant on that Python; what it prints but answers is dropped."""
    process = subprocess.Popen(
        [str(python), "-m", f"{__package__}", name, *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,  # an answer that were read ahead would not be there for select
    )
    with process:
        try:
            yield Contestant(name, process)
        finally:
            process.kill()
