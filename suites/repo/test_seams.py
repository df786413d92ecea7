"""The seams are kept, and the reader that looks after them sees what it should see."""

from pathlib import Path

import pytest

from suites.repo.seams import SEAMS, breaches, stale
from suites.repo.tree import Module, packaged


def breached(source: str, path: str = "codex_core/session/turn.py") -> list[str]:
    return [str(breach) for breach in breaches(Module(Path(path), source))]


def test_the_packages_keep_to_the_seams() -> None:
    """No clock, entropy, thread, process or socket but where the table allows it."""
    assert [str(breach) for module in packaged() for breach in breaches(module)] == []


def test_every_open_place_needs_to_be_open() -> None:
    """A module that no longer needs its permission loses it."""
    assert {module.name: stale(module) for module in packaged() if stale(module)} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from time import monotonic",
        "def f():\n    import time",
        "import importlib\nimportlib.import_module('time')",
        "from datetime import datetime as dt\nstart = dt.now()",
        "import datetime\nstart = datetime.datetime.utcnow()",
        "from datetime import date\nday = date.today",
        "import random",
        "from uuid import uuid4",
        "import secrets",
        "import os\nos.urandom(8)",
        "from os import urandom",
        "import threading",
        "from concurrent.futures import Future",
        "import concurrent.futures",
        "import asyncio\nasyncio.to_thread(print)",
        "def f(loop):\n    loop.run_in_executor(None, print)",
        "import subprocess",
        "from asyncio import create_subprocess_exec",
        "import asyncio\nasyncio.create_subprocess_shell('ls')",
        "import asyncio.subprocess as sub\nsub.create_subprocess_exec('ls')",
        "from asyncio.subprocess import create_subprocess_shell as shell",
        "import os\nos.system('ls')",
        "import socket\nsocket.socket()",
        "from socket import create_connection",
    ],
)
def test_a_breach_is_found(source: str) -> None:
    """Whatever way a closed thing is imported, its use is one breach or more."""
    assert breached(source)


@pytest.mark.parametrize(
    "source",
    [
        "import asyncio\nasyncio.get_running_loop().time()",
        "from datetime import UTC, datetime\ndatetime.fromtimestamp(0, UTC)",
        "import socket\nsocket.SO_LINGER",
        "from socket import IPPROTO_TCP, TCP_NODELAY",
        "import os\nos.path.join('a', 'b')",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import subprocess",
        "def time() -> int:\n    return 1",
        "from codex_core.runtime import Runtime",
    ],
)
def test_what_is_fine_is_not_reported(source: str) -> None:
    """Loop time, conversions, constants and type-only imports are no breach."""
    assert breached(source) == []


def test_a_breach_names_place_and_remedy() -> None:
    """The report can be clicked on and says what to do instead."""
    (report,) = breached("import os\n\nseed = os.urandom(4)\n")
    assert report == (
        "codex_core/session/turn.py:3: os.urandom (entropy);"
        " take ids from a counter, in codex_core ids and jitter from Runtime"
    )


def test_one_use_is_one_breach() -> None:
    """A line is reported once for what it does."""
    assert len(breached("from uuid import uuid4")) == 1


def test_an_open_place_is_open_for_its_subject_only() -> None:
    """Permission to read the clock is none to start a thread."""
    path = "agent_rehearsal/journal/clock.py"
    assert breached("import time", path) == []
    assert breached("import threading", path)


def test_a_permission_without_use_is_stale() -> None:
    """The clock's module without a clock is reported."""
    module = Module(Path("agent_rehearsal/journal/clock.py"), "import asyncio")
    assert stale(module) == ["a real clock"]


def test_every_open_place_has_a_reason() -> None:
    """The table explains each exception."""
    assert all(reason for seam in SEAMS for reason in seam.open_at.values())
