"""Answers in every order and at every time: each has its effect once, or none."""

import asyncio

import pytest

from agent_rehearsal import Journal, assert_partial_order, like, of_type
from agent_rehearsal.face.agent import Codex
from codex_core.approvals.waiters import NotPendingError
from codex_core.protocol.decisions import ApprovedWithRule, Verdict
from codex_core.protocol.ops import ExecApproval, PatchApproval
from codex_core.session.outlet import ThreadClosedError
from mock_responses import MockResponses, message, shell_call
from suites.turns import asking
from suites.turns.asking import RAN, REJECTED, REQUEST, ran
from suites.turns.balance import assert_balanced


@pytest.fixture
def untrusting(codex: Codex) -> Codex:
    return asking.untrusting(codex)


async def test_an_abort_ends_the_turn(
    responses: MockResponses, untrusting: Codex, journal: Journal
) -> None:
    """No request follows; the call has an output; the next turn works."""
    responses.reply(shell_call("c1", "make"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    await thread.answer("c1", "abort")
    assert (await turn.ended()).type == "turn_aborted"
    assert len(responses.requests) == 1
    responses.reply(message("going on"))
    assert await thread.run("go on") == "going on"
    assert responses.requests[1].output_of("c1").startswith("aborted by user after ")
    assert_balanced(responses.requests[1].input)
    assert ran(journal) == []


async def test_two_requests_are_answered_in_the_other_order(
    responses: MockResponses, untrusting: Codex, journal: Journal
) -> None:
    """Each answer goes to its own command; the outputs are in the order of the calls."""
    responses.reply(shell_call("c1", "make"), shell_call("c2", "make all"))
    responses.reply(message("done"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    first = await thread.asked("c1")
    await thread.approve("c2")
    await turn.wait_for(of_type("exec_command_end") & like({"call_id": "c2"}))
    await thread.deny(first)
    assert await turn.completed() == "done"
    assert ran(journal) == [("make all", False)]
    outputs = responses.requests[1].items("function_call_output")
    assert [item["call_id"] for item in outputs] == ["c1", "c2"]
    assert outputs[0]["output"] == REJECTED


async def test_an_interrupt_while_a_request_waits(
    responses: MockResponses, untrusting: Codex, journal: Journal
) -> None:
    """The request is closed as declined before the turn ends; a late answer finds nothing."""
    responses.reply(shell_call("c1", "make"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    request = await thread.asked("c1")
    await thread.interrupt()
    declined = of_type("item_completed") & like({"item": {"status": "declined"}})
    assert_partial_order(journal, [(declined, of_type("turn_aborted"))])
    before = len(thread.events)
    with pytest.raises(NotPendingError, match=r"no request waits for exec_approval 'c1'"):
        await thread.approve(request)
    assert len(thread.events) == before
    assert len(responses.requests) == 1
    responses.reply(message("going on"))
    assert await thread.run("go on") == "going on"
    assert responses.requests[1].output_of("c1").startswith("aborted by user after ")
    assert ran(journal) == []
    assert (await turn.ended()).get("reason") == "interrupted"


async def test_a_late_abort_does_not_end_another_turn(
    responses: MockResponses, untrusting: Codex
) -> None:
    """An answer is for its own turn, though another request has the same id by now."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(shell_call("c1", "make all"))
    responses.reply(message("done"))
    thread = await untrusting.start()
    await thread.submit("build")
    old = await thread.asked("c1")
    await thread.interrupt()
    turn = await thread.submit("build all")
    await turn.wait_for(REQUEST)
    with pytest.raises(NotPendingError, match="in turn"):
        await thread.answer(old, "abort")
    await thread.approve("c1")
    assert await turn.completed() == "done"


async def test_an_answer_and_an_interrupt_at_once(
    responses: MockResponses, untrusting: Codex, journal: Journal
) -> None:
    """Whatever the answer was, no command starts after the interrupt."""
    responses.reply(shell_call("c1", "make"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    request = await thread.asked("c1")
    approval = asyncio.ensure_future(thread.approve(request))
    await asyncio.gather(approval, thread.interrupt())
    assert (await turn.ended()).type == "turn_aborted"
    assert ran(journal) == []


async def test_an_answer_is_taken_once(responses: MockResponses, untrusting: Codex) -> None:
    """The second one is told that nothing waits, by the name of what does."""
    responses.reply(shell_call("c1", "make"), shell_call("c2", "make all"))
    responses.reply(message("done"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    request = await thread.asked("c1")
    await thread.asked("c2")
    await thread.approve(request)
    with pytest.raises(NotPendingError, match=r"Waiting are exec_approval 'c2'$"):
        await thread.deny(request)
    await thread.approve("c2")
    assert await turn.completed() == "done"
    assert responses.requests[1].output_of("c1").endswith("made\n")


async def test_an_answer_by_another_name_has_no_effect(
    responses: MockResponses, untrusting: Codex
) -> None:
    """Neither by the wrong operation nor by an id that was never told."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("done"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    await thread.asked("c1")
    with pytest.raises(NotPendingError):
        await thread.submit_op(PatchApproval(id="c1", decision="denied"))
    with pytest.raises(NotPendingError):
        await thread.submit_op(ExecApproval(id="c2", decision="denied"))
    with pytest.raises(ValueError, match="without words"):
        await thread.answer("c1", ApprovedWithRule.of(()))
    await thread.submit_op(ExecApproval(id="c1", decision="approved"))
    assert await turn.completed() == "done"


async def test_input_while_a_request_waits(responses: MockResponses, untrusting: Codex) -> None:
    """It joins the turn and reaches the model with the command's output."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("done"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    await thread.asked("c1")
    joined = await thread.submit("and be quick")
    assert joined.id == turn.id
    assert len(responses.requests) == 1
    await thread.approve("c1")
    assert await turn.completed() == "done"
    second = responses.requests[1]
    assert second.texts("user")[-1] == "and be quick"
    assert second.output_of("c1").endswith("made\n")


async def test_a_shutdown_while_a_request_waits(
    responses: MockResponses, untrusting: Codex, journal: Journal
) -> None:
    """The turn is aborted, the thread ends, and nothing runs."""
    responses.reply(shell_call("c1", "make"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    request = await thread.asked("c1")
    await untrusting.stop()
    assert (await turn.ended()).type == "turn_aborted"
    with pytest.raises(ThreadClosedError):
        await thread.approve(request)
    assert ran(journal) == []


@pytest.mark.parametrize("decision", ["approved", "denied"])
@pytest.mark.parametrize("steps", range(0, 12, 2))
async def test_an_interrupt_in_any_step_after_an_answer(
    responses: MockResponses, untrusting: Codex, journal: Journal, steps: int, decision: Verdict
) -> None:
    """However far the call has come: nothing starts after the abort, and the next turn works."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("done"), optional=True)
    responses.reply(message("going on"), optional=True)
    thread = await untrusting.start()
    turn = await thread.submit("build")
    await thread.answer("c1", decision)
    for _ in range(steps):
        await asyncio.sleep(0)
    await thread.interrupt()
    ending = await turn.ended()
    assert not [entry for entry in journal.select(RAN) if entry.seq > ending.seq]
    assert await thread.run("go on")
    assert_balanced(responses.requests[-1].input)
    with pytest.raises(NotPendingError, match=r"Waiting are none$"):
        await thread.submit_op(ExecApproval(id="c1", decision="approved"))


async def test_an_abort_closes_the_other_requests_too(
    responses: MockResponses, untrusting: Codex, journal: Journal
) -> None:
    """Each is told as declined before the turn ends; none can be answered afterwards."""
    responses.reply(shell_call("c1", "make"), shell_call("c2", "make all"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    other = await thread.asked("c1")
    await thread.answer("c2", "abort")
    assert (await turn.ended()).type == "turn_aborted"
    declined = [
        event.get("item.id")
        for event in turn.events
        if event.type == "item_completed" and event.get("item.status") == "declined"
    ]
    assert sorted(declined) == ["c1", "c2"]
    with pytest.raises(NotPendingError):
        await thread.approve(other)
    assert ran(journal) == []
