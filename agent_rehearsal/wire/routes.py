"""Which handler serves a path: exact paths, and templates such as `/v1/responses/{id}`.

A table, no I/O; what is served is opaque here. An exact path goes before every template.
"""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
Methods = dict[str, T]
"""What serves a path, by HTTP method."""


class Routes(Generic[T]):
    """The served paths. A template's `{name}` stands for one segment that is not empty."""

    def __init__(self) -> None:
        self._exact: dict[str, Methods[T]] = {}
        self._templates: dict[tuple[str, ...], Methods[T]] = {}

    def add(self, method: str, path: str, served: T) -> None:
        """Serve one method of one path, or of every path that fits a template."""
        if "{" in path:
            self._templates.setdefault(tuple(path.split("/")), {})[method] = served
        else:
            self._exact.setdefault(path, {})[method] = served

    def find(self, path: str) -> tuple[Methods[T], dict[str, str]]:
        """What serves a path, and the values of its template's names; nothing for an unknown one.

        Of two templates that fit, the one that was added first serves.
        """
        if (found := self._exact.get(path)) is not None:
            return found, {}
        segments = tuple(path.split("/"))
        for template, methods in self._templates.items():
            if (values := _values(template, segments)) is not None:
                return methods, values
        return {}, {}

    def __iter__(self) -> Iterator[str]:
        """Each route as it is shown: `GET /v1/models`."""
        for path, methods in self._exact.items():
            yield from (f"{method} {path}" for method in methods)
        for template, methods in self._templates.items():
            yield from (f"{method} {'/'.join(template)}" for method in methods)


def _values(template: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    values: dict[str, str] = {}
    for wanted, found in zip(template, segments, strict=True):
        if wanted.startswith("{") and found:
            values[wanted[1:-1]] = found
        elif wanted != found:
            return None
    return values
