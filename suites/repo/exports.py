"""Public surfaces: what each module offers in `__all__`, and where those names are really defined.

Works on parsed text alone, so that it can judge a package that does not import. Understands a
lazy package: a `__getattr__` over a top-level dict from a name to its module.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import resolve_name

from suites.repo.tree import PACKAGES, Module

Tree = Mapping[str, Module]


def complaints(tree: Iterable[Module]) -> list[str]:
    """Every breach of the rules on public names, one line each."""
    known = {module.name: module for module in tree}
    return [line for module in known.values() for line in _complaints(module, known)]


def floor(name: str) -> str:
    """The layer a module is on: a floor of the harness, or a whole top-level package."""
    top, _, rest = name.partition(".")
    first = rest.partition(".")[0]
    return f"{top}.{first}" if top == "agent_rehearsal" and first else top


def lazy_table(module: Module) -> dict[str, str]:
    """Name -> module of a package that resolves its names in `__getattr__`; {} for others."""
    if "__getattr__" not in _defined(module):
        return {}
    tables = (
        dict(_entries(value, module.package))
        for _, value in _assignments(module)
        if isinstance(value, ast.Dict)
    )
    return next((table for table in tables if table), {})


def exported(module: Module) -> list[str] | None:
    """The names in `__all__`, None without one; a call or a star over the lazy table counts."""
    values = [value for name, value in _assignments(module) if name == "__all__"]
    if not values:
        return None
    literals = [
        node.value
        for node in ast.walk(values[-1])
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    computed = any(isinstance(node, ast.Name) for node in ast.walk(values[-1]))
    return literals + (list(lazy_table(module)) if computed else [])


def origin(name: str, module: Module, tree: Tree, seen: frozenset[str] = frozenset()) -> str | None:
    """The module where a name of `module` is defined; None if that cannot be told."""
    if name in _defined(module):
        return module.name
    running = [each for each in module.imports if not (each.deferred or each.typing_only)]
    sources = {each.bound: (each.module, each.name) for each in running}
    sources |= {key: (source, key) for key, source in lazy_table(module).items()}
    if name not in sources or module.name in seen:
        return None
    source, original = sources[name]
    if original is None or f"{source}.{original}" in tree:
        return source if original is None else f"{source}.{original}"
    if source not in tree:
        return source
    return origin(original, tree[source], tree, seen | {module.name})


def _complaints(module: Module, tree: Tree) -> Iterator[str]:
    names = exported(module)
    offered = _offered(module, tree) if module.is_package else set()
    if names is None and offered:
        yield f"{module.path}: has no __all__ but offers {sorted(offered)}"
    elif unlisted := sorted(offered - set(names or ())):
        yield f"{module.path}: offers {unlisted} without listing them in __all__"
    for name in sorted({*(names or ()), *offered}):
        home = origin(name, module, tree)
        if home is None:
            yield f"{module.path}: {name} of __all__ is not defined anywhere"
        elif not _own(home, module):
            yield f"{module.path}: hands on {name} of {home}; let users import it from there"
    if untyped := sorted(lazy_table(module).keys() ^ _typed_names(module)):
        yield f"{module.path}: {untyped} are either in the table or under TYPE_CHECKING, not both"


def _own(home: str, module: Module) -> bool:
    """A package offers what is defined below it; a module, what its floor defines."""
    if module.is_package:
        return home == module.name or home.startswith(f"{module.name}.")
    return floor(home) == floor(module.name)


def _offered(module: Module, tree: Tree) -> set[str]:
    """Names without an underscore that a package's text makes, or takes from packages of ours."""
    taken = {
        each.bound
        for each in module.imports
        if each.name and not each.deferred and _is_ours(each.module)
        if f"{each.module}.{each.name}" not in tree
    }
    names = taken | _defined(module) | lazy_table(module).keys()
    return {name for name in names if not name.startswith("_")}


def _typed_names(module: Module) -> set[str]:
    """What a lazy package tells type checkers that it offers."""
    if not lazy_table(module):
        return set()
    return {each.bound for each in module.imports if each.typing_only and _is_ours(each.module)}


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in PACKAGES


def _defined(module: Module) -> set[str]:
    """Names made by the module's own statements."""
    made = {name for name, _ in _assignments(module)}
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return made | {node.name for node in module.tree.body if isinstance(node, kinds)}


def _assignments(module: Module) -> Iterator[tuple[str, ast.expr]]:
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from ((t.id, value) for t in targets if isinstance(t, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value


def _entries(table: ast.Dict, package: str) -> Iterator[tuple[str, str]]:
    """Both shapes: {"name": "module"} and {"module": ("name", ...)}."""
    for key, value in zip(table.keys, table.values, strict=True):
        match key, value:
            case ast.Constant(value=str(name)), ast.Constant(value=str(source)):
                yield name, resolve_name(source, package)
            case ast.Constant(value=str(source)), ast.Tuple() | ast.List():
                for name in ast.literal_eval(value):
                    yield name, resolve_name(source, package)
