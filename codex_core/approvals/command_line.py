"""From a shell's argument vector to the plain commands in it, where it holds nothing else.

Only what every POSIX shell reads in the same way is taken apart: words, quotes around text without
expansions, and `|`, `&&`, `||`, `;` between commands. All else is one command: the shell itself.
"""

import re
from collections.abc import Iterator
from pathlib import PurePath

__all__ = ["Segment", "program_name", "segments_of"]

Segment = tuple[str, ...]
"""The words of one command."""

_SHELLS = frozenset({"sh", "bash", "dash", "ksh", "zsh"})
_FOLDERS = frozenset({"/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"})

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t]+)
    | (?P<operator>&&|\|\||[|;])
    | (?P<single>'[^'\n]*')
    | (?P<double>"[^"\\$`!\n]*")
    | (?P<plain>(?!=)[\w./:,+@%=-]+)
    """,
    re.VERBOSE,
)
_KEYWORDS = frozenset(
    [
        "case",
        "coproc",
        "do",
        "done",
        "elif",
        "else",
        "end",
        "esac",
        "fi",
        "for",
        "foreach",
        "function",
        "if",
        "in",
        "nocorrect",
        "noglob",
        "repeat",
        "select",
        "then",
        "time",
        "until",
        "while",
    ]
)
"""Words that mean something else than a command at the start of one."""


def segments_of(argv: Segment, *, shell: str = "") -> tuple[Segment, ...]:
    """The plain commands that an argument vector runs; the vector itself if it is not that simple.

    `shell` is the user's own, which may stand in any folder.
    """
    if len(argv) == 3 and argv[1] in ("-c", "-lc") and _is_shell(argv[0], shell):
        return _split(argv[2]) or (argv,)
    return (argv,)


def program_name(program: str) -> str | None:
    """What a program is called, if it is the system's: found on PATH or in a folder of its own."""
    if "/" not in program:
        return program
    folder, _, name = program.rpartition("/")
    return name if folder in _FOLDERS else None


def _is_shell(program: str, own: str) -> bool:
    if program == own:
        return PurePath(program).name in _SHELLS
    return program_name(program) in _SHELLS


def _split(line: str) -> tuple[Segment, ...] | None:
    """The commands of a line; None for one that is not plain."""
    tokens = list(_tokens(line.strip(" \t\n")))
    if None in tokens:
        return None
    segments = tuple(map(tuple, _grouped([token for token in tokens if token is not None])))
    return segments if segments and all(map(_is_command, segments)) else None


def _tokens(line: str) -> Iterator[tuple[str, str] | None]:
    """Kind and text of each token; None where something stands that is none."""
    place = 0
    while place < len(line):
        found = _TOKEN.match(line, place)
        if found is None or found.lastgroup is None:
            yield None
            return
        yield found.lastgroup, found[0]
        place = found.end()


def _grouped(tokens: list[tuple[str, str]]) -> Iterator[list[str]]:
    """Words by command; pieces without a space between them are one word."""
    words: list[str] = []
    joined = False
    for kind, text in tokens:
        if kind == "operator":
            yield words
            words = []
        elif kind != "space":
            piece = text if kind == "plain" else text[1:-1]
            if joined:
                words[-1] += piece
            else:
                words.append(piece)
        joined = kind not in ("operator", "space")
    yield words


def _is_command(segment: Segment) -> bool:
    """Assignments, aliases by `=` and words of the shell's grammar are no commands."""
    return bool(segment) and "=" not in segment[0] and segment[0] not in _KEYWORDS
