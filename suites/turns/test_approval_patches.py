"""Turns in which the agent asks before it changes files."""

from pathlib import Path
from typing import Any

import pytest

from agent_rehearsal import Journal, assert_partial_order, like, of_type
from agent_rehearsal.face.agent import Codex
from mock_responses import MockResponses, custom_tool_call, message, shell_call
from suites.turns import asking
from suites.turns.asking import told

PATCH_REQUEST = of_type("apply_patch_approval_request")
WRITER = "gpt-5.4"
"""A model that is known to write patches."""
ADD = "*** Begin Patch\n*** Add File: a\n+hi\n*** End Patch\n"


@pytest.fixture
def untrusting(codex: Codex) -> Codex:
    return asking.untrusting(codex)


@pytest.fixture
def requesting(codex: Codex, tmp_path: Path) -> Codex:
    return asking.requesting(codex, tmp_path / "home")


async def test_a_patch_outside_is_asked_for(
    responses: MockResponses, requesting: Codex, journal: Journal
) -> None:
    """What would change and why it is asked; written only once approved, and one item."""
    responses.reply(custom_tool_call("c1", "apply_patch", ADD))
    responses.reply(message("done"))
    thread = await requesting(model=WRITER).start()
    turn = await thread.submit("edit")
    request = await thread.asked("c1")
    path = requesting.cwd / "a"
    assert request.type == "apply_patch_approval_request"
    assert request.get("changes") == {str(path): {"type": "add", "content": "hi\n"}}
    assert "lets nothing be written" in request.get("reason")
    assert not path.exists()
    await thread.approve(request)
    assert await turn.completed() == "done"
    assert path.read_text(encoding="utf-8") == "hi\n"
    (begin,) = told(thread, "patch_apply_begin")
    assert begin.get("auto_approved") is False
    status = of_type("item_completed") & like({"item": {"id": "c1", "status": "completed"}})
    started = of_type("item_started") & like({"item": {"id": "c1"}})
    assert_partial_order(journal, [(started, PATCH_REQUEST), (PATCH_REQUEST, status)])


@pytest.mark.parametrize("decision", ["denied", "timed_out", "abort", "interrupt"])
async def test_a_patch_that_is_not_approved(
    responses: MockResponses, requesting: Codex, decision: Any
) -> None:
    """Nothing is written, the item is declined, and only an abort ends the turn."""
    responses.reply(custom_tool_call("c1", "apply_patch", ADD))
    responses.reply(message("then not"), optional=True)
    thread = await requesting(model=WRITER).start()
    turn = await thread.submit("edit")
    await thread.asked("c1")
    await (thread.interrupt() if decision == "interrupt" else thread.answer("c1", decision))
    await turn.ended()
    if decision in ("abort", "interrupt"):
        responses.reply(message("going on"), optional=True)
        await thread.run("go on")
    outputs = {
        "denied": "patch rejected by user",
        "timed_out": "patch approval timed out",
        "abort": "aborted by user after 0.0s",
        "interrupt": "aborted by user after 0.0s",
    }
    assert responses.requests[1].output_of("c1") == outputs[decision]
    assert not (requesting.cwd / "a").exists()
    (item,) = [e for e in told(thread, "item_completed") if e.get("item.type") == "file_change"]
    assert item.get("item.status") == "declined"
    assert told(thread, "patch_apply_begin") == []


async def test_a_patch_inside_is_not_asked_for(responses: MockResponses, codex: Codex) -> None:
    """Where commands may write, patches may, unless nothing is trusted."""
    responses.reply(custom_tool_call("c1", "apply_patch", ADD))
    responses.reply(message("done"))
    agent = codex(model=WRITER, config={"sandbox_mode": "workspace-write"}, commands={})
    thread = await agent(approval_policy="on-request").start()
    assert await thread.run("edit") == "done"
    assert told(thread, "apply_patch_approval_request") == []
    assert (codex.cwd / "a").exists()


async def test_files_that_were_approved_for_the_session(
    responses: MockResponses, untrusting: Codex
) -> None:
    """The same file is not asked for again; a patch of it and another is."""
    update = ADD.replace("Add File: a\n+hi", "Update File: a\n-hi\n+ho")
    both = ADD.replace("*** End", "*** Add File: b\n+hi\n*** End")
    responses.reply(custom_tool_call("c1", "apply_patch", ADD))
    responses.reply(custom_tool_call("c2", "apply_patch", update))
    responses.reply(custom_tool_call("c3", "apply_patch", both))
    responses.reply(message("done"))
    thread = await untrusting(model=WRITER).start()
    turn = await thread.submit("edit")
    await thread.answer("c1", "approved_for_session")
    await thread.approve("c3")
    assert await turn.completed() == "done"
    asked = [event.get("call_id") for event in told(thread, "apply_patch_approval_request")]
    assert asked == ["c1", "c3"]


async def test_a_link_that_leads_elsewhere_is_another_file(
    responses: MockResponses, untrusting: Codex
) -> None:
    """What was approved for the session is the file, not the name of a link to it."""
    link, first, second = (untrusting.cwd / name for name in ("link", "first", "second"))
    first.write_text("hi\n", encoding="utf-8")
    second.write_text("hi\n", encoding="utf-8")
    link.symlink_to(first)
    update = ADD.replace("Add File: a\n+hi", "Update File: link\n-hi\n+ho")
    responses.reply(custom_tool_call("c1", "apply_patch", update))
    responses.reply(custom_tool_call("c2", "apply_patch", update))
    responses.reply(message("done"))
    thread = await untrusting(model=WRITER).start()
    turn = await thread.submit("edit")
    await thread.answer("c1", "approved_for_session")
    await turn.wait_for(of_type("patch_apply_end"))
    link.unlink()
    link.symlink_to(second)
    await thread.deny("c2")
    assert await turn.completed() == "done"
    assert second.read_text(encoding="utf-8") == "hi\n"


async def test_files_that_change_while_a_patch_waits(
    responses: MockResponses, untrusting: Codex
) -> None:
    """What was approved is not what would be written now: nothing is, and the model is told."""
    (untrusting.cwd / "f").write_text("one\ntwo\n", encoding="utf-8")
    update = ADD.replace("Add File: a\n+hi", "Update File: f\n-two\n+three")
    responses.reply(custom_tool_call("c1", "apply_patch", update))
    responses.reply(message("done"))
    thread = await untrusting(model=WRITER).start()
    turn = await thread.submit("edit")
    request = await thread.asked("c1")
    (untrusting.cwd / "f").write_text("zero\none\ntwo\n", encoding="utf-8")
    await thread.approve(request)
    assert await turn.completed() == "done"
    assert "changed while the user was asked" in responses.requests[1].output_of("c1")
    assert (untrusting.cwd / "f").read_text(encoding="utf-8") == "zero\none\ntwo\n"
    (item,) = [e for e in told(thread, "item_completed") if e.get("item.type") == "file_change"]
    assert item.get("item.status") == "failed"


async def test_a_patch_in_a_command_is_asked_for_as_a_patch(
    responses: MockResponses, untrusting: Codex
) -> None:
    """It is one, whichever tool it came by."""
    responses.reply(shell_call("c1", f"apply_patch <<'EOF'\n{ADD}EOF"))
    responses.reply(message("done"))
    thread = await untrusting(model=WRITER).start()
    turn = await thread.submit("edit")
    assert (await thread.asked("c1")).type == "apply_patch_approval_request"
    await thread.approve("c1")
    assert await turn.completed() == "done"
    assert (untrusting.cwd / "a").exists()
