"""`times`: spans in milliseconds, and windows that promise no more than was seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.interleave.story.times import between, moment, ms


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.03, "30 ms"),
        (0.1, "100 ms"),
        (0.0153, "15.3 ms"),
        (0.00025, "0.25 ms"),
        (0.000004, "0.004 ms"),
        (0.0, "0 ms"),
        (2.5, "2500 ms"),
    ],
)
def test_a_span_has_the_digits_that_it_needs(seconds: float, text: str) -> None:
    """Whole milliseconds have none, a fraction of one has three at most."""
    assert ms(seconds) == text


def test_moments_line_up() -> None:
    """Moments stand in a column, so they all have one digit."""
    assert [moment(at) for at in (0.0, 0.02)] == ["0.0 ms", "20.0 ms"]


@pytest.mark.parametrize(
    ("least", "most", "text"),
    [
        (0.015, 0.0299, "15.0 to 29.9 ms late"),
        (0.01501, 0.02999, "15.1 to 29.9 ms late"),
        (0.015, None, "15.0 ms late or more"),
        (0.02, 0.0204, "20.00 to 20.40 ms late"),
        (0.02, 0.02, "20.00 ms late"),
        (0.0200001, 0.0200001, "20.0001 ms late"),
    ],
)
def test_a_window_in_words(least: float, most: float | None, text: str) -> None:
    """A window has one digit, or as many as it takes to tell its ends apart."""
    assert between(least, most) == text


@given(st.floats(0, 1), st.floats(0.001, 1))
def test_a_window_promises_no_more_than_was_seen(least: float, width: float) -> None:
    """Its ends are rounded inwards: whatever it names was seen to fail."""
    low, _, high, *_ = between(least, least + width).split()
    assert float(low) >= least * 1000 - 1e-5
    assert float(high) <= (least + width) * 1000 + 1e-5
