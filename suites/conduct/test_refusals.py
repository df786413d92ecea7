"""What was refused for good is not asked again."""

import pytest

from mock_responses.conduct.refusals import STATUSES
from suites.conduct.told import Story, user

NAME = "retried-refusal"


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_the_same_after_a_refusal_is_told(status: int) -> None:
    """The finding names the first request, its refusal and the repetition."""
    story = Story()
    first = story.ask()
    refused = story.refuse(first, status)
    again = story.ask()
    (breach,) = story.found()
    assert (breach.name, breach.about) == (NAME, (first, refused, again))
    assert breach.text.startswith(
        f"#3 POST /v1/responses is #1 POST /v1/responses again, which #2 {status} Some Reason "
        f"refused (status {status})"
    )


@pytest.mark.parametrize("code", ["insufficient_quota", "usage_limit_reached"])
def test_some_errors_are_final_whatever_their_status(code: str) -> None:
    """A quota that is used up is not there after a pause, though its status is 429."""
    story = Story()
    story.refuse(story.ask(), 429, code)
    story.ask()
    (breach,) = story.found()
    assert breach.name == NAME
    assert f"({code})" in breach.text


def test_a_failed_response_can_be_final() -> None:
    """`response.failed` with such a code is a refusal as well."""
    story = Story()
    asked = story.ask()
    error = {"code": "insufficient_quota", "message": "none left"}
    story.stream(asked, {"type": "response.failed", "response": {"error": error}})
    story.ask()
    assert story.names() == [NAME]


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_what_may_be_repeated_is_fine(status: int) -> None:
    """Busy and broken servers may be asked again."""
    story = Story()
    story.refuse(story.ask(), status)
    story.at = 1
    story.ask()
    assert story.names() == []


def test_another_request_is_fine() -> None:
    """A changed body or another token makes another request."""
    story = Story()
    token = {"authorization": "Bearer a"}
    story.refuse(story.ask(headers=token), 401)
    story.ask([user("other")], headers=token)
    story.ask(headers={"authorization": "Bearer b"})
    assert story.names() == []


def test_a_request_that_was_under_way_is_no_repetition() -> None:
    """It was sent before anybody knew of the refusal."""
    story = Story()
    first = story.ask()
    story.ask()
    story.refuse(first, 400)
    assert story.names() == []


def test_metadata_may_differ() -> None:
    """What only says when and how a request was sent makes no other request of it."""
    story = Story()
    story.refuse(story.ask(stream=True, client_metadata={"sent": "1"}), 400)
    story.ask(stream=True, client_metadata={"sent": "2"})
    assert story.names() == [NAME]


def test_a_refusal_is_told_once() -> None:
    """However often it is repeated."""
    story = Story()
    for _ in range(5):
        story.refuse(story.ask(), 404)
    assert story.names() == [NAME]


def test_an_error_of_the_harness_does_not_count() -> None:
    """A request that no reply was for has its own finding."""
    story = Story()
    story.refuse(story.ask(), 400, "rehearsal_unmatched")
    story.ask()
    assert story.names() == []


def test_a_refusal_on_a_websocket_counts() -> None:
    """An error frame refuses what came as a frame, and the repetition may come over HTTP."""
    story = Story()
    conn = story.socket()
    story.frame(conn, {"type": "response.create", "model": "m", "input": "hi"})
    error = {"type": "invalid_request_error"}
    story.frame(conn, {"type": "error", "status": 400, "error": error}, "out")
    story.ask()
    (breach,) = story.found()
    assert breach.name == NAME
    assert "is #2 response.create again" in breach.text
