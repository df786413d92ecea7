"""The real Codex CLI as a process: found, pointed at a mock, run once with a prompt."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from suites.interop import child

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ("0.142.0", "0.169.0")
"""The versions that `make interop` installs side by side."""


class NotInstalled(AssertionError):
    """A CLI is not where `make interop` puts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run left behind."""

    code: int
    events: list[dict[str, Any]]
    """The JSON lines on stdout."""
    stderr: str


def program(version: str) -> Path:
    """The CLI of one version: the native binary, else the wrapper that npm made.

    Raises NotInstalled.
    """
    modules = ROOT / ".interop" / f"codex-{version}" / "node_modules"
    native = sorted(modules.glob("@openai/codex-*/vendor/*/*/codex"))
    for path in (*native, modules / ".bin" / "codex"):
        if path.is_file():
            return path.resolve()
    raise NotInstalled(
        f"Codex CLI {version} is not in {modules}; `make interop` installs it and runs these tests"
    )


async def codex_exec(
    version: str,
    prompt: str,
    *,
    cwd: Path,
    env: Mapping[str, str],
    config: Mapping[str, Any] | None = None,
) -> Run:
    """Run `codex exec` on `prompt` to its end; `config` replaces settings of its home, by path.

    Raises TimeoutError after `child.LIMIT` seconds.
    """
    given = [f"--config={path}={_toml(value)}" for path, value in (config or {}).items()]
    options = ("--json", "--skip-git-repo-check", *given)
    ended = await child.run(program(version), "exec", *options, prompt, cwd=cwd, env=env)
    events = [json.loads(line) for line in ended.out.splitlines()]
    return Run(code=ended.code, events=events, stderr=ended.err)


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{name}={_toml(each)}" for name, each in value.items()) + "}"
    return json.dumps(value)
