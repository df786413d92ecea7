"""Which reply answers which message: specificity, use, queues, and what a miss says."""

import math
from typing import Any

import pytest

from agent_rehearsal import ALWAYS, Entry, Journal, carries, header, like, of_type
from agent_rehearsal.journal import PredicateError, as_predicate
from agent_rehearsal.wire import Ambiguous, Rules, Unmatched


def message(raw: bytes = b'{"type": "a", "b": 1}', **headers: str) -> Entry:
    """A message that came in."""
    pairs = tuple((name.encode(), value.encode()) for name, value in headers.items())
    return Journal().append(
        "responses", "request", head="POST /x HTTP/1.1", raw=raw, raw_headers=pairs
    )


def names(rules: Rules, count: int = 1, entry: Entry | None = None) -> list[str]:
    """The names of the rules that answer so many messages, one after the other."""
    return [rules.match(entry or message()).name for _ in range(count)]


def test_replies_without_a_condition_form_a_queue() -> None:
    """Equal conditions are no tie: the replies are used in the order given, once each."""
    rules = Rules()
    for name in "xyz":
        rules.add(["part"], name=name)
    assert names(rules, 3) == ["x", "y", "z"]
    with pytest.raises(Unmatched, match="every reply that fits is used up"):
        rules.match(message())


def test_replies_under_one_condition_form_a_queue() -> None:
    """Conditions that are equal as values count as one."""
    rules = Rules()
    rules.add(["part"], when=of_type("a"), name="x")
    rules.add(["part"], when=of_type("a"), name="y")
    assert names(rules, 2) == ["x", "y"]


def test_the_most_clauses_win() -> None:
    """A condition of two clauses beats one of one clause beats none, until it is used up."""
    rules = Rules()
    rules.add(["part"], name="none")
    rules.add(["part"], when=of_type("a"), name="one")
    rules.add(["part"], when=of_type("a") & carries("b"), name="two")
    assert names(rules, 3) == ["two", "one", "none"]


def test_a_tie_names_both() -> None:
    """Different conditions of equal specificity that both hold are an error."""
    rules = Rules()
    rules.add(["part"], when=of_type("a"), name="first")
    rules.add(["part"], when=carries("b"), name="second")
    with pytest.raises(Ambiguous) as caught:
        rules.match(message())
    assert "first when of_type('a')" in str(caught.value)
    assert "second when carries('b')" in str(caught.value)
    assert [rule.answered for rule in rules.unused()] == [[], []]


def test_a_tie_with_what_is_used_up_is_none() -> None:
    """A rule that has answered does not compete any more."""
    rules = Rules()
    rules.add(["part"], when=of_type("a"), name="first")
    assert names(rules) == ["first"]
    rules.add(["part"], when=carries("b"), name="second")
    assert names(rules) == ["second"]


def test_a_reply_is_used_as_often_as_it_says() -> None:
    """`times` counts, and `ALWAYS` has no end."""
    rules = Rules()
    rules.add(["part"], times=2, name="twice")
    rules.add(["part"], times=ALWAYS, name="always")
    assert names(rules, 5) == ["twice", "twice", "always", "always", "always"]


def test_unused_replies_are_those_that_had_to_answer() -> None:
    """Optional ones and those without an end may stay unused; half used is unused."""
    rules = Rules()
    rules.add(["part"], times=2, name="half", when=of_type("a"))
    rules.add(["part"], name="optional", optional=True)
    rules.add(["part"], name="always", times=ALWAYS)
    rules.match(message())
    assert [str(rule) for rule in rules.unused()] == ["half when of_type('a') (used 1 of 2 times)"]


def test_a_rule_records_what_it_answered() -> None:
    """After the match, the message is the rule's."""
    rules = Rules()
    rule = rules.add(["part"])
    entry = message()
    assert rules.match(entry) is rule
    assert rule.answered == [entry]


def test_a_queue_gets_what_it_claims_and_only_that() -> None:
    """A claimed message finds no reply outside its queue, and others none inside."""
    rules = Rules()
    claim = as_predicate(header("agent", "ann"))
    rules.claims(claim)
    rules.add(["part"], name="anybody's", times=2)
    with pytest.raises(Unmatched, match=r"no reply was given in the queue of header\('agent'"):
        rules.match(message(agent="ann"))
    rules.add(["part"], claim=claim, name="ann's")
    assert names(rules, 1, message(agent="bob")) == ["anybody's"]
    assert names(rules, 1, message(agent="ann")) == ["ann's"]


def test_the_most_specific_claim_wins_and_a_tie_is_an_error() -> None:
    """Queues are told apart as replies are."""
    rules = Rules()
    wide = as_predicate(header("agent"))
    narrow = wide & of_type("a")
    rules.claims(wide)
    rules.claims(narrow)
    rules.add(["part"], claim=narrow, name="narrow")
    assert names(rules, 1, message(agent="ann")) == ["narrow"]
    rules.claims(as_predicate(of_type("a") & carries("b")))
    with pytest.raises(Ambiguous, match="two queues claim this message"):
        rules.match(message(agent="ann"))


def test_a_miss_names_the_nearest_rule_and_what_failed() -> None:
    """Of several replies the one that came nearest is shown, with its failed clauses only."""
    rules = Rules()
    rules.add(["part"], when=of_type("z") & carries("zz"), name="far")
    rules.add(["part"], when=of_type("a") & like({"b": 2}), name="near")
    with pytest.raises(Unmatched) as caught:
        rules.match(message())
    text = str(caught.value)
    assert "the nearest is near when" in text
    assert "like({'b': 2}): " in text
    assert "far" not in text
    assert "of_type('a'): " not in text


def test_a_miss_without_replies_says_how_to_give_one() -> None:
    """No reply at all is most often one that was forgotten."""
    with pytest.raises(Unmatched, match=r"call reply\(message\('\.\.\.'\)\) before"):
        Rules().match(message())


@pytest.mark.parametrize("place", ["when", "claim"])
def test_a_condition_that_raises_is_named(place: str) -> None:
    """The error says which condition raised, on what, and how to write it."""

    def clumsy(entry: Entry) -> bool:
        return bool(entry.json["no"])

    rules = Rules()
    if place == "when":
        rules.add(["part"], when=clumsy, name="mine")
    else:
        rules.claims(as_predicate(clumsy))
    with pytest.raises(
        PredicateError, match=r"clumsy, the condition of .* raised KeyError\('no'\)"
    ):
        rules.match(message())


@pytest.mark.parametrize("times", [0, -1, 1.5, -math.inf])
def test_times_is_a_count(times: float) -> None:
    """A number that is no count is refused where it is given."""
    with pytest.raises(ValueError, match="whole number from 1, or ALWAYS"):
        Rules().add(["part"], times=times)


@pytest.mark.parametrize("when", ["text", 3, ""])
def test_a_condition_can_be_asked(when: Any) -> None:
    """What cannot be called is no condition, be it false or not."""
    with pytest.raises(TypeError, match="is no predicate: expected one such as carries"):
        Rules().add(["part"], when=when)


def test_a_rule_is_named_by_its_parts() -> None:
    """Without a name, place and parts tell rules apart, in short."""
    rules = Rules()
    rule = rules.add(["x" * 100])
    assert rule.name.startswith("reply 1: 'xxx")
    assert len(rule.name) <= len("reply 1: ") + 60
