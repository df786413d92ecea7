"""The shape of requests by example: windows, settings, items, tools, long and hidden text."""

import json
from typing import Any

import pytest

from agent_rehearsal.face.shapes import Labels, normalise, shape
from agent_rehearsal.face.shapes.hashing import digest
from agent_rehearsal.journal import Journal

THREAD = "01a1f935-0c06-7721-9cac-cd05f21d9230"
TURN = "01a1f935-0c1e-7f62-aa20-5761b3d34155"


def user(text: str) -> dict[str, Any]:
    return {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": text}],
    }


def call(number: int, arguments: str = "{}") -> dict[str, Any]:
    return {
        "type": "function_call",
        "name": "ls",
        "call_id": f"c{number}",
        "arguments": arguments,
    }


def output(number: int, text: str) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": f"c{number}", "output": text}


def body(*items: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return {"model": "m", **settings, "input": list(items)}


def heads(text: str) -> list[str]:
    """The lines that begin a window or a request."""
    return [line for line in text.splitlines() if line.startswith(("==", "--"))]


def test_a_history_is_told_once() -> None:
    """Settings in full for the first window; of a request that extends the last, the suffix."""
    metadata = {
        "thread_id": THREAD,
        "x-codex-turn-metadata": json.dumps(
            {"turn_id": TURN, "request_kind": "turn", "turn_started_at_unix_ms": 1795182365728},
            separators=(",", ":"),
        ),
    }
    first = body(user("hi"), prompt_cache_key=THREAD, client_metadata=metadata)
    second = {
        **first,
        "input": [
            *first["input"],
            call(1, '{"cmd":"ls"}'),
            output(1, "Wall time: 0.1 seconds\nREADME\n"),
        ],
    }
    assert shape([first, second]) == (
        """\
== window 1 ==
settings
  model: "m"
  prompt_cache_key: <THREAD 1>

-- request 1 (turn) --
client_metadata:
  thread_id: <THREAD 1>
  x-codex-turn-metadata: JSON text
    turn_id: <TURN 1>
    request_kind: "turn"
    turn_started_at_unix_ms: <TIME>
01 message user
   [input_text]
   | hi

-- request 2 (turn) --
01 as in request 1
02 function_call ls <CALL 1>
   | {"cmd":"ls"}
03 function_call_output <CALL 1>
   | Wall time: <DURATION> seconds
   | README
   |
"""
    )


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (body(user("a"), user("b")), "repeated"),
        (body(user("a")), "truncated at item 2"),
        (body(), "truncated at item 1"),
        (body(user("a"), user("c"), user("d")), "diverged at item 2"),
        (body(user("a"), user("b"), model="n"), "settings changed (model); repeated"),
        (body(user("a"), user("b"), user("c"), store=True), "settings changed (store)"),
    ],
)
def test_a_break_opens_a_window_that_says_why(second: dict[str, Any], reason: str) -> None:
    """A request that does not extend its predecessor, or changes settings, is announced."""
    first = body(user("a"), user("b"))
    assert heads(shape([first, second]))[2] == f"== window 2: {reason} =="


@pytest.mark.parametrize(("old", "new"), [(1, True), (0, False), (1, 1.0), ("1", 1)])
def test_values_that_python_holds_to_be_equal_differ(old: Any, new: Any) -> None:
    """JSON's 1, 1.0 and true are three values, in settings and in items."""
    text = shape([body(user("a"), x=old), body(user("a"), user("b"), x=new)])
    assert "== window 2: settings changed (x) ==" in text
    text = shape([body({"type": "t", "x": old}), body({"type": "t", "x": new})])
    assert "== window 2: diverged at item 1 ==" in text


def test_an_extension_opens_no_window() -> None:
    """New items at the end and other client metadata belong to the window."""
    first = body(user("a"), client_metadata={"turn_id": "t1"})
    second = body(user("a"), user("b"), client_metadata={"turn_id": "t2"})
    text = shape([first, second])
    assert heads(text) == ["== window 1 ==", "-- request 1 --", "-- request 2 --"]
    assert "client_metadata, since the last request:\n  ~ turn_id: <TURN 2>\n" in text


def test_a_continued_response_repeats_nothing() -> None:
    """Input behind a `previous_response_id` is shown whole and opens no window."""
    text = shape([body(user("a")), body(output(1, "x"), previous_response_id="resp_1")])
    assert heads(text)[1:] == ["-- request 1 --", "-- request 2 --"]
    assert "previous_response_id: <RESPONSE 1>\n01 function_call_output <CALL 1>" in text


