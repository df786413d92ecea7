"""Which failure is which error, with which text, and whether it is repeated."""

import base64
import json
from typing import Any

import pytest

from codex_core.model_client.error_map import failed_error, status_error, wrapped_error
from codex_core.model_client.errors import ModelError
from codex_core.model_client.events import ErrorBody
from codex_core.model_client.local_time import local_time
from codex_core.model_client.rate_limits import merged, snapshot
from codex_core.protocol.usage import CreditsSnapshot, RateLimitSnapshot, RateLimitWindow

URL = "http://mock.test/v1/responses"
NO_IMAGE = "The image data you provided does not represent a valid image"
STREAM = "stream disconnected before completion: "


@pytest.mark.parametrize(
    ("code", "info", "text", "retryable"),
    [
        ("context_length_exceeded", "context_window_exceeded", "context window", False),
        ("insufficient_quota", "usage_limit_exceeded", "Quota exceeded. Check your plan", False),
        ("usage_not_included", "usage_limit_exceeded", "plan does not include", False),
        ("cyber_policy", "cyber_policy", "told", False),
        ("invalid_prompt", "other", "told", False),
        ("server_is_overloaded", "server_overloaded", "at capacity", False),
        ("slow_down", "server_overloaded", "at capacity", False),
        ("anything_else", "other", f"{STREAM}told", True),
        (None, "other", f"{STREAM}told", True),
    ],
)
def test_failed_responses(code: str | None, info: str, text: str, *, retryable: bool) -> None:
    """The code of `response.failed` decides the class; only unknown codes are repeated."""
    error = failed_error(ErrorBody(code=code, message="told"))
    assert (error.info, error.retryable) == (info, retryable)
    assert text in error.message


def test_a_failure_without_words_has_some() -> None:
    """A missing error object or message still gives a text."""
    assert failed_error(None).message == f"{STREAM}response.failed event received"
    assert failed_error(ErrorBody(code="invalid_prompt")).message == "Invalid request."
    assert "policy" in failed_error(ErrorBody(code="cyber_policy", message=" ")).message


@pytest.mark.parametrize(
    ("code", "text", "delay"),
    [
        ("rate_limit_exceeded", "Please try again in 1.898s.", 1.898),
        ("rate_limit_exceeded", "Try Again In 28ms", 0.028),
        ("rate_limit_exceeded", "try again in 35 seconds", 35.0),
        ("rate_limit_exceeded", "try again in 1 second", 1.0),
        ("rate_limit_exceeded", "try again later", None),
        ("server_error", "try again in 5s", None),
    ],
)
def test_a_rate_limit_says_when_to_come_back(code: str, text: str, delay: float | None) -> None:
    """The pause is read from the message of a rate limit, and of nothing else."""
    assert failed_error(ErrorBody(code=code, message=text)).delay == delay


def refused(status: int, error: Any = None, **headers: str) -> ModelError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps({"error": error}).encode() if error else b"plain text"
    return status_error(status, named, body, url=URL)


@pytest.mark.parametrize(
    ("status", "error", "info", "retryable"),
    [
        (400, {"message": "bad"}, "other", False),
        (400, {"code": "cyber_policy"}, "cyber_policy", False),
        (400, {"message": f"oh: {NO_IMAGE}."}, "bad_request", False),
        (422, None, "other", True),
        (401, None, "other", True),
        (403, None, "other", True),
        (404, None, "other", True),
        (429, None, {"response_too_many_failed_attempts": {"http_status_code": 429}}, False),
        (429, {"type": "usage_limit_reached"}, "usage_limit_exceeded", False),
        (429, {"type": "usage_not_included"}, "usage_limit_exceeded", False),
        (500, None, "internal_server_error", True),
        (502, None, "other", True),
        (503, None, "other", True),
        (503, {"code": "server_is_overloaded"}, "server_overloaded", False),
        (503, {"code": "slow_down"}, "server_overloaded", False),
        (799, None, "other", True),
    ],
)
def test_refusals(status: int, error: Any, info: Any, *, retryable: bool) -> None:
    """Status and error object decide the class, and whether a turn repeats it."""
    found = refused(status, error)
    assert (found.info, found.retryable, found.status) == (info, retryable, status)


def test_texts_of_refusals() -> None:
    """The texts that users and tests compare."""
    assert refused(400).message == "plain text"
    assert refused(401, {"message": "no key"}).message == (
        f"unexpected status 401 Unauthorized: no key, url: {URL}"
    )
    assert refused(418, x_request_id="r1", cf_ray="c1").message == (
        f"unexpected status 418 I'm a Teapot: plain text, url: {URL}, cf-ray: c1, request id: r1"
    )
    assert refused(429).message == "exceeded retry limit, last status: 429 Too Many Requests"
    assert refused(429, x_request_id="r1").message.endswith(", request id: r1")
    limit = refused(429, {"type": "usage_limit_reached", "plan_type": "plus", "resets_at": 60})
    assert limit.message == (
        "You have reached the usage limit of the plus plan. A larger plan has more, and credits "
        "can be bought. Try again at 12:01 AM."
    )


