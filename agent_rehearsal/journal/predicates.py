"""Predicates: questions to one entry that compose with `&`, `|`, `~` and explain a no.

Any callable that takes an `Entry` may stand for a predicate; it counts as one clause. Predicates
are values: equal when made of equal parts, printed as the expression that makes them.
This is their algebra; the ready-made ones are in `questions`.
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from agent_rehearsal.journal.callables import callable_text
from agent_rehearsal.journal.entry import Entry


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a predicate, held against one entry."""

    text: str
    met: bool
    detail: str
    """Where the clause and the entry part, empty if it is met."""
    closeness: float
    """0.0 for nothing in common to 1.0 for met; ranks near misses."""


class PredicateError(Exception):
    """A predicate raised. Says which one and on which entry; the cause is chained."""


class Predicate(ABC):
    """A question to one entry."""

    __slots__ = ()

    @abstractmethod
    def __call__(self, entry: Entry) -> bool:
        """Whether `entry` is meant."""

    @abstractmethod
    def explain(self, entry: Entry) -> tuple[Clause, ...]:
        """Each clause held against `entry`. Does not raise: a clause that does is not met."""

    @property
    def specificity(self) -> int:
        """The number of clauses that must hold; the rule with the most wins."""
        return 1

    @property
    def leaves(self) -> tuple["Predicate", ...]:
        """The predicates that it is made of, none of which it only excludes."""
        return (self,)

    def __and__(self, other: "Callable[[Entry], bool]") -> "Predicate":
        return All((*_parts(self, All), *_parts(as_predicate(other), All)))

    def __rand__(self, other: "Callable[[Entry], bool]") -> "Predicate":
        return as_predicate(other) & self

    def __or__(self, other: "Callable[[Entry], bool]") -> "Predicate":
        return Any_((*_parts(self, Any_), *_parts(as_predicate(other), Any_)))

    def __ror__(self, other: "Callable[[Entry], bool]") -> "Predicate":
        return as_predicate(other) | self

    def __invert__(self) -> "Predicate":
        return Not(self)


class Leaf(Predicate):
    """A predicate of one clause: subclasses say what holds and, if not, where it breaks off."""

    __slots__ = ()

    @abstractmethod
    def miss(self, entry: Entry) -> tuple[float, str] | None:
        """None if `entry` is meant, else the closeness below 1.0 and the detail."""

    def __call__(self, entry: Entry) -> bool:
        return self.miss(entry) is None

    def explain(self, entry: Entry) -> tuple[Clause, ...]:
        try:
            miss = self.miss(entry)
        except Exception as error:
            miss = 0.0, f"it raised {error!r}"
        closeness, detail = miss or (1.0, "")
        return (Clause(repr(self), miss is None, detail, closeness),)


def _parts(predicate: Predicate, joined_by: type["All | Any_"]) -> tuple[Predicate, ...]:
    return predicate.parts if isinstance(predicate, joined_by) else (predicate,)


@dataclass(frozen=True, slots=True, repr=False)
class All(Predicate):
    """Every part holds."""

    parts: tuple[Predicate, ...]

    def __call__(self, entry: Entry) -> bool:
        return all(part(entry) for part in self.parts)

    def explain(self, entry: Entry) -> tuple[Clause, ...]:
        return tuple(clause for part in self.parts for clause in part.explain(entry))

    @property
    def specificity(self) -> int:
        return sum(part.specificity for part in self.parts)

    @property
    def leaves(self) -> tuple[Predicate, ...]:
        return tuple(leaf for part in self.parts for leaf in part.leaves)

    def __repr__(self) -> str:
        return " & ".join(f"({p!r})" if isinstance(p, Any_) else repr(p) for p in self.parts)


@dataclass(frozen=True, slots=True, repr=False)
class Any_(Predicate):
    """At least one part holds."""

    parts: tuple[Predicate, ...]

    def __call__(self, entry: Entry) -> bool:
        return any(part(entry) for part in self.parts)

    def explain(self, entry: Entry) -> tuple[Clause, ...]:
        options = [part.explain(entry) for part in self.parts]
        met = any(all(clause.met for clause in option) for option in options)
        closeness = max(min(clause.closeness for clause in option) for option in options)
        details = dict.fromkeys(c.detail for option in options for c in option if not c.met)
        return (Clause(repr(self), met, "" if met else "; ".join(details), closeness),)

    @property
    def specificity(self) -> int:
        return min(part.specificity for part in self.parts)

    @property
    def leaves(self) -> tuple[Predicate, ...]:
        return tuple(leaf for part in self.parts for leaf in part.leaves)

    def __repr__(self) -> str:
        return " | ".join(map(repr, self.parts))


@dataclass(frozen=True, slots=True, repr=False)
class Not(Predicate):
    """The inner predicate does not hold."""

    inner: Predicate

    def __call__(self, entry: Entry) -> bool:
        return not self.inner(entry)

    @property
    def leaves(self) -> tuple[Predicate, ...]:
        return ()

    def explain(self, entry: Entry) -> tuple[Clause, ...]:
        met = not all(clause.met for clause in self.inner.explain(entry))
        detail = "" if met else f"{self.inner!r} holds"
        return (Clause(repr(self), met, detail, 1.0 if met else 0.5),)

    def __repr__(self) -> str:
        compound = isinstance(self.inner, All | Any_)
        return f"~({self.inner!r})" if compound else f"~{self.inner!r}"


@dataclass(frozen=True, slots=True, repr=False)
class Where(Leaf):
    """A plain callable as a predicate."""

    test: Callable[[Entry], bool]

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        return None if self.test(entry) else (0.0, "it returned false")

    def __repr__(self) -> str:
        return callable_text(self.test)


def as_predicate(test: Callable[[Entry], bool]) -> Predicate:
    """`test` as a predicate. Raises TypeError for what cannot be called, or must be awaited."""
    if isinstance(test, Predicate):
        return test
    if not callable(test):
        raise TypeError(
            f"{test!r} is no predicate: expected one such as carries('model') or of_type('error'), "
            "or a function that takes an Entry"
        )
    if inspect.iscoroutinefunction(test):
        raise TypeError(
            f"{callable_text(test)} is no predicate: a coroutine function cannot be asked"
        )
    return Where(test)
