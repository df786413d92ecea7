"""When a response is asked for: one at a time, whatever the server tells, and of which ones."""

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from codex_core.realtime.response_queue import ResponseQueue


class Responses(RuleBasedStateMachine):
    """A server that has one response at a time, and tells late of those that were cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = ResponseQueue()
        self.active: str | None = None
        self.asked = 0
        self.wanted = False
        self.late: list[str] = []
        self.number = 0

    def note(self, *, asks: bool) -> None:
        if asks:
            assert self.active is None
            assert self.asked == 0
            self.asked += 1
            self.wanted = False

    @rule()
    def want(self) -> None:
        busy = self.active is not None or self.asked > 0
        asks = self.queue.ask()
        assert asks is not busy
        self.wanted |= busy
        self.note(asks=asks)

    @precondition(lambda self: self.active is None)
    @rule()
    def create(self) -> None:
        """Asked for, or because the user spoke."""
        self.number += 1
        self.active, self.asked = f"r{self.number}", 0
        self.queue.created(self.active)

    @precondition(lambda self: self.asked > 0)
    @rule()
    def refuse(self) -> None:
        """The server has begun one by itself."""
        self.create()
        self.wanted = True
        assert self.queue.refused() is False

    @precondition(lambda self: self.active is not None)
    @rule(cancels=st.booleans())
    def end(self, *, cancels: bool) -> None:
        over, self.active = self.active, None
        assert over is not None
        wanted = self.wanted
        if cancels:
            self.late.append(over)
            asks = self.queue.cancelled(over)
        else:
            asks = self.queue.done(over)
        assert asks is wanted
        self.note(asks=asks)

    @precondition(lambda self: self.late)
    @rule()
    def tell_late(self) -> None:
        """The end of one that was cancelled says nothing of the one that is active now."""
        assert self.queue.done(self.late.pop()) is False

    @precondition(lambda self: self.number > 0)
    @rule()
    def tell_stray(self) -> None:
        """Nor does the end of one that the server never told the beginning of."""
        assert self.queue.done("stray") is False

    @invariant()
    def agrees(self) -> None:
        assert self.queue.active is (self.active is not None or self.asked > 0)
        assert self.queue.pending is self.wanted


TestResponses = Responses.TestCase


def test_a_server_may_tell_of_ends_alone() -> None:
    """The end of one that never began is that of the one that was asked for."""
    queue = ResponseQueue()
    assert [queue.ask(), queue.ask()] == [True, False]
    assert queue.done("r1") is True


def test_an_end_without_an_id_is_of_the_one_that_is_active_or_awaited() -> None:
    """Also where the server told of beginnings."""
    queue = ResponseQueue()
    queue.created("r1")
    for _ in range(2):
        assert queue.ask() is False
        assert queue.done(None) is True


def test_what_refused_a_response_may_have_begun_unseen() -> None:
    """Before the client was there, say: its end is the one that was waited for."""
    queue = ResponseQueue()
    queue.created("r1")
    queue.done("r1")
    assert queue.ask() is True
    assert queue.refused() is False
    assert queue.done("unseen") is True


def test_one_that_began_without_an_id_ends_with_any() -> None:
    """Nothing else is known of it."""
    queue = ResponseQueue()
    assert [queue.ask(), queue.ask()] == [True, False]
    queue.created(None)
    assert queue.done("r1") is True
