"""Commands that only read, by a table: programs, and for each what would make it do more.

A program that is not in the table is not known to be safe. Long options count in their short forms
too (`--outp` is `--output`), and a letter counts wherever it stands among short options.
"""

import re
from collections.abc import Callable, Mapping

import msgspec

from codex_core.approvals.command_line import Segment, program_name

__all__ = ["is_known_safe"]


class _Unless(msgspec.Struct, frozen=True, kw_only=True):
    """Safe unless one of these options is there, or more than so many operands are."""

    long: tuple[str, ...] = ()
    letters: str = ""
    words: frozenset[str] = frozenset()
    """Options of one dash that are whole words."""
    operands: int | None = None

    def __call__(self, arguments: Segment) -> bool:
        if self.operands is not None and _operands(arguments) > self.operands:
            return False
        return not any(map(self._is_harmful, arguments))

    def _is_harmful(self, argument: str) -> bool:
        if argument.startswith("--"):
            name = argument.partition("=")[0]
            return len(name) > 2 and any(option.startswith(name) for option in self.long)
        if not argument.startswith("-"):
            return False
        return argument in self.words or any(letter in argument for letter in self.letters)


def _operands(arguments: Segment) -> int:
    """How many there are; whatever follows `--` is one."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    plain = [each for each in arguments[:end] if each == "-" or not each.startswith("-")]
    return len(plain) + len(arguments[end + 1 :])


_Test = Callable[[Segment], bool]
_ALWAYS = _Unless()


def _prints_lines(arguments: Segment) -> bool:
    """`sed -n 3p` or `sed -n 3,7p`, of one file at most: sed's language can write and run."""
    match arguments:
        case ("-n", script, *files):
            plain = re.fullmatch(r"\d+(,\d+)?p", script) is not None
            return plain and len(files) <= 1 and not any(file.startswith("-") for file in files)
    return False


def _shows_date(arguments: Segment) -> bool:
    """With a form, or in UTC; any other operand would set the clock."""
    return all(argument.startswith("+") or argument == "-u" for argument in arguments)


_GIT_READS = _Unless(long=("--output", "--ext-diff", "--textconv", "--exec"), letters="O")
_GIT_LISTS = frozenset({"-a", "-r", "-v", "-vv", "--all", "--list", "--remotes", "--show-current"})


def _lists_branches(arguments: Segment) -> bool:
    return _GIT_LISTS.issuperset(arguments)


_GIT: Mapping[str, _Test] = {
    "branch": _lists_branches,
    "diff": _GIT_READS,
    "log": _GIT_READS,
    "show": _GIT_READS,
    "status": _GIT_READS,
}


def _git_reads(arguments: Segment) -> bool:
    """Options before the subcommand can name programs to run, so there may be none."""
    test = _GIT.get(arguments[0]) if arguments else None
    return test is not None and test(arguments[1:])


_FIND_ACTS = frozenset(
    ["-delete", "-exec", "-execdir", "-fls", "-fprint", "-fprint0", "-fprintf", "-ok", "-okdir"]
)

_SAFE: Mapping[str, _Test] = {
    **dict.fromkeys(
        [
            "basename",
            "cat",
            "cd",
            "cmp",
            "comm",
            "cut",
            "diff",
            "dirname",
            "echo",
            "expr",
            "false",
            "grep",
            "head",
            "id",
            "ls",
            "nl",
            "paste",
            "pwd",
            "readlink",
            "realpath",
            "rev",
            "seq",
            "sha256sum",
            "stat",
            "tac",
            "tail",
            "tr",
            "true",
            "uname",
            "wc",
            "which",
            "whoami",
        ],
        _ALWAYS,
    ),
    "date": _shows_date,
    "find": _Unless(words=_FIND_ACTS),
    "git": _git_reads,
    "printf": _Unless(letters="v"),
    "rg": _Unless(long=("--pre", "--hostname-bin", "--search-zip"), letters="z"),
    "sed": _prints_lines,
    "sort": _Unless(long=("--output", "--compress-program"), letters="o"),
    "test": _Unless(words=frozenset({"-v", "-R"})),
    "uniq": _Unless(operands=1),
}


def is_known_safe(command: Segment) -> bool:
    """Does this plain command only read?"""
    name = program_name(command[0])
    test = _SAFE.get(name) if name else None
    return test is not None and test(command[1:])
