"""Requests that go on by reference: the rules see the whole conversation, and only what a client
did wrong is told.
"""

import json
from typing import Any

import pytest

from agent_rehearsal import Connection, Entry
from suites.conduct.told import Item, Story, call, output, user

KEY = {"prompt_cache_key": "k"}
SEALED = {"type": "reasoning", "summary": [], "encrypted_content": "sealed"}
THOUGHT = {"id": "rs_1", **SEALED}
ASKING_FOR_ALL = ("previous_response_not_found", "websocket_connection_limit_reached")


def said(text: str, **more: Any) -> Item:
    """A message as the server makes it."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    made = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant"}
    return {**made, "content": [part], **more}


def sent_back(text: str) -> Item:
    """The same message as a client sends it back."""
    part = {"type": "output_text", "text": text}
    return {"type": "message", "role": "assistant", "content": [part], "phase": None}


class Talk(Story):
    """A story on WebSockets."""

    def __init__(self) -> None:
        super().__init__()
        self.conn = self.socket()

    def create(self, *given: Item, before: str | None = None, **more: Any) -> Entry:
        """A request with this input, which goes on from `before`."""
        body = {"type": "response.create", "model": "m", "input": given, **KEY, **more}
        named = {} if before is None else {"previous_response_id": before}
        return self.frame(self.conn, {**body, **named})

    def answer_with(self, id: str, *items: Item) -> Entry:
        """A whole response."""
        self.frame(self.conn, {"type": "response.created", "response": {"id": id}}, "out")
        for item in items:
            self.frame(self.conn, {"type": "response.output_item.done", "item": item}, "out")
        done = {"type": "response.completed", "response": {"id": id}}
        return self.frame(self.conn, done, "out")

    def refuse_with(self, status: int, code: str | None = None, **headers: str) -> Entry:
        """An error frame."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        frame = {"type": "error", "status": status, "error": {"code": code}, "headers": named}
        return self.frame(self.conn, frame, "out")

    def reconnect(self) -> Connection:
        """Another connection, for what comes from now on."""
        self.conn = self.socket()
        return self.conn


def test_a_tool_call_over_three_requests_is_clean() -> None:
    """A call in a response and its output in the next request are a pair."""
    talk = Talk()
    talk.create(generate=False)
    talk.answer_with("warm")
    talk.create(user("hi"), before="warm")
    talk.answer_with("r1", THOUGHT, call("c1"))
    talk.create(output("c1"), before="r1")
    talk.answer_with("r2", said("done"))
    talk.create(user("thanks"), before="r2")
    talk.answer_with("r3", said("welcome"))
    assert talk.names(ended=True) == []


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ([user("never mind")], "call-without-output"),
        ([output("c1"), output("c2")], "output-without-call"),
        ([output("c1"), output("c1")], "duplicate-call-id"),
        ([call("c1"), output("c1")], "duplicate-call-id"),
    ],
    ids=["no output", "another's output", "two outputs", "the call again"],
)
def test_what_does_not_pair_is_told(given: list[Item], name: str) -> None:
    """Across the requests: the call is in a response, what is wrong in the request after it."""
    talk = Talk()
    talk.create(user("hi"))
    talk.answer_with("r1", call("c1"))
    asked = talk.create(*given, before="r1")
    (breach,) = talk.found()
    assert (breach.name, breach.about) == (name, (asked,))


def test_an_output_two_requests_later_is_too_late() -> None:
    """The request between has a call without its output."""
    talk = Talk()
    talk.create(user("hi"))
    talk.answer_with("r1", call("c1"))
    talk.create(user("wait"), before="r1")
    talk.answer_with("r2", said("ok"))
    talk.create(output("c1"), before="r2")
    talk.answer_with("r3", said("done"))
    assert talk.names(ended=True) == ["call-without-output"]


def test_a_call_that_was_never_answered_is_told() -> None:
    """When the test is over."""
    talk = Talk()
    talk.create(user("hi"))
    talk.answer_with("r1", call("c1"))
    assert talk.names(ended=True) == ["unanswered-call"]


@pytest.mark.parametrize("sealed", [(), (SEALED,)], ids=["dropped", "kept"])
def test_a_whole_request_after_a_chain_goes_on_with_it(sealed: tuple[Item, ...]) -> None:
    """What the client sends back for itself is the same conversation, without ids and statuses, and
    with or without the reasoning.
    """
    talk = Talk()
    talk.create(user("hi"))
    talk.answer_with("r1", THOUGHT, said("ho"))
    talk.create(user("and?"), before="r1")
    talk.answer_with("r2", said("so"))
    talk.reconnect()
    history = [user("hi"), *sealed, sent_back("ho"), user("and?"), sent_back("so")]
    talk.create(*history, user("more"))
    talk.answer_with("r3", said("end"))
    assert talk.names(ended=True) == []


@pytest.mark.parametrize(
    "history",
    [
        [user("hi!"), sent_back("ho"), user("and?"), sent_back("so")],
        [user("hi"), user("new"), sent_back("ho"), user("and?"), sent_back("so")],
    ],
    ids=["the first", "one between"],
)
def test_a_whole_request_that_changes_the_chain_is_told(history: list[Item]) -> None:
    """Its beginning is not that of the chain, though the server knew it by reference only."""
    talk = Talk()
    talk.create(user("hi"))
    talk.answer_with("r1", said("ho"))
    talk.create(user("and?"), before="r1")
    talk.answer_with("r2", said("so"))
    asked = talk.create(*history, user("more"))
    (breach,) = talk.found()
    assert (breach.name, breach.about[-1]) == ("cache-prefix-broken", asked)


