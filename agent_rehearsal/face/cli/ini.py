"""pytest's settings as the nearest of its files has them; read as text, pytest is not asked."""

import configparser
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Ini:
    """The settings found; without a file there are none."""

    path: Path | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """A setting as text, empty where it is not set."""
        return self.values.get(name, "")


def nearest(folder: Path) -> Ini:
    """The settings that hold in `folder`: of the first file that has any, there or above."""
    for place in (folder, *folder.parents):
        for name, sections in _FILES.items():
            values = _read(place / name, sections)
            if values is not None:
                return Ini(place / name, values)
    return Ini()


def _read(path: Path, sections: tuple[str, ...]) -> Mapping[str, str] | None:
    try:
        tables = _PARSERS[path.suffix](path.read_text("utf-8"))
    except (OSError, ValueError, configparser.Error):
        return None
    return next((tables[section] for section in sections if section in tables), None)


def _ini(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser.sections()}


def _toml(text: str) -> dict[str, dict[str, str]]:
    return dict(_tables("", tomllib.loads(text)))


def _tables(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Every table by its dotted name, its values as text."""
    for name, value in table.items():
        if isinstance(value, dict):
            dotted = f"{prefix}.{name}".lstrip(".")
            yield dotted, {key: str(v) for key, v in value.items() if not isinstance(v, dict)}
            yield from _tables(dotted, value)


_FILES = {
    "pytest.toml": ("pytest",),
    ".pytest.toml": ("pytest",),
    "pytest.ini": ("pytest",),
    ".pytest.ini": ("pytest",),
    "pyproject.toml": ("tool.pytest.ini_options", "tool.pytest"),
    "tox.ini": ("pytest",),
    "setup.cfg": ("tool:pytest",),
}
"""Where pytest looks, in its order, and the section that has its settings."""
_PARSERS: Mapping[str, Callable[[str], dict[str, dict[str, str]]]] = {
    ".toml": _toml,
    ".ini": _ini,
    ".cfg": _ini,
}
