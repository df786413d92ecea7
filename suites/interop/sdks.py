"""The libraries that a driver takes through turns: where each is installed, and how it is run.

The drivers run in the libraries' own environments, which `make interop` makes; this module starts
them and reads what they tell.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from suites.interop import child
from suites.interop.drivers.turns import Told

ROOT = Path(__file__).resolve().parents[2]
DRIVERS = Path(__file__).parent / "drivers"
QUIET = {
    "NO_PROXY": "127.0.0.1,localhost",
    "OPENAI_AGENTS_DISABLE_TRACING": "1",
    "LANGSMITH_TRACING": "false",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "PYTHONPATH": str(ROOT),
}
"""What keeps libraries off the network, and lets the drivers in Python find each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sdk:
    """A library and the driver that uses it."""

    name: str
    place: str
    """Its environment below `.interop`."""
    driver: str
    """The file in `drivers`: one in Python is run as a module, another by node."""

    @property
    def label(self) -> str:
        """The name as part of a file's."""
        return self.name.replace(" ", "-").replace("/", "-").lstrip("@")

    @property
    def folder(self) -> Path:
        """Where `make interop` installs it."""
        return ROOT / ".interop" / self.place

    def command(self) -> tuple[str | Path, ...]:
        """What runs the driver, but for the name of the turn."""
        driver = DRIVERS / self.driver
        if driver.suffix == ".py":
            return self.folder / "bin" / "python", "-m", f"suites.interop.drivers.{driver.stem}"
        # Node finds the packages of a script that it is given as text from its working folder.
        return "node", "--input-type=module", "--eval", driver.read_text("utf-8")

    async def take(self, turn: str, env: Mapping[str, str]) -> tuple[str, Told]:
        """The library's version, and what it made of a turn. Fails with what it wrote on stderr."""
        assert self.folder.is_dir(), (
            f"{self.name} is not in {self.folder}; `make interop` installs it and runs these tests"
        )
        ended = await child.run(*self.command(), turn, cwd=self.folder, env={**QUIET, **env})
        assert ended.code == 0, ended.err
        told = json.loads(ended.out.splitlines()[-1])
        return told.pop("version"), Told(**told)


SDKS = (
    Sdk(name="openai Python 2", place="openai-2", driver="openai_python.py"),
    Sdk(name="openai Python 3", place="openai-3", driver="openai_python.py"),
    Sdk(name="openai Node", place="node", driver="openai_node.mjs"),
    Sdk(name="openai-agents", place="openai-3", driver="openai_agents.py"),
    Sdk(name="pydantic-ai-slim", place="openai-3", driver="pydantic_ai_slim.py"),
    Sdk(name="langchain-openai", place="openai-3", driver="langchain_responses.py"),
    Sdk(name="litellm", place="openai-2", driver="litellm_responses.py"),
)
"""Libraries that ask the mock themselves."""
REALTIME_SDKS = (
    Sdk(name="openai Python 2", place="openai-2", driver="openai_realtime_python.py"),
    Sdk(name="openai Python 3", place="openai-3", driver="openai_realtime_python.py"),
    Sdk(name="openai Node", place="node", driver="openai_realtime_node.mjs"),
    Sdk(name="openai-agents", place="openai-3", driver="openai_agents_realtime.py"),
)
"""Libraries that hold realtime sessions."""
CALLING_SDKS = REALTIME_SDKS[:2]
"""Those that make calls and client secrets."""
BETA_SDKS = REALTIME_SDKS[:2]
"""Those that speak the shape of the API before GA."""
CODEX_SDKS = (
    Sdk(name="openai-codex-sdk Python", place="openai-3", driver="codex_sdk_python.py"),
    Sdk(name="@openai/codex-sdk Node", place="node", driver="codex_sdk_node.mjs"),
)
"""Libraries that start a Codex CLI, which asks."""
