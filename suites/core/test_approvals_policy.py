"""When somebody is asked: policy by policy, rule by rule, as a table."""

from typing import Any

import msgspec
import pytest

from codex_core.approvals.policy import (
    Ask,
    Forbid,
    Request,
    Skip,
    decide,
    decide_patch,
    escalation_offered,
    policy_name,
    retries_unconfined,
)
from codex_core.approvals.rules import Decision, Rule
from codex_core.protocol.policy import ApprovalPolicy, Categories, Granular, may_ask


def granular(*, sandbox_approval: bool, rules: bool) -> Granular:
    return Granular(
        granular=Categories(sandbox_approval=sandbox_approval, rules=rules, mcp_elicitations=False)
    )


OPEN = granular(sandbox_approval=True, rules=True)
SHUT = granular(sandbox_approval=False, rules=False)
POLICIES: dict[str, ApprovalPolicy] = {
    "untrusted": "untrusted",
    "on-failure": "on-failure",
    "on-request": "on-request",
    "never": "never",
    "open": OPEN,
    "shut": SHUT,
}


def ruling(policy: str, line: str, *, sandboxed: bool = True, **fields: Any) -> str:
    """skip, free (of the sandbox), ask, forbid, or policy (forbidden by it)."""
    rules = fields.pop("rules", ())
    segments = tuple(tuple(command.split()) for command in line.split("|"))
    request = Request(segments=segments, **fields)
    match decide(POLICIES[policy], request, rules, sandboxed=sandboxed):
        case Skip(unconfined=unconfined):
            return "free" if unconfined else "skip"
        case Ask():
            return "ask"
        case Forbid(by_policy=by_policy):
            return "policy" if by_policy else "forbid"


COLUMNS = ("untrusted", "on-failure", "on-request", "never", "open", "shut")
TABLE: dict[str, tuple[dict[str, Any], str]] = {
    "reads": ({"line": "ls | wc"}, "skip skip skip skip skip skip"),
    "writes": ({"line": "touch a"}, "ask skip skip skip skip skip"),
    "one of two writes": ({"line": "ls | tee a"}, "ask skip skip skip skip skip"),
    "escalated": (
        {"line": "touch a", "escalated": True},
        "policy policy ask policy ask policy",
    ),
    "escalated without a sandbox": (
        {"line": "touch a", "escalated": True, "sandboxed": False},
        "policy policy skip policy skip policy",
    ),
    "without a sandbox": (
        {"line": "touch a", "sandboxed": False},
        "ask skip skip skip skip skip",
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_without_a_rule_the_policy_decides(case: str) -> None:
    """Untrusted asks for all that does not only read; others only to leave the sandbox."""
    fields, expected = TABLE[case]
    assert [ruling(policy, **fields) for policy in COLUMNS] == expected.split()


def rules(**decisions: Decision) -> tuple[Rule, ...]:
    return tuple(
        Rule(pattern=((word,),), decision=decision) for word, decision in decisions.items()
    )


RULED: dict[str, tuple[str, dict[str, Decision], str]] = {
    "allowed": ("a", {"a": "allow"}, "free free free free free free"),
    "all allowed": ("a | b", {"a": "allow", "b": "allow"}, "free free free free free free"),
    "one allowed": ("a | b", {"a": "allow"}, "ask skip skip skip skip skip"),
    "one allowed, one reads": ("a | wc", {"a": "allow"}, "skip skip skip skip skip skip"),
    "prompted": ("a", {"a": "prompt"}, "ask ask ask forbid ask forbid"),
    "forbidden": ("a", {"a": "forbidden"}, "forbid forbid forbid forbid forbid forbid"),
    "one forbidden": (
        "a | b | c",
        {"a": "prompt", "b": "allow", "c": "forbidden"},
        "forbid forbid forbid forbid forbid forbid",
    ),
    "one prompted": ("a | b", {"a": "allow", "b": "prompt"}, "ask ask ask forbid ask forbid"),
}


@pytest.mark.parametrize("case", RULED)
def test_rules_come_first(case: str) -> None:
    """The strictest of a line's commands counts; only if all are allowed is nobody asked."""
    line, given, expected = RULED[case]
    assert [ruling(p, line, rules=rules(**given)) for p in COLUMNS] == expected.split()


def test_a_rule_does_not_let_the_model_ask_where_it_may_not() -> None:
    """Asking to leave the sandbox is refused first, whatever the rules allow."""
    assert ruling("never", "a", rules=rules(a="allow"), escalated=True) == "policy"
    assert ruling("on-request", "a", rules=rules(a="allow"), escalated=True) == "free"


def test_reasons() -> None:
    """The model's for what it asks, the rule's own words, else which command a rule is about."""
    asked = Request(segments=(("a",),), escalated=True, reason="may I?")
    assert decide("on-request", asked, (), sandboxed=True) == Ask(reason="may I?")
    plain = Request(segments=(("a", "b c"),))
    spoken = Rule(pattern=(("a",),), decision="forbidden", justification="use b")
    assert decide("never", plain, (spoken,), sandboxed=True) == Forbid(reason="forbidden: use b")
    silent = rules(a="prompt")
    assert decide("on-request", plain, silent, sandboxed=True) == Ask(
        reason="a rule is about `a 'b c'`"
    )
    assert decide("on-request", asked, silent, sandboxed=True) == Ask(
        reason="a rule is about `a`; may I?"
    )


PATCHES = {
    None: "ask skip skip skip skip skip",
    "it is outside": "ask ask ask forbid ask forbid",
}


@pytest.mark.parametrize("refused", PATCHES)
def test_patches(refused: str | None) -> None:
    """Inside the writable folders only untrusted asks; outside whoever may be asked is."""
    told = [type(decide_patch(POLICIES[p], refused)).__name__.lower() for p in COLUMNS]
    assert told == PATCHES[refused].split()


def test_what_a_policy_has_room_for() -> None:
    """Who can be asked, who is told that the sandbox can be left, who is asked afterwards."""
    policies = [POLICIES[name] for name in COLUMNS]
    assert [may_ask(p) for p in policies] == [True, True, True, False, True, False]
    offered = [escalation_offered(p, sandboxed=True) for p in policies]
    assert offered == [False, False, True, False, True, False]
    assert not any(escalation_offered(p, sandboxed=False) for p in policies)
    retried = [retries_unconfined(p) for p in policies]
    assert retried == [True, True, False, False, False, False]
    names = [policy_name(p) for p in policies]
    assert names == ["UnlessTrusted", "OnFailure", "OnRequest", "Never", "Granular", "Granular"]


def test_the_wire_form_of_a_granular_policy() -> None:
    """A table in a table; what is not named is false; a misspelt category is an error."""
    given = {"granular": {"sandbox_approval": True, "rules": False, "mcp_elicitations": False}}
    assert msgspec.convert(given, ApprovalPolicy) == granular(sandbox_approval=True, rules=False)
    with pytest.raises(msgspec.ValidationError, match="rule"):
        msgspec.convert({"granular": {**given["granular"], "rule": True}}, ApprovalPolicy)
