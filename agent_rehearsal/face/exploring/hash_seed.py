"""The hash seed: sets of texts come in an order that it decides, so a schedule found under one seed
may stray under another.

It is read when Python starts. Where it is not pinned, pytest is started again, once.
"""

import os
import sys
from typing import NoReturn

import pytest

VARIABLE = "PYTHONHASHSEED"
USUAL = "0"


def pinned() -> str | None:
    """The seed that this process was started with; None where it is random."""
    seed = os.environ.get(VARIABLE, "random")
    return seed if seed.isdecimal() else None


def pin(config: pytest.Config, seed: str, why: str) -> None:
    """See that tests run under `seed`: at once, by starting pytest again, or not at all.

    Does nothing in a worker of pytest-xdist, which has its seed from its controller, or where
    pytest is not the program that runs.
    """
    if pinned() == seed or hasattr(config, "workerinput"):
        return
    if distributed(config):
        os.environ[VARIABLE] = seed
    elif _is_the_program(config):
        _start_again(config, seed, why)


def distributed(config: pytest.Config) -> bool:
    """Do workers of pytest-xdist run the tests?"""
    return bool(config.getoption("tx", None)) and config.getoption("dist", "no") != "no"


def _is_the_program(config: pytest.Config) -> bool:
    """Was pytest called from the command line, so that the same line calls it again?"""
    given = list(config.invocation_params.args)
    return given == sys.argv[1:] and sys.orig_argv[len(sys.orig_argv) - len(given) :] == given


def _start_again(config: pytest.Config, seed: str, why: str) -> NoReturn:
    capture = config.pluginmanager.get_plugin("capturemanager")
    if capture is not None:
        capture.suspend_global_capture(in_=True)
    print(
        f"rehearsal: {why}, and {VARIABLE} is not {seed}: pytest starts again with {VARIABLE}="
        f"{seed} (set it in the command to save the second start)",
        flush=True,
    )
    sys.stderr.flush()
    os.execve(sys.executable, sys.orig_argv, {**os.environ, VARIABLE: seed})
