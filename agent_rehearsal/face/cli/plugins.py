"""The pytest plugins that are installed, and the fixtures they define, read from their sources.

No plugin is imported: some of them change the process that they are imported into.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import PathFinder, SourceFileLoader
from importlib.metadata import EntryPoint, entry_points

GROUP = "pytest11"
"""The entry points by which pytest finds plugins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One installed plugin."""

    name: str
    """What `-p no:NAME` takes."""
    distribution: str
    """The distribution that brings it, empty if that cannot be told."""
    fixtures: frozenset[str]
    """The fixtures that its module defines."""


def installed() -> tuple[Plugin, ...]:
    """Every plugin that pytest would load."""
    return tuple(map(_plugin, entry_points(group=GROUP)))


def fixtures_in(source: str) -> frozenset[str]:
    """The fixtures that a module's text defines at its top; none if it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return frozenset()
    return frozenset(_fixtures(tree))


def _fixtures(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                if ast.unparse(decorator).partition("(")[0].endswith("fixture"):
                    yield _given_name(decorator) or node.name


def _given_name(decorator: ast.expr) -> str | None:
    match decorator:
        case ast.Call(keywords=keywords):
            names = [k.value for k in keywords if k.arg == "name"]
            return next((str(ast.literal_eval(n)) for n in names if _is_text(n)), None)
        case _:
            return None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _plugin(point: EntryPoint) -> Plugin:
    return Plugin(
        name=point.name,
        distribution=point.dist.name if point.dist else "",
        fixtures=fixtures_in(_source(point.module)),
    )


def _source(module: str) -> str:
    """The text of a module, found as an import would find it; empty where that takes an import."""
    name, where, spec = "", None, None
    for part in module.split("."):
        name = f"{name}.{part}".lstrip(".")
        spec = PathFinder.find_spec(name, where)
        where = (spec.submodule_search_locations if spec else None) or []
    loader = spec.loader if spec else None
    return (loader.get_source(name) or "") if isinstance(loader, SourceFileLoader) else ""
