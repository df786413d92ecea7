"""A contestant: `python -m benchmarks.peers ENGINE [--gently]`, with a question a line on standard
input, and a line on standard output for each answer. Both are JSON.
"""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.child import Unmeasured
from benchmarks.peers.engine import Engine, Make
from benchmarks.peers.frontrun_peer import Frontrun
from benchmarks.peers.loom_peer import Simloom
from benchmarks.peers.loop_peer import Simloop
from benchmarks.peers.ours import Ours
from benchmarks.peers.real import Real
from benchmarks.peers.tasks import TASKS, Answer

ENGINES: Mapping[str, Make] = {
    "real": Real,
    "ours": Ours,
    "simloop": Simloop,
    "simloom": Simloom,
    "frontrun": Frontrun,
}
GENTLY = 5
"""How nice a contestant is to whatever else runs, with `--gently`: where nothing is timed."""


def main(name: str, *options: str) -> None:
    """Answer until there are no more questions."""
    if "--gently" in options:
        os.nice(GENTLY)
    engine: Engine | None = None
    for line in sys.stdin:
        try:
            engine = engine or ENGINES[name]()
            answer = answered(engine, json.loads(line))
        except Unmeasured as error:
            answer = {"error": str(error)}
        except Exception as error:  # told to the asker, who goes on with the next question
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def answered(engine: Engine, question: dict[str, Any]) -> Answer:
    """What a question comes to."""
    return TASKS[question.pop("task")](engine, **question)


if __name__ == "__main__":
    main(*sys.argv[1:])
