"""Rules of the user about commands, as values, and the text form they are kept in.

A text has lines like `prefix_rule(pattern=["git", ["log", "diff"]], decision="allow")`: a command
that begins with these words, where a list stands for any one of its words. It is read as Python
literals; nothing in it is run.
"""

import ast
import json
import shlex
from collections.abc import Iterable
from typing import Any, Literal, get_args

import msgspec

from codex_core.approvals.command_line import Segment

__all__ = ["Decision", "Rule", "RuleError", "find_rule", "parse_rules", "rule_text"]

Decision = Literal["allow", "prompt", "forbidden"]
_STRICTNESS: tuple[str, ...] = get_args(Decision)
_KEYS = ("pattern", "decision", "justification", "match", "not_match")


class RuleError(ValueError):
    """A text that holds something else than rules; `line` counts from 1."""

    def __init__(self, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"line {line}: {problem}; {remedy}")
        self.line = line
        self.problem = problem
        self.remedy = remedy


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with commands that begin so; each place holds the words that fit there."""

    pattern: tuple[tuple[str, ...], ...]
    decision: Decision = "allow"
    justification: str = ""

    def fits(self, command: Segment) -> bool:
        """Does the command begin with the pattern?"""
        begin = command[: len(self.pattern)]
        return len(begin) == len(self.pattern) and all(
            word in words for word, words in zip(begin, self.pattern, strict=True)
        )


def find_rule(rules: Iterable[Rule], command: Segment) -> Rule | None:
    """The strictest of the rules that fit; among equals the first."""
    fitting = [rule for rule in rules if rule.fits(command)]
    return max(fitting, key=lambda rule: _STRICTNESS.index(rule.decision), default=None)


def rule_text(prefix: Segment) -> str:
    """A line that allows commands with these first words."""
    return f'prefix_rule(pattern={json.dumps(prefix, ensure_ascii=False)}, decision="allow")\n'


def parse_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a text; raises `RuleError`."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise RuleError(line, f"cannot be read: {error}", "correct that line") from None
    return tuple(map(_rule, tree.body))


def _rule(statement: ast.stmt) -> Rule:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id="prefix_rule"), args=[], keywords=given)):
            values = {_key(each): _literal(each) for each in given}
            return _checked(values, statement.lineno)
    raise RuleError(
        statement.lineno,
        "is no rule",
        'write prefix_rule(pattern=["git", "log"], decision="allow"), with names before values',
    )


def _key(given: ast.keyword) -> str:
    if given.arg not in _KEYS:
        name = given.arg or "**"
        raise RuleError(
            given.value.lineno, f"has `{name}`, which no rule has", f"known are {', '.join(_KEYS)}"
        )
    return given.arg


def _literal(given: ast.keyword) -> Any:
    try:
        return ast.literal_eval(given.value)
    except (ValueError, TypeError, RecursionError, MemoryError):
        raise RuleError(
            given.value.lineno, f"has no plain value for `{given.arg}`", "write strings and lists"
        ) from None


def _checked(values: dict[str, Any], line: int) -> Rule:
    decision = values.get("decision", "allow")
    if decision not in _STRICTNESS:
        raise RuleError(
            line, f"decides {decision!r}", f"a decision is one of {', '.join(_STRICTNESS)}"
        )
    justification = values.get("justification", "")
    if not isinstance(justification, str):
        raise RuleError(line, f"is justified by {justification!r}", "give a string")
    pattern = _pattern(values.get("pattern"), line)
    rule = Rule(pattern=pattern, decision=decision, justification=justification)
    _check_examples(rule, values, line)
    return rule


def _pattern(given: Any, line: int) -> tuple[tuple[str, ...], ...]:
    if isinstance(given, list | tuple) and given:
        places = [(each,) if isinstance(each, str) else each for each in given]
        if all(isinstance(place, list | tuple) and place for place in places) and all(
            isinstance(word, str) for place in places for word in place
        ):
            return tuple(map(tuple, places))
    raise RuleError(
        line,
        f"has the pattern {given!r}",
        "give a list of words, each a string or a list of strings to choose from",
    )


def _check_examples(rule: Rule, values: dict[str, Any], line: int) -> None:
    """A rule may bring commands that fit it, and such as do not, to be checked."""
    for key, expected in (("match", True), ("not_match", False)):
        examples = values.get(key, ())
        if not isinstance(examples, list | tuple):
            raise RuleError(line, f"has {examples!r} for examples", "give a list of commands")
        for example in examples:
            if rule.fits(_words(example, line)) is not expected:
                said = "should fit and does not" if expected else "fits and should not"
                raise RuleError(
                    line, f"its example {example!r} {said}", "correct the pattern or the example"
                )


def _words(example: Any, line: int) -> Segment:
    """A command as its words, or as a text to be split into them."""
    try:
        return tuple(shlex.split(example) if isinstance(example, str) else map(str, example))
    except (ValueError, TypeError):
        raise RuleError(
            line, f"has the example {example!r}", "give a command line or a list of words"
        ) from None
