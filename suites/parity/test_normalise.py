"""Normalising takes away what differs from run to run, and nothing else."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suites.parity.labels import LONGEST, Labels
from suites.parity.normalise import Lanes, normalise
from suites.parity.sent import Sent
from suites.parity.startup import TEXT
from suites.parity.texts import withholder

KEYS = st.sampled_from(["thread_id", "turn_id", "prompt_cache_key", "call_id", "text"])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.uuids().map(str)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
METADATA = "x-codex-turn-metadata"


def normal(*requests: Sent, words: tuple[str, ...] = ()) -> Lanes:
    """The normal form of requests without any names."""
    return normalise(requests, names={}, words=words)


def post(body: Any = None, **headers: str) -> Sent:
    """A request with this body and these headers."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Sent(lane="responses", what="POST /v1/responses", headers=named, body=body)


def said(role: str, text: str) -> dict[str, Any]:
    """A body with one message."""
    content = [{"type": "input_text", "text": text}]
    return {"input": [{"type": "message", "role": role, "content": content}]}


def text_in(lanes: Lanes) -> Any:
    """The text of the one message of the one request."""
    return lanes["responses"][0]["body"]["input"][0]["content"][0]["text"]


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The value with other ids."""
    text = json.dumps(value)
    for old, new in names.items():
        text = text.replace(old, new)
    return json.loads(text)


def ids_in(value: Any) -> list[str]:
    """The ids in a value."""
    if isinstance(value, str):
        return [value] if len(value) == 36 and value.count("-") == 4 else []
    if isinstance(value, dict):
        return [found for each in value.values() for found in ids_in(each)]
    return [found for each in value for found in ids_in(each)] if isinstance(value, list) else []


@given(body=JSON, seed=st.integers(min_value=1, max_value=9))
def test_other_ids_in_the_same_places_are_the_same(body: Any, seed: int) -> None:
    """The normal form knows which ids are the same, not what they are."""
    ids = dict.fromkeys(ids_in(body))
    fresh = {old: f"{seed:08x}-0000-4000-9000-{n:012x}" for n, old in enumerate(ids)}
    assert normal(post(body)) == normal(post(renamed(body, fresh)))


@given(body=JSON)
def test_the_order_of_keys_means_nothing(body: Any) -> None:
    """Objects with the same members are the same."""
    turned = json.loads(json.dumps(body), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert normal(post(body)) == normal(post(turned))


@given(
    one=st.text(max_size=3 * LONGEST, alphabet="abcé\n "),
    two=st.text(max_size=3 * LONGEST, alphabet="abcé\n "),
)
def test_no_change_of_a_text_is_hidden(one: str, two: str) -> None:
    """Texts that differ stay different, however long they are."""
    pair = [Labels({}).value(text) for text in (one, two)]
    assert (pair[0] == pair[1]) is (one == two)
    assert all(len(text) <= LONGEST for text in pair)


@given(before=st.integers(min_value=0, max_value=3), after=st.integers(min_value=0, max_value=3))
def test_lanes_are_independent(before: int, after: int) -> None:
    """Where between the requests of one lane those of another fall means nothing."""
    models = Sent(lane="models", what="GET /v1/models?client_version=1.2.3")
    asked = [post({"n": 1}), post({"n": 2}), post({"n": 3})]
    early, late = [*asked], [*asked]
    early.insert(before, models)
    late.insert(after, models)
    assert normal(*early) == normal(*late)
    assert normal(*early)["models"] == [{"what": "GET /v1/models?client_version=<version>"}]


def test_the_order_of_a_query_means_nothing() -> None:
    """The reference takes it from a table without an order."""
    one, two = (Sent(lane="responses", what=f"POST /v1/responses?{q}") for q in ("a=1&b", "b&a=1"))
    assert normal(one) == normal(two)
    assert normal(one) != normal(post())


def test_requests_of_one_lane_keep_their_order() -> None:
    """What follows from each other is compared in its order."""
    one, two = post({"n": 1}), post({"n": 2})
    assert normal(one, two) != normal(two, one)


@pytest.mark.parametrize("role", ["developer", "system", "user"])
def test_prose_compares_as_there(role: str) -> None:
    """Texts that a client's makers wrote are withheld, the tags around them are not."""
    assert text_in(normal(post(said(role, "You are very clever.")))) == TEXT
    tagged = "<rules>\nNever do this.\n</rules>"
    assert text_in(normal(post(said(role, tagged)))) == f"<rules>{TEXT}</rules>"
    assert text_in(normal(post(said(role, "")))) == ""


