"""How much is fuzzed: a share in every run, all of it under the profile `fuzz`."""

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import settings

T = TypeVar("T", bound=Callable[..., Any])

SHARE = 200
"""Examples of one test in an ordinary run."""


def fuzzed(test: T) -> T:
    """Give a test its share of examples, or as many as the profile asks for."""
    return settings(max_examples=max(SHARE, _asked()))(test)


def fuzzed_tenth(test: T) -> T:
    """A third of the share, or a tenth of what the profile asks for: for what can vary less."""
    return settings(max_examples=max(SHARE // 3, _asked() // 10))(test)


def fuzzed_hundredth(test: T) -> T:
    """A tenth of the share, or a hundredth of what the profile asks for: for what takes long."""
    return settings(max_examples=max(SHARE // 10, _asked() // 100))(test)


def _asked() -> int:
    return settings.get_profile(settings.get_current_profile_name()).max_examples
