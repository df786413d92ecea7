"""What counts as sent: requests of the API, upgrades, and messages of the sockets they opened."""

import json
from typing import Any

from agent_rehearsal.journal import Connection, Journal
from suites.parity.sent import Sent, sent, spoken
from suites.realtime.offers import multipart

LINE = "POST /v1/responses HTTP/1.1"


def request(journal: Journal, line: str, raw: bytes = b"{}") -> None:
    """Record an HTTP request."""
    journal.append(
        "responses", "request", direction="in", head=line, raw_headers=((b"X-One", b"1"),), raw=raw
    )


def upgrade(journal: Journal, path: str = "/v1/responses") -> Connection:
    """Record an upgrade; returns its connection."""
    conn = journal.connection()
    line = f"GET {path} HTTP/1.1"
    journal.append("responses", "open", conn=conn, direction="in", head=line)
    return conn


def frame(journal: Journal, conn: Connection, body: Any, head: str = "text") -> None:
    """Record a message of a socket."""
    raw = json.dumps(body).encode()
    journal.append("responses", "frame", conn=conn, direction="in", head=head, raw=raw)


def test_a_request_is_its_line_its_headers_and_its_body() -> None:
    """Names of headers in lower case; a body that is no JSON as text, none as None."""
    journal = Journal()
    for raw in (b'{"a":1}', b"plain", b""):
        request(journal, LINE, raw)
    line, headers = "POST /v1/responses", (("x-one", "1"),)
    assert sent(journal) == [
        Sent(lane="responses", what=line, headers=headers, body=body)
        for body in ({"a": 1}, "plain", None)
    ]


def test_what_is_not_of_the_api_does_not_count() -> None:
    """A client may ask its makers for other things, or send pings."""
    journal = Journal()
    request(journal, "GET /backend-api/plugins HTTP/1.1")
    conn = upgrade(journal)
    frame(journal, conn, {}, head="ping")
    assert [each.what for each in sent(journal)] == ["GET /v1/responses"]


def test_sockets_are_numbered_by_their_upgrades() -> None:
    """A message says on which socket it was."""
    journal = Journal()
    one, two = upgrade(journal), upgrade(journal)
    frame(journal, two, {"n": 1})
    frame(journal, one, {"n": 2})
    told = [(each.what, each.body) for each in sent(journal) if each.body]
    assert told == [("socket 2", {"n": 1}), ("socket 1", {"n": 2})]


def test_requests_to_other_endpoints_have_their_lanes() -> None:
    """A compaction follows from the turn before it, a list of models from nothing."""
    journal = Journal()
    request(journal, "POST /v1/responses/compact HTTP/1.1")
    request(journal, "GET /v1/models?client_version=1 HTTP/1.1")
    assert [each.lane for each in sent(journal)] == ["responses", "models"]


def test_a_list_that_is_asked_for_again_counts_once() -> None:
    """Wherever it falls among other requests, each of which counts as often as it is sent."""
    journal = Journal()
    for line in ("GET /v1/models", "GET /v1/models", LINE, LINE, "GET /v1/models"):
        request(journal, f"{line.removesuffix(' HTTP/1.1')} HTTP/1.1", b"")
    told = [each.lane for each in sent(journal)]
    assert told == ["models", "responses", "responses"]


def test_a_list_that_an_answer_gave_a_reason_to_ask_for_counts_again() -> None:
    """An answer that names the version of the list is such a reason, any other is none."""
    journal = Journal()
    for headers in (((b"X-Other", b"2"),), ((b"X-Models-Etag", b"2"),)):
        request(journal, "GET /v1/models HTTP/1.1", b"")
        request(journal, LINE)
        journal.append("responses", "response", direction="out", head="200 OK", raw_headers=headers)
    request(journal, "GET /v1/models HTTP/1.1", b"")
    told = [each.lane for each in sent(journal)]
    assert told == ["models", "responses", "responses", "models"]


def test_a_list_that_is_asked_for_otherwise_counts() -> None:
    """Another line or another header is another request."""
    journal = Journal()
    for query in ("", "?client_version=1", "?client_version=2"):
        request(journal, f"GET /v1/models{query} HTTP/1.1", b"")
    assert [each.lane for each in sent(journal)] == ["models"] * 3


def test_a_conversation_is_a_lane_of_its_own() -> None:
    """With its own numbers of sockets, and the requests that make calls."""
    journal = Journal()
    upgrade(journal)
    request(journal, "POST /v1/realtime/calls HTTP/1.1")
    frame(journal, upgrade(journal, "/v1/realtime?call_id=rtc_1"), {"n": 1})
    assert [each.what for each in sent(journal) if each.lane == "realtime"] == [
        "POST /v1/realtime/calls",
        "GET /v1/realtime?call_id=rtc_1",
        "socket 1",
    ]


def test_a_form_is_its_parts_in_order() -> None:
    """The name and the type of each, JSON as such."""
    journal = Journal()
    fields = {"sdp": ("application/sdp", "v=0\r\n"), "session": ("application/json", '{"a":1}')}
    headers, raw = multipart(**fields)
    named = tuple((name.encode(), value.encode()) for name, value in headers.items())
    line = "POST /v1/realtime/calls HTTP/1.1"
    journal.append("realtime", "request", direction="in", head=line, raw_headers=named, raw=raw)
    (found,) = sent(journal)
    form = ["sdp application/sdp", "session application/json"]
    assert found.body == {"form": form, "sdp": "v=0\r\n", "session": {"a": 1}}


def test_the_words_of_the_model_are_those_of_its_items() -> None:
    """Texts and sealed contents of what the mock sent, however it sent it."""
    journal = Journal()
    item = {"type": "message", "content": [{"type": "output_text", "text": "hello"}]}
    done = json.dumps({"type": "response.output_item.done", "item": item}).encode()
    sealed = json.dumps({"output": [{"type": "compaction", "encrypted_content": "c2Vh"}]}).encode()
    journal.append("responses", "frame", direction="out", head="text", raw=done)
    journal.append("responses", "response", direction="out", head="200 OK", raw=sealed)
    request(journal, LINE, done)
    assert list(spoken(journal)) == ["hello", "c2Vh"]
