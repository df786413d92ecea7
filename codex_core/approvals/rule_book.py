"""The rules that hold now, and their files in the settings folder: `rules/*.rules`.

A rule that is added while the program runs holds at once for every thread, and is appended to
`default.rules` in one write, so that another program's rules are never lost.
"""

from pathlib import Path

from codex_core.approvals.command_line import Segment
from codex_core.approvals.rules import Rule, RuleError, parse_rules, rule_text
from codex_core.config.errors import ConfigError

__all__ = ["RuleBook"]


class RuleBook:
    """The rules of one settings folder; without a folder they are kept in memory alone."""

    def __init__(self, home: Path | None = None) -> None:
        self._folder = home / "rules" if home else None
        self.rules: tuple[Rule, ...] = ()
        """All rules, in the order of the files' names."""

    def load(self) -> None:
        """Reads the files. Raises `ConfigError` for one that cannot be read: a rule that forbids
        must not be passed over.
        """
        files = sorted(self._folder.glob("*.rules")) if self._folder else []
        self.rules = tuple(rule for file in files for rule in _read(file))

    def allow(self, prefix: Segment) -> None:
        """Allows commands that begin so, from now on; raises `OSError` if only until the end of
        this program, because it cannot be written down.
        """
        rule = Rule(pattern=tuple((word,) for word in prefix))
        if rule in self.rules:
            return
        self.rules = (*self.rules, rule)
        if self._folder is None:
            raise FileNotFoundError("there is no settings folder to keep it in")
        self._folder.mkdir(parents=True, exist_ok=True)
        _append(self._folder / "default.rules", rule_text(prefix))


def _read(file: Path) -> tuple[Rule, ...]:
    try:
        return parse_rules(file.read_text(encoding="utf-8"))
    except RuleError as error:
        place, problem, remedy = f"{file}:{error.line}", error.problem, error.remedy
    except (OSError, UnicodeDecodeError) as failure:
        place, problem, remedy = str(file), f"cannot be read: {failure}", "make it readable"
    raise ConfigError(place=place, key="prefix_rule", problem=problem, remedy=remedy)


def _append(file: Path, line: str) -> None:
    with file.open("a+b") as book:
        size = book.tell()
        book.seek(max(size - 1, 0))
        is_open = book.read(1) not in (b"", b"\n")
        book.write((f"\n{line}" if is_open else line).encode())
