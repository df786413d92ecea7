"""This repository as text: its modules, parsed, and what each one imports.

Reads files, imports nothing of ours, and knows no rule; the rules are in the tests beside it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import resolve_name
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("agent_rehearsal", "codex_core", "mock_realtime", "mock_responses")


@dataclass(frozen=True, kw_only=True)
class Import:
    """One imported name."""

    bound: str
    """The name that the importing module can use afterwards."""
    module: str
    """The module asked for, absolute."""
    name: str | None
    """What was taken out of it; None where the module itself was imported."""
    line: int
    deferred: bool
    """Within a function: it runs on use."""
    typing_only: bool
    """Under `if TYPE_CHECKING`: it never runs."""

    @property
    def target(self) -> str:
        """The dotted name that `bound` stands for."""
        if self.name is not None:
            return f"{self.module}.{self.name}"
        return self.bound if self.module.startswith(f"{self.bound}.") else self.module


@dataclass(frozen=True)
class Module:
    """A Python file: `path` is relative to the repository's root."""

    path: Path
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, str(self.path))

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def name(self) -> str:
        """The dotted name to import it by."""
        parts = self.path.parent.parts if self.is_package else self.path.with_suffix("").parts
        return ".".join(parts)

    @property
    def package(self) -> str:
        """What a relative import starts from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """All imports, wherever they stand, in order."""
        return tuple(_imports(self.tree.body, self.package, deferred=False, typing_only=False))


def modules(*folders: str, root: Path = ROOT) -> tuple[Module, ...]:
    """Every Python file below the folders; those that do not exist have none."""
    paths = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    return tuple(Module(path.relative_to(root), path.read_text("utf-8")) for path in paths)


def packaged() -> tuple[Module, ...]:
    """Every module that a user installs."""
    return modules(*PACKAGES)


def _imports(
    body: list[ast.stmt], package: str, *, deferred: bool, typing_only: bool
) -> Iterator[Import]:
    for node in body:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Import(
                        bound=alias.asname or alias.name.partition(".")[0],
                        module=alias.name,
                        name=None,
                        line=node.lineno,
                        deferred=deferred,
                        typing_only=typing_only,
                    )
            case ast.ImportFrom(names=names):
                for alias in names:
                    yield Import(
                        bound=alias.asname or alias.name,
                        module=resolve_name("." * node.level + (node.module or ""), package),
                        name=alias.name,
                        line=node.lineno,
                        deferred=deferred,
                        typing_only=typing_only,
                    )
            case ast.If(test=test) if ast.unparse(test).endswith("TYPE_CHECKING"):
                yield from _imports(node.body, package, deferred=deferred, typing_only=True)
                yield from _imports(node.orelse, package, deferred=deferred, typing_only=False)
            case _:
                inner = deferred or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                for block in _blocks(node):
                    yield from _imports(block, package, deferred=inner, typing_only=typing_only)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The lists of statements within a statement."""
    for child in ("body", "orelse", "finalbody"):
        block = getattr(node, child, None)
        if isinstance(block, list):
            yield block
    for child in ("handlers", "cases"):
        for part in getattr(node, child, ()):
            yield part.body
