"""The pages of this repository as text: their blocks of code, tables and links."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^]\n]+\]\((?P<target>[^)\s]+)\)")
_CELL = re.compile(r"^\| `(?P<name>[\w-]+)[^`]*` \|", re.MULTILINE)


def read(page: str) -> str:
    """The text of a page of `docs/`."""
    return (DOCS / page).read_text("utf-8")


def blocks(text: str, language: str = "python") -> list[str]:
    """The code of all blocks in a language."""
    return [found["code"] for found in _BLOCK.finditer(text) if found["language"] == language]


def links(text: str) -> list[str]:
    """Where the links of a page lead, but for those that leave the repository."""
    targets = [found["target"] for found in _LINK.finditer(text)]
    return [target for target in targets if "://" not in target]


def rows(text: str) -> list[str]:
    """The names that begin the rows of the tables, without what a call takes."""
    return [found["name"] for found in _CELL.finditer(text)]


def section(text: str, title: str) -> str:
    """What stands below a heading, up to the next one of its level."""
    _, mark, rest = text.partition(f"\n## {title}\n")
    assert mark, f"there is no section {title!r}"
    return rest.partition("\n## ")[0]
