"""The rules of conduct, as a table: what each name means, and what watches over it."""

from collections.abc import Callable, Mapping
from typing import Final

from mock_responses.conduct import prefix, refusals, truncation, unanswered, waiting
from mock_responses.conduct.pairing import Pairing
from mock_responses.conduct.rule import Rule

NAMES: Final[Mapping[str, str]] = {
    "output-without-call": "an input has the output of a call that it does not have",
    "call-without-output": "an input has a call without its output",
    "output-before-call": "in an input, an output stands before its call",
    "duplicate-call-id": "an input has two calls, or two outputs, with one id",
    refusals.NAME: "a request that was refused for good came again unchanged",
    waiting.IGNORED: "a request came again sooner than Retry-After asked",
    waiting.FLAT: "a request came again and again after server errors, after pauses of one length",
    truncation.ACCEPTED: "a request carries the partial output of a stream that broke off",
    truncation.ALONE: "a stream broke off, and the client did not ask again (advice at most)",
    prefix.NAME: "an input does not begin with the one before it of the same prompt_cache_key",
    unanswered.NAME: "a call was handed out, and no request brought its output",
}
"""Name of a finding -> what it means."""

RULES: Final[tuple[Callable[[], Rule], ...]] = (
    Pairing,
    refusals.Refusals,
    waiting.RetryAfter,
    waiting.BackOff,
    truncation.Truncation,
    prefix.CachePrefix,
    unanswered.Unanswered,
)
"""What makes each rule."""
