"""How a callable that somebody passed in is named in a message: by its code if that is short."""

import ast
import inspect
from collections.abc import Callable
from pathlib import PurePath
from typing import Any


def callable_text(test: Callable[..., Any]) -> str:
    """The name of a function, the code of a lambda with its line, the repr of the rest."""
    name = getattr(test, "__qualname__", None)
    if not isinstance(name, str):
        return repr(test)
    name = name.rpartition("<locals>.")[2]
    return _lambda_text(test) if name.endswith("<lambda>") else name


def _lambda_text(test: Callable[..., Any]) -> str:
    place = inspect.unwrap(test).__code__
    where = f"{PurePath(place.co_filename).name}:{place.co_firstlineno}"
    try:
        source = inspect.getsourcelines(test)[0][0]
    except (OSError, TypeError, IndexError):
        return f"(lambda at {where})"
    code = _only_lambda(source)
    return f"({code} at {where})" if code else f"(lambda at {where})"


def _only_lambda(source: str) -> str | None:
    """The one lambda that a line of source holds whole; None if there is none, or several."""
    if source.count("lambda") != 1:
        return None
    text = source[source.index("lambda") :].rstrip()
    for end in range(len(text), 0, -1):
        try:
            parsed = ast.parse(text[:end], mode="eval").body
        except SyntaxError:
            continue
        if isinstance(parsed, ast.Lambda):
            return text[:end].rstrip()
    return None
