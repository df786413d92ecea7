"""Quotas: requests and tokens in a sliding window of loop time, and the 429 of what is too much.

Sans-IO: an entry and a time go in, an error comes out. A refused request takes nothing from the
window. Names of headers: the API reference's section on rate limits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf
from typing import Any

from agent_rehearsal.journal import Entry, Predicate
from agent_rehearsal.wire import Answer, Rule, ask
from mock_responses.codex_errors import error_frame
from mock_responses.errors import status
from mock_responses.limits import RateLimits, quota, rate_limits
from mock_responses.parts import Stream, stream
from mock_responses.windows import Window, duration

BYTES_PER_TOKEN = 4
"""What a token is taken to be, as nothing here has a tokenizer."""

Size = Callable[[Entry], int]
"""How many tokens a request counts as."""


def tokens_in(entry: Entry) -> int:
    """The tokens of a request: one for every four bytes of its JSON, rounded up."""
    return ceil(len(entry.content) / BYTES_PER_TOKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request is refused, and what it is told."""

    kind: str
    """`requests` or `tokens`."""
    message: str
    retry_after: float
    """Seconds until the same request would be admitted; infinite for one that never will."""
    limits: RateLimits

    @property
    def headers(self) -> dict[str, str]:
        """`x-ratelimit-*`, and `retry-after` in whole seconds, rounded up."""
        after = {} if self.retry_after == inf else {"retry-after": str(ceil(self.retry_after))}
        return {**after, **self.limits.headers}

    @property
    def detail(self) -> dict[str, Any]:
        """As the journal has it."""
        return {"kind": self.kind, "message": self.message, "headers": self.headers}

    def rule(self, entry: Entry) -> Rule:
        """As the reply to `entry`, which is used up by it."""
        part = self.frame() if entry.kind == "frame" else self.answer()
        return Rule(
            parts=(part,),
            when=None,
            claim=None,
            times=1,
            optional=True,
            name=f"quota of {self.kind}",
            headers=(),
            answered=[entry],
        )

    def answer(self) -> Answer:
        """As an HTTP answer."""
        return status(429, type=self.kind, message=self.message, headers=self.headers)

    def frame(self) -> Stream:
        """As an error frame on a WebSocket."""
        code = "rate_limit_exceeded"
        return stream(
            error_frame(
                429, message=self.message, type=self.kind, code_name=code, headers=self.headers
            )
        )


class Quota:
    """So many requests, or tokens, or both, in every `per` seconds of loop time."""

    def __init__(
        self,
        *,
        requests: int | None = None,
        tokens: int | None = None,
        per: float = 60.0,
        when: Predicate | None = None,
        size: Size = tokens_in,
    ) -> None:
        """Raises ValueError for no limit, for one that is no whole number, and for no time."""
        limits = {"requests": requests, "tokens": tokens}
        given = {name: limit for name, limit in limits.items() if limit is not None}
        for name, limit in given.items():
            if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
                raise ValueError(f"quota({name}={limit!r}): expected a whole number from 1")
        if not given:
            raise ValueError("quota(): expected requests=, tokens= or both")
        if not 0 < per < inf:
            raise ValueError(f"quota(per={per!r}): expected seconds, a finite number over 0")
        self._windows = {name: Window(limit, per) for name, limit in given.items()}
        self._when = when
        self._size = size

    def meets(self, entry: Entry) -> bool:
        """Whether it counts this request. Raises PredicateError."""
        return self._when is None or ask(self._when, entry, "a quota")

    def refusal(self, entry: Entry, now: float) -> Refusal | None:
        """Why a request cannot be admitted at `now`; None admits it."""
        amounts = self._amounts(entry)
        waits = {name: window.wait(amounts[name], now) for name, window in self._windows.items()}
        kind = max(waits, key=lambda name: waits[name])
        if waits[kind] == 0:
            return None
        message = _message(kind, self._windows[kind], amounts[kind], waits[kind], now)
        return Refusal(kind=kind, message=message, retry_after=waits[kind], limits=self.limits(now))

    def take(self, entry: Entry, now: float) -> None:
        """Count a request that is admitted at `now`."""
        amounts = self._amounts(entry)
        for name, window in self._windows.items():
            window.take(amounts[name], now)

    def limits(self, now: float) -> RateLimits:
        """What the headers tell at `now`."""
        told = {
            name: quota(window.limit, window.remaining(now), reset=duration(window.reset(now)))
            for name, window in self._windows.items()
        }
        return rate_limits(requests=told.get("requests"), tokens=told.get("tokens"))

    def _amounts(self, entry: Entry) -> dict[str, int]:
        return {"requests": 1, "tokens": self._size(entry) if "tokens" in self._windows else 0}


def admit(quotas: list[Quota], entry: Entry, now: float) -> Refusal | None:
    """Count a request in each quota that means it, or in none, with the longest of their refusals.

    Raises PredicateError.
    """
    meant = [quota for quota in quotas if quota.meets(entry)]
    refusals = [refusal for quota in meant if (refusal := quota.refusal(entry, now))]
    if refusals:
        return max(refusals, key=lambda refusal: refusal.retry_after)
    for each in meant:
        each.take(entry, now)
    return None


def _message(kind: str, window: Window, amount: int, wait: float, now: float) -> str:
    limit = f"{window.limit} {kind} in {window.per:g} s"
    if wait == inf:
        return f"The request is too large: it has {amount} {kind}, the limit is {limit}."
    used = f"{window.used(now)} used, {amount} requested"
    return f"The rate limit of {limit} is reached: {used}. Please try again in {duration(wait)}."
