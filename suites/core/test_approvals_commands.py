"""Command lines taken apart, and what of them is known to only read."""

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core.approvals.amendment import proposed_prefix
from codex_core.approvals.command_line import Segment, program_name, segments_of
from codex_core.approvals.known_safe import is_known_safe
from codex_core.approvals.rules import Rule


def parts(line: str, program: str = "/bin/bash") -> list[list[str]] | None:
    """The commands of a line, None for one that is not plain."""
    argv = (program, "-lc", line)
    found = segments_of(argv)
    return None if found == (argv,) else [list(segment) for segment in found]


PLAIN: dict[str, list[list[str]]] = {
    "ls": [["ls"]],
    " ls  -l\t/x \n": [["ls", "-l", "/x"]],
    "cat a | sort|uniq": [["cat", "a"], ["sort"], ["uniq"]],
    "a && b || c; d": [["a"], ["b"], ["c"], ["d"]],
    "echo 'a && $b' \"c; d\"": [["echo", "a && $b", "c; d"]],
    "echo a'b'\"c\"d ''": [["echo", "abcd", ""]],
    "git log --format=%H": [["git", "log", "--format=%H"]],
}


@pytest.mark.parametrize("line", PLAIN)
def test_plain_commands(line: str) -> None:
    """Words, quotes and the four operators are taken apart."""
    assert parts(line) == PLAIN[line]


COMPLEX = (
    "",
    "ls > x",
    "cat < x",
    "ls & rm x",
    "ls &",
    "ls |& cat",
    "echo $HOME",
    'echo "$HOME"',
    "echo `id`",
    'echo "`id`"',
    "echo $(id)",
    "(ls)",
    "{ ls; }",
    "ls *.py",
    "ls a?",
    "ls [a]",
    "ls {a,b}",
    "cat ~/x",
    "echo a\\ b",
    'echo "a\\"b"',
    "A=b ls",
    "ls # all",
    "! ls",
    "if true; then rm x; fi",
    "while true; do rm x; done",
    "ls;",
    "&& ls",
    "ls || ; ls",
    "ls\nrm x",
    "echo 'a",
    "echo =ls",
    "cat <<E\nx\nE",
    "ls\x00",
    "ls\u00a0x",
)


@pytest.mark.parametrize("line", COMPLEX)
def test_lines_that_are_not_plain(line: str) -> None:
    """Whatever a shell might expand, redirect or compose stays one command: the shell itself."""
    assert parts(line) is None


@pytest.mark.parametrize(
    ("program", "trusted"),
    [("bash", True), ("/usr/bin/zsh", True), ("./bash", False), ("/w/sh", False), ("rm", False)],
)
def test_only_a_shell_of_the_system_is_one(program: str, *, trusted: bool) -> None:
    """A program that calls itself a shell is not read as one, unless it is the user's own."""
    argv = (program, "-lc", "ls")
    assert (segments_of(argv) == (("ls",),)) is trusted
    if program == "/w/sh":
        assert segments_of(argv, shell="/w/sh") == (("ls",),)


def test_another_vector_is_one_command() -> None:
    """Only a shell's `-c` and `-lc` hold a line."""
    for argv in [("ls", "-l"), ("sh", "x", "ls"), ("sh", "-c", "ls", "more")]:
        assert segments_of(argv) == (argv,)


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_quoted_words_come_back(words: list[str]) -> None:
    """A line that is taken apart has the words that the shell would see."""
    line = shlex.join(words)
    found = parts(line)
    assert found is None or found == [words]


@given(st.text(alphabet="ab '\"|&;-./=", max_size=12))
def test_a_shell_reads_the_same_words(line: str) -> None:
    """Quotes and words of a single plain command, as Python's own reading has them."""
    found = parts(line)
    if found is not None and len(found) == 1:
        assert found[0] == shlex.split(line)