def test_settings_of_later_windows_are_differences() -> None:
    """Added, changed and removed settings only; a window like an earlier one says so."""
    first = body(user("a"), reasoning={"effort": "low", "summary": "auto"}, store=False)
    second = body(user("a"), reasoning={"effort": "high", "summary": "auto"}, stream=True)
    text = shape([first, second, first])
    assert 'settings, relative to window 1\n  ~ reasoning:\n    ~ effort: "high"\n' in text
    assert "  + stream: true\n  - store\n" in text
    assert "settings as in window 1\n" in text


def tool(name: str, *args: str, about: str = "") -> dict[str, Any]:
    properties = {arg: {"type": "string"} for arg in args}
    return {
        "type": "function",
        "name": name,
        "description": about,
        "parameters": {"properties": properties, "required": list(args[:1])},
    }


def test_tools_are_an_inventory() -> None:
    """Name, arguments (a `?` if optional) and a hash; those of a namespace under its name."""
    space = {"type": "namespace", "name": "ns", "tools": [tool("b")]}
    text = shape(body(tools=[tool("a", "x", "y"), space, {"type": "web_search"}]))
    lines = [line.split(" hash ")[0] for line in text.splitlines() if " hash " in line]
    assert lines == ["    a(x, y?)", "    ns [namespace]", "    ns.b()", "    web_search"]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([tool("a"), tool("b"), tool("c")], ["+ c()"]),
        ([tool("a")], ["- b"]),
        ([tool("a"), tool("b", about="new")], ["~ b()"]),
        ([tool("b"), tool("a")], ["order: b, a"]),
        ([tool("c"), tool("a"), tool("b")], ["+ c()", "order: c, a, b"]),
        ([tool("a"), tool("b"), tool("b")], ["+ b#2()"]),
    ],
)
def test_tools_of_later_windows_are_differences(after: list[Any], expected: list[str]) -> None:
    """Added, changed, removed, and the order where it does not follow from these."""
    text = shape([body(tools=[tool("a"), tool("b")]), body(user("x"), tools=after)])
    delta = text.split("  ~ tools:\n")[1].split("\n\n")[0].splitlines()
    assert [line.strip().split(" hash ")[0] for line in delta] == expected


def test_instructions_are_summed_up() -> None:
    """Lines, characters, hash and the first line stand for a long setting."""
    text = shape(body(instructions="be kind\nand brief"))
    hashed = digest("be kind\nand brief")
    assert f"instructions:\n    ~ 2 lines, 17 chars, hash {hashed}\n    | be kind\n" in text


def test_a_long_text_keeps_both_ends() -> None:
    """Above 48 lines, 16 at each end and the hash of the whole."""
    whole = "\n".join(map(str, range(49)))
    text = shape(body(user(whole)))
    assert f"   | 15\n   ~ 17 lines left out, hash {digest(whole)}\n   | 33\n" in text
    assert "left out" not in shape(body(user("\n".join(map(str, range(48))))))


def test_a_long_line_keeps_both_ends() -> None:
    """Above 160 characters, the head, the tail and the hash of the whole."""
    whole = "a" * 200 + "z" * 10
    text = shape(body(user(whole)))
    assert f'~ "{"a" * 107}" ... "{"a" * 43 + "z" * 10}", 210 chars, hash {digest(whole)}' in text


def test_what_cannot_be_seen_is_quoted() -> None:
    """A blank at the end, a carriage return and an escape are written out."""
    text = shape(body(user("a \nb\r\n\x1b[1m\n\nc\td")))
    shown = [line.strip() for line in text.splitlines() if line.strip()[:1] in ("|", ">")]
    assert shown == ['> "a "', '> "b\\r"', '> "\\u001b[1m"', "|", "| c\td"]


def test_payloads_are_counted_and_hashed() -> None:
    """Encrypted content and data URLs show their length and hash."""
    secret = {"type": "reasoning", "summary": [], "encrypted_content": "gAAA"}
    image = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
    text = shape(body(secret, {"role": "user", "content": [image]}))
    assert f"encrypted_content: <4 chars, hash {digest('gAAA')}>" in text
    assert f"[input_image] image_url: <image/png, 4 chars, hash {digest('AAAA')}>" in text


def test_an_input_of_plain_text() -> None:
    """The SDKs' short form is shown as what it is."""
    assert shape({"model": "m", "input": "hi"}).endswith("01 (not a list)\n   | hi\n")


