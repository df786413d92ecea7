"""The names of findings: one table, which the rules, the findings and the docs agree with."""

import ast

from agent_rehearsal.wire import findings
from mock_responses import conduct
from suites.repo.tree import PACKAGES, ROOT, modules

DOCS = ROOT / "docs" / "findings.md"


def named_by(call: ast.Call) -> str | None:
    """The name that a call of `findings.add` gives, if it is written out there."""
    match call:
        case ast.Call(func=ast.Attribute(attr="add") as called, args=[ast.Constant(str(name)), *_]):
            return name if ast.unparse(called).endswith("findings.add") else None
    return None


def test_every_finding_of_the_servers_is_in_the_list() -> None:
    """A test may ask for it by name."""
    calls = [
        node
        for module in modules(*PACKAGES)
        if "findings.add(" in module.source
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
    ]
    used = {name for call in calls if (name := named_by(call)) is not None}
    assert used <= set(findings.NAMES)
    assert len(used) > 3


def test_no_name_means_two_things() -> None:
    """A waiver means one rule."""
    assert set(conduct.NAMES).isdisjoint(findings.NAMES)


def test_every_name_is_explained() -> None:
    """The page on findings has a row for each, with what the table says it means."""
    rows = dict(row_of(line) for line in DOCS.read_text("utf-8").splitlines() if is_row(line))
    assert rows.keys() >= {*conduct.NAMES, *findings.NAMES}
    assert {name: rows[name] for name in conduct.NAMES} == dict(conduct.NAMES)


def is_row(line: str) -> bool:
    """Whether a line of the page explains a name."""
    return line.startswith("| `")


def row_of(line: str) -> tuple[str, str]:
    """A name and what it means."""
    _, name, meaning, *_ = (cell.strip() for cell in line.split("|"))
    return name.strip("`"), meaning
