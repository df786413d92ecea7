"""Which reply answers which message: rules by content, the most specific first, each used as often
as it says.

Values and a table, no I/O. Replies without a condition form a queue; so do replies under one and
the same condition. A queue of its own claims messages (one agent's, say): what it claims, no other
reply may answer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent_rehearsal.journal import Clause, Entry, Predicate, PredicateError, as_predicate

ALWAYS = float("inf")
"""As `times`: a reply that is never used up, and may stay unused."""


class Unmatched(AssertionError):
    """Nothing answers a message. The text has the nearest rule and the clauses that failed.

    It is made when it is first read: a silent server ignores misses by the thousand.
    """

    def __init__(self, text: Callable[[], str]) -> None:
        super().__init__()
        self._text = text

    def __str__(self) -> str:
        if not self.args:
            self.args = (self._text(),)
        return str(self.args[0])


class Ambiguous(AssertionError):
    """Two rules answer a message and neither is more specific. The text names both."""


@dataclass(eq=False, kw_only=True)
class Rule:
    """A reply and what it takes to be given."""

    parts: tuple[Any, ...]
    """What to send, in the server's own terms."""
    when: Predicate | None
    claim: Predicate | None
    times: float
    optional: bool
    name: str
    headers: tuple[tuple[str, str], ...]
    """HTTP headers that go out with a stream's head."""
    answered: list[Entry] = field(default_factory=list)
    """The messages that it was the answer to, in order."""

    @property
    def used_up(self) -> bool:
        """Whether it has answered as often as it may."""
        return len(self.answered) >= self.times

    @property
    def missing(self) -> bool:
        """Whether it should have answered more than it did."""
        return not self.optional and self.times != ALWAYS and not self.used_up

    @property
    def specificity(self) -> int:
        """The number of clauses of its condition."""
        return self.when.specificity if self.when else 0

    def speaks(self, of: Predicate | None) -> bool:
        """Whether its condition has a clause; True for no clause."""
        return of is None or (self.when is not None and of in self.when.leaves)

    def meets(self, entry: Entry) -> bool:
        """Whether its condition holds. Raises PredicateError."""
        return self.when is None or ask(self.when, entry, self.name)

    def __str__(self) -> str:
        used = f"used {len(self.answered)} of {self.times:g} times"
        conditions = [f"when {self.when!r}" if self.when else "for any message"]
        conditions += [f"in the queue of {self.claim!r}"] if self.claim else []
        return f"{self.name} {', '.join(conditions)} ({used})"


class Rules:
    """The replies of one server, in the order in which they were given."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._claims: list[Predicate] = []

    def add(
        self,
        parts: Iterable[Any],
        *,
        when: Callable[[Entry], bool] | None = None,
        claim: Callable[[Entry], bool] | None = None,
        times: float = 1,
        optional: bool = False,
        name: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Rule:
        """A new rule. Raises ValueError for no parts and for `times` that is no count."""
        listed = tuple(parts)
        if not listed:
            raise ValueError("a reply needs at least one part, such as message('hi')")
        if times != ALWAYS and (times < 1 or times != int(times)):
            raise ValueError(f"times={times!r}: expected a whole number from 1, or ALWAYS")
        rule = Rule(
            parts=listed,
            when=None if when is None else as_predicate(when),
            claim=None if claim is None else as_predicate(claim),
            times=times,
            optional=optional,
            headers=tuple((headers or {}).items()),
            name=name or f"reply {len(self._rules) + 1}: {_brief(listed)}",
        )
        self._rules.append(rule)
        return rule

    @property
    def empty(self) -> bool:
        """Whether no reply was ever given, and no queue made."""
        return not self._rules and not self._claims

    def claims(self, claim: Predicate) -> None:
        """Let a queue exist before its first reply, so that what it claims is never answered by
        others.
        """
        if claim not in self._claims:
            self._claims.append(claim)

    def match(self, entry: Entry, *, of: Predicate | None = None) -> Rule:
        """The rule that answers `entry`, counted as used; with `of`, one whose condition has that
        clause.

        Raises Unmatched, Ambiguous, and PredicateError for a condition that raises.
        """
        claim = self._claim(entry) if self._claims else None
        rules = [r for r in self._rules if r.claim == claim and r.speaks(of) and r.meets(entry)]
        ready = [rule for rule in rules if not rule.used_up]
        if not ready:
            used_up = [rule for rule in rules if rule.used_up]
            raise Unmatched(lambda: f"{entry!r}: {self._unmatched_text(entry, claim, used_up)}")
        if len(ready) == 1:
            ready[0].answered.append(entry)
            return ready[0]
        best = max(rule.specificity for rule in ready)
        winners = [rule for rule in ready if rule.specificity == best]
        rivals = [rule for rule in winners if rule.when != winners[0].when]
        if rivals:
            raise Ambiguous(
                f"{entry!r}: two rules answer this message, each with {best} clauses:\n"
                f"  {winners[0]}\n  {rivals[0]}\nadd a clause to the one that is meant"
            )
        winners[0].answered.append(entry)
        return winners[0]

    def unused(self) -> list[Rule]:
        """The rules that have not answered as often as they were to."""
        return [rule for rule in self._rules if rule.missing]

    def _claim(self, entry: Entry) -> Predicate | None:
        claiming = [claim for claim in self._claims if ask(claim, entry, "a queue")]
        best = max((claim.specificity for claim in claiming), default=0)
        winners = [claim for claim in claiming if claim.specificity == best]
        if len(winners) > 1:
            raise Ambiguous(
                f"{entry!r}: two queues claim this message, each with {best} clauses:\n"
                f"  {winners[0]!r}\n  {winners[1]!r}\nadd a clause to the one that is meant"
            )
        return next(iter(winners), None)

    def _unmatched_text(self, entry: Entry, claim: Predicate | None, meeting: list[Rule]) -> str:
        queue = f" in the queue of {claim!r}" if claim else ""
        if meeting:
            return f"every reply{queue} that fits is used up:\n" + _listing(meeting)
        rivals = [rule for rule in self._rules if rule.claim == claim]
        if not rivals:
            return f"no reply was given{queue}: call reply(message('...')) before the client asks"
        nearest = max(rivals, key=lambda rule: _closeness(rule, entry))
        failed = [c for c in _clauses(nearest, entry) if not c.met]
        lines = [f"  {c.text}: {c.detail}" for c in failed]
        return "\n".join([f"no reply{queue} fits; the nearest is {nearest}", *lines])


def ask(predicate: Predicate, entry: Entry, whose: str) -> bool:
    """Whether a condition holds. Raises PredicateError that says whose condition raised."""
    try:
        return predicate(entry)
    except Exception as error:  # whatever the test's own code raises
        raise PredicateError(
            f"{predicate!r}, the condition of {whose}, raised {error!r} on {entry!r}. A condition "
            "is asked about every message: use entry.get('a.b') or carries('a.b'), which do not "
            "raise where a path is missing"
        ) from error


def _clauses(rule: Rule, entry: Entry) -> Sequence[Clause]:
    return rule.when.explain(entry) if rule.when else ()


def _closeness(rule: Rule, entry: Entry) -> tuple[bool, float]:
    clauses = _clauses(rule, entry)
    return not rule.used_up, sum(c.closeness for c in clauses) / max(1, len(clauses))


def _listing(rules: Iterable[Rule]) -> str:
    return "\n".join(f"  {rule}" for rule in rules)


def _brief(parts: Sequence[Any]) -> str:
    text = ", ".join(getattr(part, "__name__", None) or repr(part) for part in parts)
    return text if len(text) <= 60 else f"{text[:57]}..."
