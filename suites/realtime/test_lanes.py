"""Responses that are played beside each other."""

from types import SimpleNamespace
from typing import Any, cast

from agent_rehearsal import Journal
from mock_realtime import message
from mock_realtime.lanes import Lanes
from mock_realtime.numbers import Numbers
from mock_realtime.session import Session


async def test_a_response_that_has_not_begun_ends_with_the_others() -> None:
    """None is active any more, though its task never ran."""
    journal = Journal(clock=float)
    entry = journal.append("realtime", "open", conn=journal.connection(), direction="in")
    session = Session("v2", Numbers(), model="m", expires_at=1, answer=tuple)
    turn, lanes = session.respond([message("a")]), Lanes(lambda *_: None)
    talks = cast(Any, SimpleNamespace(journal=journal, conn=entry.conn))
    lanes.start(turn, cast(Any, turn.steps()), entry, talks)
    assert session.active is turn
    await lanes.close()
    assert session.active is None