def test_a_realtime_frame_shows_its_fields() -> None:
    """A message that is no request is laid out in a fixed order, ids labelled."""
    session = {"voice": "marin", "id": "sess_1", "modalities": ["audio"], "tools": [tool("a", "x")]}
    found = shape({"type": "session.update", "session": session, "event_id": "e1"})
    assert found.startswith(
        """\
-- message 1, type session.update --
event_id: <EVENT 1>
session:
  id: <ITEM 1>
  modalities: ["audio"]
  tools: 1
    a(x) hash """
    )
    assert found.endswith('  voice: "marin"\n')


def test_entries_and_views_show_where_they_went() -> None:
    """An entry, or anything with one, is shown with its request line and the kind in its header."""
    journal = Journal(clock=lambda: 0.0)
    headers = ((b"X-Codex-Turn-Metadata", b'{"request_kind":"compaction"}'),)
    entry = journal.append(
        "responses",
        "request",
        head="POST /v1/responses/compact HTTP/1.1",
        raw_headers=headers,
        raw=b'{"model":"m","input":[]}',
    )

    class View:
        def __init__(self) -> None:
            self.entry = entry

    assert "-- request 1: POST /v1/responses/compact (compaction) --\n" in shape(entry)
    assert shape(View()) == shape(entry)


def test_a_body_that_is_no_json_is_shown_as_text() -> None:
    """Bytes that do not parse are no reason to fail."""
    journal = Journal(clock=lambda: 0.0)
    entry = journal.append(
        "responses", "request", head="POST /v1/responses HTTP/1.1", raw=b'{"a":\xff'
    )
    expected = '-- message 1: POST /v1/responses, not JSON --\n| {"a":\\xff\n'
    assert shape(entry) == expected


@pytest.mark.parametrize("thing", [3, "text", None, object(), [4]])
def test_what_has_no_body_is_refused(thing: Any) -> None:
    """The error names the thing and what is accepted."""
    with pytest.raises(TypeError, match=r"has no request to show: expected a view or an entry"):
        shape(thing)


def test_no_requests() -> None:
    """An empty history is a text too."""
    assert shape([]) == "no requests\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{THREAD} {TURN} {THREAD}", "<UUID 1> <UUID 2> <UUID 1>"),
        ("/srv/app/x and /srv/app.", "<CWD>/x and <CWD>."),
        ("/srv/apps /srv/app.txt x/srv/app", "/srv/apps /srv/app.txt x/srv/app"),
        ("<cwd>/srv/app</cwd>", "<cwd><CWD></cwd>"),
        ("http://127.0.0.1:4711/v1", "http://127.0.0.1:<PORT 1>/v1"),
        ("http://example.org:4711/v1", "http://example.org:4711/v1"),
        ("Wall time: 0.0123 seconds", "Wall time: <DURATION> seconds"),
        ("at 2026-11-21T10:11:12Z.", "at <TIME>."),
        ("on 2026-11-21", "on 2026-11-21"),
        ("<current_date>2026-11-21</current_date>", "<current_date><DATE></current_date>"),
        ("key sk-abcdefghijklmnop", "key <SECRET 1>"),
    ],
)
def test_a_rule_by_example(text: str, expected: str) -> None:
    """What differs from run to run is labelled, and nothing beside it."""
    assert normalise(text, Labels({"CWD": "/srv/app"})) == expected


@pytest.mark.parametrize(
    "field", ["created_at", "create_time", "turn_started_at_unix_ms", "timestamp"]
)
@pytest.mark.parametrize("value", [1795182365, 1795182365.72, "1795182365"])
def test_a_point_in_time_is_known_by_its_field(field: str, value: object) -> None:
    """When something was is a label; how long it may take is shown."""
    shown = shape(body(user("hi"), metadata={field: value, "yield_time_ms": 10}))
    assert f"{field}: <TIME>\n" in shown
    assert "yield_time_ms: 10\n" in shown


def test_labels_last_from_one_text_to_the_next() -> None:
    """The same labels give the same id the same label."""
    labels = Labels()
    shape(body(client_metadata={"thread_id": THREAD}), labels)
    assert "| about <THREAD 1>\n" in shape(body(user(f"about {THREAD}")), labels)


@pytest.mark.parametrize(("name", "value"), [("CWD", "/"), ("CWD", ""), ("cwd", "/srv/app")])
def test_a_label_that_would_harm_is_refused(name: str, value: str) -> None:
    """A value that would be found everywhere, or a name unlike a label, is an error."""
    with pytest.raises(ValueError, match=f"label '?{name}'?: "):
        Labels({name: value})


def test_the_hash_is_fnv_1a() -> None:
    """The published test vectors of FNV-1a with 64 bits."""
    assert digest("") == "cbf29ce484222325"
    assert digest("a") == "af63dc4c8601ec8c"
    assert digest("foobar") == "85944171f73967e8"