def test_a_real_shell_agrees() -> None:
    """What is taken apart as one command is what the shell runs."""
    for line in ("echo 'a  b' c\"d e\"f", "echo a/b:c,d+e@f%g=h - .", "echo '' \"\" x''y"):
        (words,) = parts(line) or [[]]
        printed = subprocess.run(
            ["/bin/sh", "-c", line.replace("echo", "printf '%s\\0'", 1)],
            capture_output=True,
            check=True,
        )
        assert printed.stdout.decode().split("\0")[:-1] == words[1:]


SAFE = (
    "ls -la",
    "cat a b",
    "grep -rn x .",
    "/usr/bin/head -3 x",
    "find . -name x -type f",
    "sort -rn x",
    "uniq -c x",
    "uniq",
    "sed -n 3,7p x",
    "sed -n 3p",
    "date +%s",
    "date -u",
    "git status",
    "git log --oneline -3",
    "git diff HEAD",
    "git show HEAD:x",
    "git branch --list -a",
    "git branch",
    "rg -n x",
    "printf %s x",
    "test -f x",
)

HARMFUL = (
    "rm x",
    "./ls",
    "/w/cat x",
    "find . -delete",
    "find . -exec rm x",
    "find . -fprintf x y",
    "sort -o x y",
    "sort -ro x y",
    "sort --output=x y",
    "sort --out x y",
    "sort --compress-program=x y",
    "uniq in out",
    "uniq - out",
    "uniq -- in -out",
    "sed 3p x",
    "sed -n w x",
    "sed -n 3p -i x",
    "sed -i -n 3p",
    "date -s now",
    "date 01010101",
    "git",
    "git push",
    "git -c core.pager=x log",
    "git diff --output=x",
    "git diff --outp=x",
    "git log --ext-diff",
    "git branch new",
    "git branch -D x",
    "rg --pre x y",
    "rg -zn x",
    "tee x",
    "python3 x",
    "bash x",
    "env rm x",
    "xargs rm",
    "printf -v PATH x",
    "printf -vPATH x",
    "test -v x",
    "test -R x",
)


@pytest.mark.parametrize("line", SAFE)
def test_commands_that_only_read(line: str) -> None:
    """They are in the table, without any option that makes them do more."""
    assert is_known_safe(tuple(line.split()))


@pytest.mark.parametrize("line", HARMFUL)
def test_commands_that_may_do_more(line: str) -> None:
    """Options in all their forms, operands that are written, programs that nobody knows."""
    assert not is_known_safe(tuple(line.split()))


def test_a_program_has_a_name_in_the_folders_of_the_system_alone() -> None:
    """Elsewhere the same name may be any program."""
    assert [program_name(p) for p in ("ls", "/bin/ls", "./ls", "x/ls", "/x/bin/ls")] == [
        "ls",
        "ls",
        None,
        None,
        None,
    ]


MKDIR = Rule(pattern=(("mkdir",),))
PROPOSED: dict[str, tuple[list[Segment], tuple[Rule, ...], Segment, Segment | None]] = {
    "all its words": ([("touch", "a")], (), (), ("touch", "a")),
    "what the model wants": ([("npm", "run", "x")], (), ("npm", "run"), ("npm", "run")),
    "what does not fit": ([("npm", "run")], (), ("yarn",), ("npm", "run")),
    "the one without a rule": ([("mkdir", "a"), ("touch", "a")], (MKDIR,), (), ("touch", "a")),
    "two are too many": ([("touch", "a"), ("rm", "b")], (), (), None),
    "none is left": ([("mkdir", "a")], (MKDIR,), (), None),
    "a rule asks": ([("rm",)], (Rule(pattern=(("rm",),), decision="prompt"),), (), None),
    "a shell": ([("/bin/bash", "-lc", "a > b")], (), (), None),
    "an interpreter": ([("python3.11", "-c", "x")], (), ("python3.11",), None),
    "a program of the folder": ([("./run",)], (), (), None),
}


@pytest.mark.parametrize("name", PROPOSED)
def test_the_rule_that_is_proposed(name: str) -> None:
    """For one plain command that no rule is about, never for what runs anything."""
    segments, rules, wanted, expected = PROPOSED[name]
    assert proposed_prefix(tuple(segments), rules, wanted) == expected