def test_the_details_of_an_unexpected_status() -> None:
    """Where, which request, and what is wrong with the credentials, as far as it is told."""
    code = base64.b64encode(b'{"error": {"code": "token_expired"}}').decode()
    found = refused(
        401,
        {"message": "no"},
        x_oai_request_id="r2",
        x_openai_authorization_error="expired",
        x_error_json=code,
    )
    assert found.message == (
        f"unexpected status 401 Unauthorized: no, url: {URL}, request id: r2, "
        "auth error: expired, auth error code: token_expired"
    )
    for nonsense in ("%", "e30", "\u00e4", base64.b64encode(b"{").decode()):
        assert "code" not in refused(401, x_error_json=nonsense).message


def test_a_block_by_the_network_is_told_plainly() -> None:
    """A page that says so is not shown; any other 403 is."""
    page = b"<html>You have been blocked | Cloudflare</html>"
    found = status_error(403, {"cf-ray": "c1"}, page, url=URL)
    assert found.message.startswith("unexpected status 403 Forbidden: Cloudflare blocked")
    assert found.message.endswith(f"try another one, url: {URL}, cf-ray: c1")
    assert "<html>" in status_error(403, {}, b"<html>no</html>", url=URL).message


USED_UP = {"type": "usage_limit_reached", "plan_type": "plus", "resets_at": 60}


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "the usage limit of the plus plan"),
        ({"x-codex-promo-message": "Buy more"}, "your usage limit. Buy more. Try again at"),
        ({"x-codex-limit-name": "Codex"}, "the usage limit of the plus plan"),
        ({"x-codex-limit-name": "Big-Model"}, "the usage limit for Big-Model"),
        (
            {
                "x-codex-rate-limit-reached-type": "workspace_member_credits_depleted",
                "x-codex-promo-message": "Buy",
            },
            "out of credits. Ask its owner",
        ),
        (
            {"x-codex-rate-limit-reached-type": "workspace_owner_usage_limit_reached"},
            "spending cap. Raise the cap",
        ),
        (
            {
                "x-codex-limit-name": "Big-Model",
                "x-codex-rate-limit-reached-type": "workspace_owner_credits_depleted",
            },
            "the usage limit for Big-Model",
        ),
        ({"x-codex-rate-limit-reached-type": "odd"}, "the usage limit of the plus plan"),
    ],
)
def test_the_most_particular_reason_of_a_usage_limit(headers: dict[str, str], reason: str) -> None:
    """The model's own limit, the workspace's, an offer, the plan; then when it ends."""
    body = json.dumps({"error": USED_UP}).encode()
    found = status_error(429, headers, body, url=URL)
    assert reason in found.message
    assert found.message.endswith("Try again at 12:01 AM.")


NOW = 1_795_288_776
"""19:19:36 on 21 November 2026, UTC."""
DAY = 86_400


@pytest.mark.parametrize(
    ("zone", "later", "told"),
    [
        ("Etc/UTC", 60, "7:20 PM"),
        ("Asia/Kolkata", 60, "12:50 AM"),
        ("America/New_York", 60, "2:20 PM"),
        ("nowhere", 60, "7:20 PM"),
        ("Etc/UTC", 20 * 3600, "Nov 22nd, 2026 3:19 PM"),
        ("Asia/Kolkata", 20 * 3600, "8:49 PM"),
        ("Asia/Kolkata", 3 * DAY, "Nov 25th, 2026 12:49 AM"),
        ("America/New_York", 200 * DAY, "Jun 9th, 2027 3:19 PM"),
        ("Etc/UTC", 10 * DAY, "Dec 1st, 2026 7:19 PM"),
        ("Etc/UTC", 12 * DAY, "Dec 3rd, 2026 7:19 PM"),
        ("Etc/UTC", 20 * DAY + 17 * 3600, "Dec 12th, 2026 12:19 PM"),
    ],
)
def test_the_end_of_a_usage_limit_is_told_in_the_users_time(
    zone: str, later: int, told: str
) -> None:
    """As the reference client tells it: the time alone if it is today there, else with the day."""
    data = frame(status=429, error={**USED_UP, "resets_at": NOW + later})
    error = wrapped_error(data, now=local_time(NOW, zone))
    assert error is not None
    assert error.message.endswith(f"Try again at {told}.")


@pytest.mark.parametrize("resets_at", [None, 10**20, -(10**20)])
def test_a_usage_limit_without_an_end(resets_at: int | None) -> None:
    """No time, or one that no calendar has."""
    found = refused(429, {"type": "usage_limit_reached", "resets_at": resets_at})
    assert found.message == "You have reached the usage limit. Try again later."


def frame(**fields: Any) -> bytes:
    return json.dumps({"type": "error", **fields}).encode()