@pytest.mark.parametrize("role", ["developer", "user"])
def test_words_of_the_scenario_compare_by_value(role: str) -> None:
    """What a user said stays, alone or inside of a text of the makers."""
    words = ("hi", "the teapot on the shelf")
    assert text_in(normal(post(said(role, "hi")), words=words)) == "hi"
    inside = text_in(normal(post(said(role, f"Mind {words[1]}, always")), words=words))
    assert inside == f"{TEXT}{words[1]}{TEXT}"


def test_what_an_assistant_said_compares_by_value() -> None:
    """The mock's own words come back as they were."""
    assert text_in(normal(post(said("assistant", "Very well.")))) == "Very well."


def test_the_environment_compares_by_value() -> None:
    """It is data and no prose; the date and the shell are the machine's."""
    text = (
        "<environment_context>\n  <cwd>/srv/w</cwd>\n  <shell>zsh</shell>\n"
        "  <current_date>2026-06-22</current_date>\n</environment_context>"
    )
    lanes = normalise([post(said("user", text))], names={"/srv/w": "CWD"}, words=())
    assert text_in(lanes) == (
        "<environment_context>\n  <cwd><CWD></cwd>\n  <shell><shell></shell>\n"
        "  <current_date><date></current_date>\n</environment_context>"
    )


def test_descriptions_compare_as_there() -> None:
    """A description is withheld, a property of that name is not."""
    tool = {
        "name": "f",
        "description": "Does it.",
        "parameters": {"properties": {"description": {"type": "string"}, "x": {"description": ""}}},
    }
    (request,) = normal(post({"instructions": "Be good.", "tools": [tool]}))["responses"]
    assert request["body"] == {
        "instructions": TEXT,
        "tools": [
            {
                "name": "f",
                "description": TEXT,
                "parameters": {
                    "properties": {"description": {"type": "string"}, "x": {"description": ""}}
                },
            }
        ],
    }


def realtime(body: Any, words: tuple[str, ...] = ()) -> Any:
    """The normal form of a message of a conversation."""
    sent = Sent(lane="realtime", what="socket 1", body=body)
    return normal(sent, words=words)["realtime"][0]["body"]


def test_a_session_has_no_prose() -> None:
    """Its instructions and its tools are withheld, whoever's prompt it is is not."""
    tools = [{"name": "f", "description": "Does it."}]
    session = {"instructions": "Be nice.", "voice": "cove", "tools": tools}
    found = realtime({"type": "session.update", "session": session})["session"]
    assert found == {
        "instructions": TEXT,
        "voice": "cove",
        "tools": [{"name": "f", "description": TEXT}],
    }
    own = realtime({"session": session}, words=("Be nice.",))["session"]
    assert own["instructions"] == "Be nice."


def test_what_a_session_is_told_of_the_work_compares_by_value() -> None:
    """But for the makers' sentences, and the time; the prompt before it is withheld or not."""
    told = (
        "<startup_context>\nStartup context from Codex.\nBackground.\n\n"
        "## Current Thread\nNewest first.\n\n### Latest turn\nUser:\nhi\n\n"
        "## Recent Work\nLatest activity: 2026-11-21T19:18:53Z\n- /srv/w: hi\n\n"
        "## Notes\nOf this and that.\n</startup_context>"
    )
    shown = (
        "<startup_context>\nStartup context from Codex.\nTEXT\n\n"
        "## Current Thread\nTEXT\n\n### Latest turn\nUser:\nhi\n\n"
        "## Recent Work\nLatest activity: <when>\n- /srv/w: hi\n\n"
        "## Notes\nTEXT\n</startup_context>"
    )
    for prompt, words, left in (
        ("Be nice.\n\n", (), TEXT),
        ("Hm.\n\n", ("Hm.",), "Hm."),
        ("", (), ""),
    ):
        session = {"instructions": prompt + told}
        assert realtime({"session": session}, words)["session"]["instructions"] == left + shown


