"""Where realtime sessions are, how they are named, and where a call's id is found."""

import pytest

from codex_core.protocol.realtime import Version
from codex_core.realtime.address import session_headers, socket_url
from codex_core.realtime.call import call_body, call_id
from codex_core.realtime.refusal import StartRefusedError

PATHS = {
    "": "/v1/realtime",
    "/": "/v1/realtime",
    "/realtime": "/realtime",
    "/a/realtime/": "/a/realtime",
    "/v1": "/v1/realtime",
    "/a/v1/": "/a/v1/realtime",
    "/custom": "/custom",
}


@pytest.mark.parametrize(("path", "expected"), PATHS.items())
def test_the_path(path: str, expected: str) -> None:
    """What is no known beginning is taken as it is."""
    assert socket_url(f"http://h{path}", "v2", {}) == f"ws://h{expected}"


@pytest.mark.parametrize(
    ("version", "query", "model", "call", "expected"),
    [
        ("v1", {}, "m", None, "intent=quicksilver&model=m"),
        ("v2", {}, "m", None, "model=m"),
        ("v2", {"foo": "bar", "model": "x", "intent": "y"}, "m", None, "model=m&foo=bar"),
        ("v1", {"model": "x"}, None, "rtc_a", "intent=quicksilver&model=x&call_id=rtc_a"),
        ("v2", {}, "a b&c", None, "model=a+b%26c"),
        ("v2", {"a b": "ü*-._~'"}, None, None, "a+b=%C3%BC*-._%7E%27"),
    ],
)
def test_the_query(
    version: Version, query: dict[str, str], model: str | None, call: str | None, expected: str
) -> None:
    """The version's, the model, the provider's own, the call last; each as a form has it."""
    url = socket_url("https://h/v1", version, query, model=model, call_id=call)
    assert url == f"wss://h/v1/realtime?{expected}"


def test_the_query_of_the_address_is_first() -> None:
    """It stands in the settings."""
    url = socket_url("ws://h/v1/realtime?foo=1", "v1", {}, model="snapshot")
    assert url == "ws://h/v1/realtime?foo=1&intent=quicksilver&model=snapshot"


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("ws://h/v1/realtime?a=x%20y+z&é='", "/v1/realtime?a=x%20y+z&%C3%A9=%27"),
        ("ws://h/ä b/c%20d/realtime", "/%C3%A4%20b/c%20d/realtime"),
    ],
)
def test_what_no_address_can_hold_is_escaped(base: str, expected: str) -> None:
    """What was escaped already stays as it is."""
    assert socket_url(base, "v2", {}) == f"ws://h{expected}"


@pytest.mark.parametrize(
    ("base", "problem"),
    [
        ("ftp://h/v1", "unsupported realtime api_url scheme: ftp"),
        ("nothing", "failed to parse realtime api_url: relative URL without a base"),
        ("http://[::1", "failed to parse realtime api_url: Invalid IPv6 URL"),
    ],
)
def test_what_is_no_address(base: str, problem: str) -> None:
    """The text says what is wrong with it."""
    with pytest.raises(StartRefusedError, match=problem):
        socket_url(base, "v2", {})


@pytest.mark.parametrize("session_id", ["a\nb", "é", "\x00"])
def test_an_id_that_no_header_holds(session_id: str) -> None:
    """Refused before anything is sent."""
    with pytest.raises(StartRefusedError, match="invalid realtime session id header"):
        session_headers("v2", session_id)


@pytest.mark.parametrize(
    "location",
    [
        "/v1/realtime/calls/rtc_a",
        "/calls/calls/rtc_a?x=rtc_b",
        "/calls/rtc_a#/rtc_b",
        "https://h/v1/realtime/rtc_a",
    ],
)
def test_the_id_of_a_call(location: str) -> None:
    """The last segment of the path that is one."""
    assert call_id(location) == "rtc_a"


@pytest.mark.parametrize("location", [None, "/v1/x/abc", "/v1/realtime/calls/rtc_", "//["])
def test_an_answer_without_an_id(location: str | None) -> None:
    """It is told what was there instead."""
    with pytest.raises(StartRefusedError, match="Location"):
        call_id(location)


def test_a_chatgpt_backend_takes_json() -> None:
    """By its address."""
    kind, body = call_body("https://h/backend-api/x", "v=0", {"type": "quicksilver"})
    assert kind == "application/json"
    assert body == b'{"sdp":"v=0","session":{"type":"quicksilver"}}'