def test_a_fork_breaks_no_prefix() -> None:
    """What goes on from an earlier response has its beginning, whatever came after it."""
    talk = Talk()
    talk.create(user("hi"))
    talk.answer_with("r1", said("ho"))
    talk.create(user("a"), before="r1")
    talk.answer_with("r2", said("A"))
    talk.create(user("b"), before="r1")
    talk.answer_with("r3", said("B"))
    assert talk.names(ended=True) == []


def test_a_refusal_is_not_met_with_the_same_in_full() -> None:
    """The whole request is the incremental one again."""
    talk = Talk()
    talk.create(user("hi"))
    talk.answer_with("r1", said("ho"))
    first = talk.create(user("and?"), before="r1")
    talk.refuse_with(400)
    talk.reconnect()
    again = talk.create(user("hi"), sent_back("ho"), user("and?"))
    (breach,) = talk.found()
    assert (breach.name, breach.about[0], breach.about[-1]) == ("retried-refusal", first, again)


@pytest.mark.parametrize(
    "code", ["previous_response_not_found", "websocket_connection_limit_reached"]
)
def test_an_error_that_asks_for_the_whole_is_met_with_it(code: str) -> None:
    """The same request on a new connection is what the server asks for."""
    talk = Talk()
    talk.create(user("hi"))
    talk.refuse_with(400, code)
    talk.reconnect()
    talk.create(user("hi"))
    talk.answer_with("r1", said("ho"))
    assert talk.names(ended=True) == []


def test_a_server_error_is_met_later_and_in_full() -> None:
    """The pauses between a request and its repetitions count, in whatever form it comes."""
    talk = Talk()
    talk.create(user("hi"))
    talk.answer_with("r1", said("ho"))
    talk.create(user("and?"), before="r1")
    talk.refuse_with(429, retry_after="2")
    assert talk.names() == []
    for _ in range(5):
        talk.at += 0.2
        talk.reconnect()
        talk.create(user("hi"), sent_back("ho"), user("and?"))
        talk.refuse_with(500)
    assert talk.names() == ["no-back-off"]


def test_a_stream_that_broke_off_is_asked_for_again_in_full() -> None:
    """The repetition is known for one by its whole input, reasoning or not."""
    talk = Talk()
    talk.create(user("hi"))
    talk.answer_with("r1", THOUGHT, said("ho"))
    asked = talk.create(user("and?"), before="r1")
    delta = {"type": "response.output_text.delta", "item_id": "m", "delta": "hal"}
    talk.frame(talk.conn, delta, "out")
    talk.journal.note("close", "client left", {}, conn=talk.conn, re=asked.seq)
    talk.reconnect()
    talk.create(user("hi"), sent_back("ho"), user("and?"))
    talk.answer_with("r2", said("half"))
    assert talk.names(ended=True) == []


def test_a_partial_message_that_is_carried_on_is_told() -> None:
    """After a cut, in the whole request."""
    talk = Talk()
    talk.create(user("hi"))
    talk.answer_with("r1", THOUGHT, said("ho"))
    asked = talk.create(user("and?"), before="r1")
    delta = {"type": "response.output_text.delta", "item_id": "m", "delta": "hal"}
    talk.frame(talk.conn, delta, "out")
    talk.journal.note("fault", "cut", {}, conn=talk.conn, re=asked.seq)
    talk.frame(talk.conn, {}, "out").head = "close"
    talk.reconnect()
    talk.create(user("hi"), sent_back("ho"), user("and?"), sent_back("hal"), user("go on"))
    assert talk.names() == ["truncated-accepted"]


def test_a_history_that_is_not_known_is_left_alone() -> None:
    """An output alone may well have its call in a response that nobody saw."""
    talk = Talk()
    talk.create(output("c1"), before="of another day")
    assert talk.names(ended=True) == []


def test_a_stored_response_is_known_on_another_connection() -> None:
    """Its calls pair; what was not stored is not looked for."""
    talk = Talk()
    talk.create(user("hi"))
    talk.answer_with("r1", call("c1"))
    talk.create(user("hi"), store=False, prompt_cache_key="other")
    talk.answer_with("r2", call("c2"))
    talk.reconnect()
    talk.create(user("never mind"), before="r1")
    talk.create(user("never mind"), before="r2", prompt_cache_key="other")
    assert talk.names() == ["call-without-output"]


def test_a_prewarm_is_no_request_of_a_turn() -> None:
    """Neither its error nor its silence is held against anybody."""
    talk = Talk()
    talk.create(generate=False)
    talk.refuse_with(500)
    talk.create(generate=False)
    assert talk.names(ended=True) == []


def test_an_end_that_went_out_in_parts_is_an_end() -> None:
    """The next response belongs to the next request."""
    talk = Talk()
    talk.create(user("hi"))
    done = json.dumps({"type": "response.completed", "response": {"id": "r1"}}).encode()
    for head, raw in (("text", done[:12]), ("continuation", done[12:])):
        talk.journal.append(
            "responses", "frame", conn=talk.conn, direction="out", head=head, raw=raw
        )
    talk.create(user("and?"), before="r1")
    talk.refuse_with(400)
    talk.create(user("hi"), user("and?"))
    assert talk.names() == ["retried-refusal"]


def test_a_long_chain_is_followed_to_its_beginning() -> None:
    """Two hundred requests, each of one item, with all of them in the last one's history."""
    talk = Talk()
    before = None
    for number in range(100):
        talk.create(user(str(number)), before=before)
        before = f"r{number}"
        talk.answer_with(before, call(f"c{number}"))
        talk.create(output(f"c{number}"), before=before)
        before = f"o{number}"
        talk.answer_with(before, said("ok"))
    talk.create(output("c0"), before=before)
    assert talk.names() == ["duplicate-call-id"]
