"""What the model is told of its surroundings: `<environment_context>`. Values, text, comparison."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from codex_core.config.config import Config
from codex_core.model_client.local_time import local_time
from codex_core.runtime import Runtime
from codex_core.tools.sandbox import PROTECTED, workspace_roots
from codex_core.tools.shell import user_shell

__all__ = ["Environment"]

_UNRESTRICTED = (
    '<permission_profile type="disabled"><file_system type="unrestricted" /></permission_profile>'
)
_RESTRICTED = (
    '<permission_profile type="managed"><file_system type="restricted">'
    "{entries}</file_system></permission_profile>"
)


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """What `<environment_context>` says; a field that is None is not said."""

    cwd: str | None
    shell: str | None
    current_date: str
    timezone: str
    filesystem: str

    @classmethod
    def of(cls, config: Config, runtime: Runtime, cwd: Path) -> "Environment":
        """The environment as it is now."""
        today = local_time(runtime.now(), runtime.timezone)
        return cls(
            cwd=_escaped(str(cwd)),
            shell=_escaped(Path(user_shell(runtime)).name),
            current_date=f"{today:%Y-%m-%d}",
            timezone=runtime.timezone,
            filesystem=_filesystem(config, cwd),
        )

    def text(self) -> str:
        """The tagged block."""
        named = msgspec.structs.asdict(self).items()
        lines = [f"  <{name}>{value}</{name}>" for name, value in named if value is not None]
        return "\n".join(["<environment_context>", *lines, "</environment_context>"])

    def news(self, before: "Environment") -> "Environment | None":
        """What a later turn is told; None if nothing changed. The shell goes with the folder."""
        if self.cwd != before.cwd:
            return self
        if msgspec.structs.replace(self, shell=before.shell) == before:
            return None
        return msgspec.structs.replace(self, cwd=None, shell=None)


def _filesystem(config: Config, cwd: Path) -> str:
    """The folders of the work and what may be done where, as the reference client writes it."""
    roots = workspace_roots(config, cwd)
    listed = "".join(f"<root>{_escaped(str(root))}</root>" for root in roots)
    return f"<workspace_roots>{listed}</workspace_roots>{_profile(config, roots)}"


def _profile(config: Config, roots: Iterable[Path]) -> str:
    if config.sandbox_mode == "danger-full-access":
        return _UNRESTRICTED
    entries = [_entry("read", special=":root")]
    if config.sandbox_mode == "workspace-write":
        entries += _writable(config, tuple(roots))
    return _RESTRICTED.format(entries="".join(entries))


def _writable(config: Config, roots: tuple[Path, ...]) -> Iterable[str]:
    given = config.sandbox_workspace_write
    yield from (_entry("write", path=root) for root in roots)
    if not given.exclude_slash_tmp:
        yield _entry("write", special=":slash_tmp")
    if not given.exclude_tmpdir_env_var:
        yield _entry("write", special=":tmpdir")
    yield from (_entry("read", path=root / name) for name in PROTECTED for root in roots)


def _entry(access: str, *, path: Path | None = None, special: str = "") -> str:
    named = f"<special>{special}</special>"
    what = named if path is None else f"<path>{_escaped(str(path))}</path>"
    return f'<entry access="{access}">{what}</entry>'


def _escaped(text: str) -> str:
    """A text between two tags; `xml.sax`, which has the same, is slow to load."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