def test_texts_of_a_conversation_compare_by_value() -> None:
    """With their marks; only what a call is answered with is the makers' own."""
    message = {"type": "message", "role": "user", "content": [{"text": "[BACKEND] done"}]}
    assert realtime({"item": message})["item"] == message
    for output, shown in (("Finished.", TEXT), ("", "")):
        item = {"type": "function_call_output", "call_id": "c1", "output": output}
        assert realtime({"item": item})["item"]["output"] == shown


def test_what_is_handed_over_compares_by_value() -> None:
    """It is data and no prose."""
    text = "<realtime_delegation>\n  <input>look</input>\n</realtime_delegation>"
    assert text_in(normal(post(said("user", text)))) == text


def test_a_conversation_has_the_labels_of_its_thread() -> None:
    """Whichever request was first."""
    thread = "01a1f935-0688-7910-8b11-e432705084bb"
    opened = Sent(lane="realtime", what="GET /v1/realtime", headers=(("x-session-id", thread),))
    lanes = normal(opened, post({"prompt_cache_key": thread}))
    assert lanes["realtime"][0]["headers"] == {"x-session-id": "<thread 1>"}
    assert lanes["responses"][0]["body"] == {"prompt_cache_key": "<thread 1>"}


def test_metadata_compares_by_its_fields() -> None:
    """The JSON in the header and in the body is parsed, and its ids have the labels of the rest."""
    thread = "01a1f935-0688-7910-8b11-e432705084bb"
    text = json.dumps({"window_id": f"{thread}:0", "turn_started_at_unix_ms": 1_750_000_000_000})
    body = {"client_metadata": {METADATA: text, "thread_id": thread}}
    (request,) = normal(post(body, x_codex_turn_metadata=text))["responses"]
    told = {"window_id": "<thread 1>:0", "turn_started_at_unix_ms": "<time 1>"}
    assert request["headers"] == {METADATA: told}
    assert request["body"] == {"client_metadata": {METADATA: told, "thread_id": "<thread 1>"}}


def test_what_the_transport_and_the_machine_make_is_left_out() -> None:
    """Headers of the transport go; of the user agent only the name stays."""
    agent = "codex_core/0.142.0 (Debian 12.0.0; x86_64) unknown (codex_core; 1)"
    request = post(user_agent=agent, host="127.0.0.1:1", content_length="7", version="0.142.0")
    assert normal(request)["responses"][0]["headers"] == {
        "user-agent": "codex_core/<version> (<machine>)",
        "version": "<version>",
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Wall time: 0.1234 seconds\nx", "Wall time: <seconds> seconds\nx"),
        ("Chunk ID: a1b2c3\nx", "Chunk ID: <chunk>\nx"),
        ("Process running with session ID 4711", "Process running with session ID <session>"),
        ("aborted by user after 0.8s", "aborted by user after <seconds>s"),
    ],
)
def test_what_a_clock_or_a_counter_makes_is_labelled(text: str, shown: str) -> None:
    """Durations and numbers of a run compare as there."""
    assert Labels({}).value(text) == shown


@given(st.lists(st.text(max_size=30), max_size=4), st.text(max_size=60))
def test_withholding_never_lets_prose_through(words: list[str], text: str) -> None:
    """Of a text that is not the scenario's own, only its tags and the scenario's words are left."""
    left = withholder(words)(text)
    if text not in words and not text.lstrip().startswith("<"):
        known = "|".join(map(re.escape, [TEXT, *words]))
        assert re.fullmatch(f"(?:{known})*", left)
