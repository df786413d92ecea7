"""A stream that broke off: its partial output is not carried on, and it is asked for again."""

import pytest

from agent_rehearsal.journal import Direction, Entry
from suites.conduct.told import Item, Story, added, assistant, call, delta, output, user

ACCEPTED, ALONE = "truncated-accepted", "truncated-not-retried"
HI = [user("hi")]


def broken(story: Story, *events: Item) -> Entry:
    """A stream that said something and was cut."""
    asked = story.ask(HI)
    story.stream(asked, {"type": "response.created"}, *events)
    story.cut(asked)
    return asked


def test_a_partial_message_that_is_carried_on_is_told() -> None:
    """The finding names the broken request, where it broke, and the request that goes on."""
    story = Story()
    first = broken(story, delta("hel"), delta("lo"))
    again = story.ask([*HI, assistant("hello"), user("and?")])
    (breach,) = story.found(ended=True)
    assert (breach.name, breach.grave) == (ACCEPTED, True)
    assert [entry.seq for entry in breach.about] == [first.seq, again.seq - 1, again.seq]
    assert "carries the partial message, which the stream of #1 POST" in breach.text


def test_a_partial_call_that_is_carried_on_is_told() -> None:
    """A call whose arguments were not all there was no call."""
    story = Story()
    broken(story, added(call("c1")))
    story.ask([*HI, call("c1"), output("c1")])
    (breach,) = story.found(ended=True)
    assert breach.name == ACCEPTED
    assert "the partial call 'c1'" in breach.text


def test_asking_again_is_fine() -> None:
    """Unchanged, or with what was done before the stream broke off."""
    story = Story()
    done = {"type": "response.output_item.done", "item": {**assistant("one"), "id": "m1"}}
    broken(story, delta("one"), done, delta("tw", "m2"))
    again = story.ask([*HI, assistant("one")])
    story.complete(again, assistant("two"))
    story.ask([*HI, assistant("one"), assistant("two"), user("more")])
    assert story.names(ended=True) == []


def test_the_same_request_again_is_fine() -> None:
    """Repeating is what a client is to do."""
    story = Story()
    broken(story, delta("hel"))
    story.complete(story.ask(HI))
    assert story.names(ended=True) == []


def test_a_client_that_does_not_come_back_is_advised() -> None:
    """It may have told its user, so this fails no test."""
    story = Story()
    broken(story, delta("hel"))
    (breach,) = story.found(ended=True)
    assert (breach.name, breach.grave) == (ALONE, False)
    assert [entry.kind for entry in breach.about] == ["request", "fault"]
    assert story.names() == []


def test_a_whole_stream_is_fine() -> None:
    """What was completed may be carried on, and needs no repetition, even if the end is rough."""
    story = Story()
    asked = story.ask(HI)
    story.stream(asked, delta("hello"), {"type": "response.completed", "response": {}})
    story.cut(asked)
    story.ask([*HI, assistant("hello"), user("and?")])
    assert story.names(ended=True) == []


def test_a_client_may_leave() -> None:
    """A user who interrupts may keep what there was."""
    story = Story()
    asked = story.ask(HI)
    story.stream(asked, delta("hel"))
    story.left(asked)
    story.ask([*HI, assistant("hel"), user("never mind")])
    assert story.names(ended=True) == []


def test_a_client_may_leave_while_the_next_request_is_there_already() -> None:
    """The end of a connection can be noticed late."""
    story = Story()
    asked = story.ask(HI)
    story.stream(asked, delta("hel"))
    story.ask([*HI, assistant("hel"), user("never mind")])
    story.left(asked)
    assert story.names(ended=True) == []


@pytest.mark.parametrize("held", ["gate", "fault"])
def test_a_stream_that_is_held_is_not_broken(held: str) -> None:
    """At a gate, or stalled, it is the server that keeps the client waiting."""
    story = Story()
    asked = story.ask(HI)
    story.stream(asked, delta("hel"))
    story.note(held, "stall", asked, state="reached")
    story.ask([*HI, assistant("hel"), user("go on")])
    assert story.names(ended=True) == []


def test_a_stream_that_ends_in_good_order_without_its_last_event_is_broken() -> None:
    """The next request on the connection shows that it has ended."""
    story = Story()
    asked = story.ask(HI)
    story.stream(asked, delta("hel"))
    story.ask([*HI, assistant("hel"), user("and?")], conn=asked.conn)
    assert story.names() == [ACCEPTED]


def test_a_stream_whose_end_nobody_saw_is_judged_in_the_end() -> None:
    """On a new connection it could still be that the client left."""
    story = Story()
    asked = story.ask(HI)
    story.stream(asked, delta("hel"))
    story.ask([*HI, assistant("hel"), user("and?")])
    assert story.names() == []
    assert story.names(ended=True) == [ACCEPTED]


def test_an_opened_gate_holds_nothing() -> None:
    """After it, a stream without its last event is broken like any other."""
    story = Story()
    asked = story.ask(HI)
    story.stream(asked, delta("hel"))
    story.note("gate", "door", asked, state="reached")
    story.note("gate", "door", state="opened")
    story.ask([*HI, assistant("hel"), user("and?")])
    assert story.names(ended=True) == [ACCEPTED]


def test_bytes_that_are_no_event_leave_it_open() -> None:
    """A test that writes its own bytes may have written the last event in pieces."""
    story = Story()
    asked = story.ask(HI)
    story.stream(asked, delta("hel"))
    story.raw(asked, b'data: {"type": "response.comp')
    story.raw(asked, b'leted"}\n\n')
    story.ask([*HI, assistant("hel"), user("and?")], conn=asked.conn)
    assert story.names(ended=True) == []


def test_nothing_sent_is_nothing_truncated() -> None:
    """A connection that ends before the first event is no stream."""
    story = Story()
    story.cut(story.ask(HI))
    assert story.names(ended=True) == []


@pytest.mark.parametrize(("direction", "names"), [("out", [ACCEPTED]), ("in", [])])
def test_a_websocket_that_closes_breaks_its_stream(direction: Direction, names: list[str]) -> None:
    """Where the server closed it; a client may close it as it likes."""
    story = Story()
    conn = story.socket()
    story.frame(conn, {"type": "response.create", "input": HI})
    story.frame(conn, delta("hel"), "out")
    opened = conn.opened.seq if conn.opened else None
    story.journal.append(
        "responses", "frame", conn=conn, direction=direction, head="close", re=opened
    )
    story.ask([*HI, assistant("hel"), user("and?")])
    assert story.names(ended=True) == names


def test_the_requests_of_a_websocket_are_answered_in_turn() -> None:
    """The last event of one response does not end the next."""
    story = Story()
    conn = story.socket()
    for text in ("a", "b"):
        story.frame(conn, {"type": "response.create", "input": [user(text)]})
    story.frame(conn, {"type": "response.completed", "response": {}}, "out")
    story.frame(conn, delta("hel"), "out")
    story.note("close", "client left", conn.opened)
    assert story.names(ended=True) == []
    story.ask([user("b"), assistant("hel"), user("c")])
    assert story.names(ended=True) == []