@pytest.mark.parametrize(
    ("fields", "info", "text", "retryable"),
    [
        ({"status": 400, "error": {"message": "bad"}}, "other", '"message": "bad"', False),
        ({"status": 400, "error": {"code": "cyber_policy"}}, "cyber_policy", "policy", False),
        (
            {"status_code": 429, "error": {"type": "rate_limit"}},
            {"response_too_many_failed_attempts": {"http_status_code": 429}},
            "exceeded retry limit, last status: 429 Too Many Requests",
            False,
        ),
        ({"status": 500, "error": {}}, "internal_server_error", "internal error", True),
        (
            {"status": 503, "error": {"code": "slow_down"}},
            "server_overloaded",
            "at capacity",
            False,
        ),
        ({"status": 404}, "other", "unexpected status 404 Not Found: ", True),
        (
            {"status": 400, "error": {"code": "websocket_connection_limit_reached"}},
            "other",
            f"{STREAM}websocket_connection_limit_reached",
            True,
        ),
        (
            {"error": {"code": "websocket_connection_limit_reached", "message": "60 minutes"}},
            "other",
            f"{STREAM}60 minutes",
            True,
        ),
    ],
)
def test_wrapped_errors(fields: Any, info: Any, text: str, *, retryable: bool) -> None:
    """A frame is a refusal in itself; that a connection was open for too long comes first."""
    error = wrapped_error(frame(**fields))
    assert error is not None
    assert (error.info, error.retryable) == (info, retryable)
    assert text in error.message


@pytest.mark.parametrize(
    "data",
    [
        frame(),
        frame(status=200),
        frame(status=299, error={"code": "x"}),
        frame(status="429"),
        frame(status=429.0),
        frame(status=True),
        frame(status=99),
        frame(status=1000),
        b'{"type": "response.failed", "status": 500}',
        b"[]",
        b"{",
        b"\xff",
        b"",
    ],
)
def test_frames_that_are_no_errors(data: bytes) -> None:
    """Without a status that says so, a frame is an event like others."""
    assert wrapped_error(data) is None


def test_the_headers_of_a_wrapped_error() -> None:
    """They count as those of a reply: limits, request ids, and when to come back if that counts."""
    headers: dict[str, Any] = {
        "X-Codex-Primary-Used-Percent": 100,
        "x-codex-credits-has-credits": True,
        "x-codex-credits-unlimited": False,
        "odd": None,
        "list": [],
    }
    error = wrapped_error(frame(status=429, error=USED_UP, headers=headers))
    assert error is not None
    assert error.snapshot is not None
    assert error.snapshot.primary == RateLimitWindow(used_percent=100)
    assert error.snapshot.credits == CreditsSnapshot(has_credits=True, unlimited=False)
    asks = frame(status=429, headers={"Retry-After": 7, "x-request-id": "r"})
    for obeys, delay in ((False, None), (True, 7.0)):
        found = wrapped_error(asks, obeys=obeys)
        assert found is not None
        assert (found.delay, found.retryable) == (delay, delay is not None)
        assert found.message.endswith("request id: r")
    assert wrapped_error(frame(status=500, headers=[])) is not None


def test_a_long_body_is_shown_in_part() -> None:
    """An unexpected status shows at most 1000 bytes of its body, cut between characters."""
    error = status_error(404, {}, "\u00e4".encode() * 600, url=URL)
    shown = "\u00e4" * 500
    assert error.message == f"unexpected status 404 Not Found: {shown}, url: {URL}"


NESTED = b'{"error":{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
ENDLESS = pytest.param(NESTED, id="nested without end")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"error": 3}', b"\xff", ENDLESS])
def test_any_body_is_taken(body: bytes) -> None:
    """A refusal whose body is no error object is an error all the same."""
    assert status_error(429, {}, body, url=URL).status == 429


def test_rate_limits_are_read_from_headers() -> None:
    """A window needs a percentage; an empty one is no window."""
    headers = {
        "x-codex-primary-used-percent": "12.5",
        "x-codex-primary-window-minutes": "10",
        "x-codex-primary-reset-at": "1704069000",
        "x-codex-secondary-used-percent": "0",
        "x-codex-credits-has-credits": "true",
        "x-codex-credits-unlimited": "false",
        "x-codex-credits-balance": "9",
    }
    assert snapshot(headers) == RateLimitSnapshot(
        primary=RateLimitWindow(used_percent=12.5, window_minutes=10, resets_at=1704069000),
        credits=CreditsSnapshot(has_credits=True, unlimited=False, balance="9"),
    )
    assert snapshot({"x-codex-primary-used-percent": "nan"}).primary is None
    assert snapshot({}) == RateLimitSnapshot()


def test_a_usage_limit_brings_the_limits_of_its_family() -> None:
    """The family that refused is named by a header."""
    found = refused(
        429,
        {"type": "usage_limit_reached"},
        x_codex_active_limit="codex_other",
        x_codex_other_primary_used_percent="100",
        x_codex_primary_used_percent="1",
    )
    assert found.snapshot is not None
    assert found.snapshot.limit_id == "codex_other"
    assert found.snapshot.primary == RateLimitWindow(used_percent=100)


def test_credits_outlive_a_reply_that_is_silent_about_them() -> None:
    """A snapshot without credits takes them from the one before; windows are not inherited."""
    credit = CreditsSnapshot(has_credits=True, unlimited=True)
    old = RateLimitSnapshot(credits=credit, primary=RateLimitWindow(used_percent=1))
    assert merged(RateLimitSnapshot(), old) == RateLimitSnapshot(credits=credit)
