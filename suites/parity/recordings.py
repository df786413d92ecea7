"""What the reference client sent, kept: a file a scenario, made by `record`, read by `make test`.

Lists of tools are the same again and again: they are kept once, in `tools.json`, by their hash.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from suites.parity.normalise import Lanes

FOLDER = Path(__file__).with_name("recordings")
TOOLS = "tools.json"
KEY = "tools"
KEPT = "$tools"
"""The key whose value is the hash of a list that is kept elsewhere."""


class NotRecorded(LookupError):
    """There is no recording of a scenario."""


class Recordings:
    """The recordings in a folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """The scenarios that are recorded."""
        return sorted(file.stem for file in self._folder.glob("*.json") if file.name != TOOLS)

    def read(self, scenario: str) -> Lanes:
        """The requests of a scenario. Raises NotRecorded."""
        file = self._file(scenario)
        if not file.is_file():
            raise NotRecorded(
                f"{scenario} is not recorded; `python -m suites.parity record {scenario}` does it"
            )
        tools = _load(self._folder / TOOLS, {})
        lanes: Lanes = _with_tools(_load(file, {}), tools)
        return lanes

    def write(self, scenario: str, lanes: Lanes) -> None:
        """Keep the requests of a scenario in place of those that were."""
        file = self._folder / TOOLS
        tools = _load(file, {})
        _store(self._file(scenario), _without_tools(lanes, tools))
        _store(file, dict(sorted(tools.items())))

    def prune(self, scenarios: list[str]) -> None:
        """Forget all scenarios but these, and the lists that no other has."""
        for name in set(self.names()).difference(scenarios):
            self._file(name).unlink()
        used = "".join(self._file(name).read_text("utf-8") for name in self.names())
        file = self._folder / TOOLS
        _store(file, {key: each for key, each in _load(file, {}).items() if key in used})

    def _file(self, scenario: str) -> Path:
        return self._folder / f"{scenario}.json"


def _without_tools(value: Any, tools: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_without_tools(each, tools) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _kept(each, tools) if key == KEY and each else _without_tools(each, tools)
        for key, each in value.items()
    }


def _kept(value: Any, tools: dict[str, Any]) -> dict[str, str]:
    digest = sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
    tools[digest] = value
    return {KEPT: digest}


def _with_tools(value: Any, tools: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_with_tools(each, tools) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {KEPT}:
        return tools[value[KEPT]]
    return {key: _with_tools(each, tools) for key, each in value.items()}


def _load(file: Path, otherwise: Any) -> Any:
    return json.loads(file.read_text("utf-8")) if file.is_file() else otherwise


def _store(file: Path, value: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")
