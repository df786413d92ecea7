"""Rules of the user: their text, their strictness, their files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core.approvals.rule_book import RuleBook
from codex_core.approvals.rules import Rule, RuleError, find_rule, parse_rules, rule_text
from codex_core.config.errors import ConfigError

TEXT = """\
# a comment
prefix_rule(
    pattern=["git", ["log", "diff"]],
    decision="allow",
    match=["git log -3", ["git", "diff"]],
    not_match=["git push"],
)
prefix_rule(pattern=["rm"], decision="forbidden", justification="use trash")
prefix_rule(pattern=["mkdir"])
"""


def test_a_text_of_rules() -> None:
    """Words, choices, decisions; allowed unless it says otherwise."""
    assert parse_rules(TEXT) == (
        Rule(pattern=(("git",), ("log", "diff"))),
        Rule(pattern=(("rm",),), decision="forbidden", justification="use trash"),
        Rule(pattern=(("mkdir",),)),
    )
    assert parse_rules("") == ()


BAD = {
    "prefix_rule(": "line 1: cannot be read",
    "\nimport os": "line 2: is no rule; write prefix_rule(pattern=",
    "prefix_rule(['ls'])": "line 1: is no rule",
    "suffix_rule(pattern=['ls'])": "line 1: is no rule",
    "prefix_rule(pattern=['ls'], decide='allow')": "has `decide`, which no rule has; known are",
    "prefix_rule(**{})": "has `**`, which no rule has",
    "prefix_rule(pattern=[open('x')])": "has no plain value for `pattern`",
    "prefix_rule(decision='allow')": "has the pattern None; give a list of words",
    "prefix_rule(pattern='ls')": "has the pattern 'ls'",
    "prefix_rule(pattern=[])": "has the pattern []",
    "prefix_rule(pattern=[[]])": "has the pattern [[]]",
    "prefix_rule(pattern=[1])": "has the pattern [1]",
    "prefix_rule(pattern=['ls'], decision='deny')": "decides 'deny'; a decision is one of allow",
    "prefix_rule(pattern=['ls'], decision=['a'])": "decides ['a']",
    "prefix_rule(pattern=['ls'], justification=1)": "is justified by 1; give a string",
    "prefix_rule(pattern=['ls'], match=['cat x'])": "its example 'cat x' should fit and does not",
    "prefix_rule(pattern=['ls'], not_match=[['ls']])": "its example ['ls'] fits and should not",
    "prefix_rule(pattern=['ls'], match=[1])": "has the example 1; give a command line",
    "prefix_rule(pattern=['ls'], match=[\"'\"])": "has the example",
    "prefix_rule(pattern=['ls'], match=1)": "has 1 for examples; give a list of commands",
}


@pytest.mark.parametrize("text", BAD)
def test_a_text_that_is_none(text: str) -> None:
    """The line, what is wrong, what to write; nothing in the text is run."""
    with pytest.raises(RuleError) as caught:
        parse_rules(text)
    assert BAD[text] in str(caught.value)


def test_the_strictest_rule_that_fits_decides() -> None:
    """Forbidden before prompt before allow, whatever their order and length."""
    rules = parse_rules(
        'prefix_rule(pattern=["git"], decision="forbidden")\n'
        'prefix_rule(pattern=["git", "log"])\n'
        'prefix_rule(pattern=["ls", "-l"], decision="prompt")\n'
        'prefix_rule(pattern=["ls"])\n'
    )
    decisions = [
        rule.decision if rule else None
        for command in (("git", "log"), ("ls", "-l", "x"), ("ls", "-la"), ("l",), ("ls",))
        for rule in [find_rule(rules, command)]
    ]
    assert decisions == ["forbidden", "prompt", "allow", None, "allow"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_a_rule_is_written_as_it_is_read(prefix: list[str]) -> None:
    """Whatever its words hold, quotes and line breaks too; one line a rule."""
    text = rule_text(tuple(prefix))
    assert parse_rules(text) == (Rule(pattern=tuple((word,) for word in prefix)),)
    assert text.count("\n") == 1


def test_a_rule_that_is_added_holds_and_is_kept(tmp_path: Path) -> None:
    """For this book at once, for the next one by its file; once, however often it is added."""
    book = RuleBook(tmp_path)
    book.load()
    book.allow(("mkdir", "-p"))
    book.allow(("mkdir", "-p"))
    assert (tmp_path / "rules/default.rules").read_text(encoding="utf-8") == (
        'prefix_rule(pattern=["mkdir", "-p"], decision="allow")\n'
    )
    other = RuleBook(tmp_path)
    other.load()
    assert other.rules == book.rules == (Rule(pattern=(("mkdir",), ("-p",))),)


def test_two_programs_share_a_file(tmp_path: Path) -> None:
    """Each appends: no rule is lost, and a last line without an end stays a line of its own."""
    (tmp_path / "rules").mkdir()
    file = tmp_path / "rules/default.rules"
    file.write_text('prefix_rule(pattern=["a"])', encoding="utf-8")
    books = [RuleBook(tmp_path), RuleBook(tmp_path)]
    for book, word in zip(books, "bc", strict=True):
        book.allow((word,))
    again = RuleBook(tmp_path)
    again.load()
    assert [rule.pattern[0][0] for rule in again.rules] == ["a", "b", "c"]


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """By its name and line: a rule that forbids must not be passed over."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "notes.txt").write_text("not a rule", encoding="utf-8")
    (folder / "b.rules").write_text('prefix_rule(pattern=["a"])\nfoo()', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"b\.rules:2: `prefix_rule` is no rule; write"):
        RuleBook(tmp_path).load()
    (folder / "a.rules").mkdir()
    with pytest.raises(ConfigError, match=r"a\.rules: `prefix_rule` cannot be read: "):
        RuleBook(tmp_path).load()


def test_a_rule_that_cannot_be_kept_holds_all_the_same(tmp_path: Path) -> None:
    """Until the end of the program; the caller is told."""
    (tmp_path / "rules").write_text("no folder", encoding="utf-8")
    for home in (None, tmp_path):
        book = RuleBook(home)
        with pytest.raises(OSError, match=r"no settings folder|exists"):
            book.allow(("ls",))
        assert book.rules == (Rule(pattern=(("ls",),)),)
