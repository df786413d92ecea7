"""Pauses before a repetition, in loop time: as long as was asked for, and longer each time."""

import pytest

from suites.conduct.told import Story, user

BACK_OFF = [0.2, 0.4, 0.8, 1.6, 3.2]


def repeated(pauses: list[float], status: int = 500) -> list[str]:
    """What is found in the same request, again after each pause, refused each time."""
    story = Story()
    story.refuse(story.ask(), status)
    for pause in pauses:
        story.at += pause
        story.refuse(story.ask(), status)
    return story.names()


@pytest.mark.parametrize(
    ("header", "value"), [("retry_after", "2"), ("retry_after_ms", "2000"), ("retry_after", "2.0")]
)
def test_a_repetition_that_comes_too_soon_is_told(header: str, value: str) -> None:
    """The finding says how long the client waited and what was asked for."""
    story = Story()
    first = story.ask()
    refused = story.refuse(first, 429, **{header: value})
    story.at = 1.5
    again = story.ask()
    (breach,) = story.found()
    assert (breach.name, breach.about) == ("retry-after-ignored", (first, refused, again))
    assert "again after 1.500 s, but #2 429 Some Reason asked for 2 s" in breach.text


@pytest.mark.parametrize("value", ["2", "1.995", "0", "soon", "inf", "-1", ""])
def test_a_repetition_in_time_is_fine(value: str) -> None:
    """So is one where nothing was asked for that is seconds; a date is not understood."""
    story = Story()
    story.refuse(story.ask(), 429, retry_after=value)
    story.at = 1.995
    story.ask()
    assert story.names() == []


def test_another_request_need_not_wait() -> None:
    """`Retry-After` is for the request that got it."""
    story = Story()
    story.refuse(story.ask(), 503, retry_after="60")
    story.ask([user("other")])
    assert story.names() == []


def test_an_announced_pause_counts_as_made() -> None:
    """An agent whose pauses the stage shortens is judged by what it would have waited."""
    story = Story()
    story.refuse(story.ask(), 429, retry_after="2")
    story.note("event", "sleep", type="sleep", seconds=2.0)
    story.ask()
    assert story.names() == []


def test_an_announced_pause_that_is_too_short_is_told() -> None:
    """Announcing is not enough."""
    story = Story()
    story.refuse(story.ask(), 429, retry_after="2")
    story.note("event", "sleep", type="sleep", seconds=0.5)
    story.ask()
    assert story.names() == ["retry-after-ignored"]


@pytest.mark.parametrize("pause", [0.0, 0.5, 30.0])
def test_pauses_of_one_length_are_told_once(pause: float) -> None:
    """Four repetitions after server errors, each after the same pause, are no back-off."""
    assert repeated([pause] * 3) == []
    assert repeated([pause] * 4) == ["no-back-off"]
    assert repeated([pause] * 12) == ["no-back-off"]


@pytest.mark.parametrize(
    "pauses",
    [
        BACK_OFF,
        [*BACK_OFF, *BACK_OFF],
        [8.0, 16.0, 16.0, 16.0, 16.0, 16.0],
        [1.0, 2.0, 3.0, 4.0, 5.0],
        [0.2, 0.2, 0.2, 0.4, 0.2, 0.4, 0.2],
    ],
    ids=["doubled", "two layers", "bounded", "linear", "layers"],
)
def test_pauses_that_grow_are_fine(pauses: list[float]) -> None:
    """Doubled or not, bounded or begun anew."""
    assert repeated(pauses) == []


@pytest.mark.parametrize("status", [429, 408])
def test_only_server_errors_ask_for_back_off(status: int) -> None:
    """A rate limit says itself when to come back."""
    assert repeated([0.5] * 6, status) == []


def test_a_pause_that_the_server_chose_is_no_pause_of_the_client() -> None:
    """Coming back each time as asked is obedience."""
    story = Story()
    for _ in range(8):
        story.refuse(story.ask(), 503, retry_after="1")
        story.at += 1
    assert story.names() == []


def test_a_success_ends_the_run() -> None:
    """What failed before it does not count against what fails after it."""
    story = Story()
    for _ in range(4):
        for _ in range(2):
            story.refuse(story.ask(), 500)
        story.complete(story.ask())
    assert story.names() == []


def test_the_finding_names_the_repetitions() -> None:
    """Those whose pauses did not grow, and how long the first was."""
    story = Story()
    for _ in range(5):
        story.refuse(story.ask(), 502)
        story.at += 0.5
    (breach,) = story.found()
    assert [entry.seq for entry in breach.about] == [1, 3, 5, 7, 9]
    assert breach.text.startswith("#1 POST /v1/responses came again as #3 POST /v1/responses, ")
    assert "longer than the first (0.500 s)" in breach.text
