"""A whole `exec` over a WebSocket, as a process of its own: what it says, and what it loads."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent_rehearsal import Stage
from mock_responses import message, shell_call
from suites.cli.processes import Done, python
from suites.turns.wires import frames, posts, warm_ups

pytestmark = pytest.mark.real

RUN = """
import gc, json, sys
from codex_core.__main__ import start

def looks_around(phase, info):
    if "codex_core.session.codex" not in sys.modules:
        early.append(info)

early = []
gc.callbacks.append(looks_around)
code = start()
collector = {"early": early, "enabled": gc.isenabled(), "spared": gc.get_freeze_count()}
print(json.dumps({"modules": sorted(sys.modules), "collector": collector}))
raise SystemExit(code)
"""

SPARED = (
    "aiohttp",
    "codex_core.app.plain",
    "codex_core.model_client.chatgpt_auth",
    "codex_core.model_client.command_auth",
    "codex_core.realtime",
    "codex_core.session.compaction.run",
    "codex_core.tools.patch.unified",
    "codex_core.tools.patch_application",
    "difflib",
    "zoneinfo",
)
"""What takes time to load, and a turn can do without."""


async def run(stage: Stage, home: Path, prompt: str) -> Done:
    """An `exec` in a fresh home, then a line on what was loaded and what the collector did."""
    env = {**stage.responses.codex_home(home, websockets=True), "TZ": "Etc/UTC"}
    sandbox = ("-c", "sandbox_mode=danger-full-access")
    return await python("-c", RUN, "exec", "--json", prompt, *sandbox, "-C", home, env=env)


async def test_an_exec_over_a_websocket_loads_what_it_needs(tmp_path: Path) -> None:
    """aiohttp, which takes longest, is not there, nor is what is for other turns; this one works,
    warmed up, with a tool.
    """
    async with Stage() as stage:
        stage.responses.reply(shell_call("c1", "echo hello"))
        stage.responses.reply(message("done"))
        done = await run(stage, tmp_path, "say hello")
        assert len(warm_ups(stage.responses)) == 1
        sent = frames(stage.responses)
        assert not posts(stage.responses)
    assert (done.code, done.err) == (0, "")
    *said, process = [json.loads(line) for line in done.out.splitlines()]
    assert "websockets" in process["modules"]
    assert [name for name in process["modules"] if name.startswith(SPARED)] == []
    assert sent[-1].output_of("c1").endswith("hello\n")
    last: dict[str, Any] = next(event for event in reversed(said) if "item" in event)
    assert last["item"]["text"] == "done"


async def test_the_garbage_collector_leaves_what_is_loaded_alone(tmp_path: Path) -> None:
    """It does not run while the command line is loaded, and passes over that later."""
    async with Stage() as stage:
        stage.responses.reply(message("done"))
        done = await run(stage, tmp_path, "say hello")
    collector = json.loads(done.out.splitlines()[-1])["collector"]
    assert collector["early"] == []
    assert collector["spared"] > 0
    assert collector["enabled"]
