"""Turns in which the agent asks before it runs a command: each policy, each answer, rules."""

from pathlib import Path
from typing import Any

import pytest

from agent_rehearsal import Journal, assert_partial_order, like, of_type
from agent_rehearsal.face.agent import Codex
from codex_core.protocol.decisions import ApprovedWithRule
from codex_core.protocol.policy import Categories, Granular
from mock_responses import MockResponses, function_call, message, shell_call
from suites.turns import asking
from suites.turns.asking import RAN, REJECTED, REQUEST, ran, told


def escalated(call_id: str, cmd: str, **arguments: Any) -> Any:
    """A call that asks to leave the sandbox."""
    given = {"cmd": cmd, "sandbox_permissions": "require_escalated", **arguments}
    return function_call(call_id, "exec_command", given)


@pytest.fixture
def untrusting(codex: Codex) -> Codex:
    return asking.untrusting(codex)


@pytest.fixture
def requesting(codex: Codex, tmp_path: Path) -> Codex:
    return asking.requesting(codex, tmp_path / "home")


async def test_an_approved_command_runs(
    responses: MockResponses, untrusting: Codex, journal: Journal
) -> None:
    """It starts after the answer, never before."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("done"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    await thread.asked("c1")
    assert ran(journal) == []
    await thread.approve("c1")
    assert await turn.completed() == "done"
    assert ran(journal) == [("make", False)]
    assert responses.requests[1].output_of("c1").endswith("made\n")
    assert_partial_order(journal, [(REQUEST, RAN)])


async def test_what_a_request_says(responses: MockResponses, untrusting: Codex) -> None:
    """The command and what it is made of, where, and what to offer: once, from now on, or never."""
    responses.reply(shell_call("c1", "make all"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    request = await thread.asked()
    await thread.answer(request, "abort")
    rule = {"approved_execpolicy_amendment": {"proposed_execpolicy_amendment": ["make", "all"]}}
    assert request.json == {
        "type": "exec_approval_request",
        "thread_id": thread.id,
        "turn_id": turn.id,
        "call_id": "c1",
        "started_at_ms": 1_750_000_000_000,
        "command": ["/bin/sh", "-lc", "make all"],
        "cwd": str(untrusting.cwd),
        "parsed_cmd": [{"type": "unknown", "cmd": "make all"}],
        "proposed_execpolicy_amendment": ["make", "all"],
        "available_decisions": ["approved", rule, "abort"],
    }


async def test_what_a_request_says_of_a_line(responses: MockResponses, untrusting: Codex) -> None:
    """Each plain command by itself; a line that is not plain as it is, without a rule for it."""
    responses.reply(shell_call("c1", "ls && make 'all'"), shell_call("c2", "make > log"))
    thread = await untrusting.start()
    await thread.submit("build")
    plain, other = await thread.asked("c1"), await thread.asked("c2")
    await thread.answer(plain, "abort")
    assert [each["cmd"] for each in plain.get("parsed_cmd")] == ["ls", "make all"]
    assert [each["cmd"] for each in other.get("parsed_cmd")] == ["make > log"]
    for request in (plain, other):
        assert request.get("available_decisions") == ["approved", "abort"]
        assert request.get("proposed_execpolicy_amendment") is None


async def test_a_command_that_only_reads_is_not_asked_about(
    responses: MockResponses, untrusting: Codex
) -> None:
    """Nobody has to answer for `ls`."""
    responses.reply(shell_call("c1", "ls"))
    responses.reply(message("done"))
    thread = await untrusting.start()
    assert await thread.run("look") == "done"
    assert told(thread, "exec_approval_request") == []


@pytest.mark.parametrize("decision", ["denied", "timed_out"])
async def test_a_declined_command_is_answered_and_the_turn_goes_on(
    responses: MockResponses, untrusting: Codex, journal: Journal, decision: Any
) -> None:
    """The model is told so; the user sees an item that was declined; nothing runs."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("then not"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    await thread.answer("c1", decision)
    assert await turn.completed() == "then not"
    why = {"denied": "rejected by user", "timed_out": "approval timed out"}[decision]
    expected = REJECTED.replace("rejected by user", why)
    assert responses.requests[1].output_of("c1") == expected
    assert ran(journal) == []
    item = {"type": "command_execution", "id": "c1", "status": "declined"}
    await turn.wait_for(of_type("item_completed") & like({"item": item}))
    assert told(thread, "exec_command_begin") == []


@pytest.mark.parametrize(
    ("decision", "told_of"),
    [("denied", "exec command rejected by user"), ("timed_out", "approval timed out")],
)
async def test_one_that_was_to_run_to_its_end_is_declined_in_other_words(
    responses: MockResponses, untrusting: Codex, decision: Any, told_of: str
) -> None:
    """Those that the reference client has for it."""
    responses.reply(function_call("c1", "shell_command", {"command": "make"}))
    responses.reply(message("then not"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    await thread.answer("c1", decision)
    assert await turn.completed() == "then not"
    assert responses.requests[1].output_of("c1") == told_of


async def test_an_answer_for_the_session_is_asked_for_once(
    responses: MockResponses, untrusting: Codex, journal: Journal
) -> None:
    """The same command again, in the same response and in a later turn, just runs."""
    responses.reply(shell_call("c1", "make"), shell_call("c2", "make"))
    responses.reply(message("done"))
    responses.reply(shell_call("c3", "make"))
    responses.reply(message("again"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    await thread.answer(await thread.asked(), "approved_for_session")
    assert await turn.completed() == "done"
    assert await thread.run("again") == "again"
    assert len(told(thread, "exec_approval_request")) == 1
    assert ran(journal) == [("make", False)] * 3


async def test_an_answer_for_the_session_is_for_that_command_alone(
    responses: MockResponses, untrusting: Codex
) -> None:
    """More words, or another folder, are another command."""
    (untrusting.cwd / "sub").mkdir()
    responses.reply(shell_call("c1", "make"))
    responses.reply(shell_call("c2", "make all"))
    elsewhere = function_call("c3", "exec_command", {"cmd": "make", "workdir": "sub"})
    responses.reply(elsewhere)
    responses.reply(message("done"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    await thread.answer("c1", "approved_for_session")
    await thread.approve("c2")
    await thread.approve("c3")
    assert await turn.completed() == "done"


async def test_leaving_the_sandbox(
    responses: MockResponses, requesting: Codex, journal: Journal
) -> None:
    """The schema offers it, the user reads why, and the command runs without the sandbox."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(escalated("c2", "make", justification="write the build?"))
    responses.reply(message("done"))
    thread = await requesting.start()
    turn = await thread.submit("build")
    request = await thread.asked("c2")
    assert request.get("reason") == "write the build?"
    assert request.get("proposed_execpolicy_amendment") == ["make"]
    await thread.approve("c2")
    assert await turn.completed() == "done"
    assert ran(journal) == [("make", True), ("make", False)]
    (tool,) = [t for t in responses.requests[0].json["tools"] if t.get("name") == "exec_command"]
    assert {"sandbox_permissions", "justification"} <= set(tool["parameters"]["properties"])


@pytest.mark.parametrize("name", ["Never", "Granular"])
async def test_leaving_the_sandbox_where_nobody_may_be_asked(
    responses: MockResponses, requesting: Codex, journal: Journal, name: str
) -> None:
    """Refused at once, without an item; and the model was told not to ask for it."""
    shut = Granular(granular=Categories(sandbox_approval=False, rules=True, mcp_elicitations=True))
    responses.reply(escalated("c1", "make"))
    responses.reply(message("done"))
    policy = "never" if name == "Never" else shut
    thread = await requesting(approval_policy=policy).start()
    assert await thread.run("build") == "done"
    output = responses.requests[1].output_of("c1")
    assert output.startswith(f"approval policy is {name}; reject command — ")
    assert ran(journal) == []
    assert not [event for event in thread.events if event.get("item.type") == "command_execution"]
    permissions = responses.requests[0].json["input"][0]["content"][0]["text"]
    assert "Leave `sandbox_permissions` out" in permissions


async def test_a_rule_that_the_user_agrees_to(
    responses: MockResponses, requesting: Codex, journal: Journal
) -> None:
    """It is kept, and holds for later commands that begin so and for other threads."""
    responses.reply(escalated("c1", "make", prefix_rule=["make"]))
    responses.reply(shell_call("c2", "make all"))
    responses.reply(message("done"))
    responses.reply(shell_call("c3", "make all"))
    responses.reply(message("done too"))
    thread = await requesting.start()
    turn = await thread.submit("build")
    request = await thread.asked("c1")
    prefix = tuple(request.get("proposed_execpolicy_amendment"))
    await thread.answer(request, ApprovedWithRule.of(prefix))
    assert await turn.completed() == "done"
    assert await (await requesting.start()).run("again") == "done too"
    assert ran(journal) == [("make", False), ("make all", False), ("make all", False)]
    file = requesting.settings.config["codex_home"] / "rules/default.rules"
    assert file.read_text(encoding="utf-8") == 'prefix_rule(pattern=["make"], decision="allow")\n'


async def test_a_rule_that_cannot_be_kept(
    responses: MockResponses, untrusting: Codex, journal: Journal
) -> None:
    """The user is warned; the answer counts, and the rule holds for now."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(shell_call("c2", "make all"))
    responses.reply(message("done"))
    thread = await untrusting.start()
    turn = await thread.submit("build")
    await thread.answer("c1", ApprovedWithRule.of(("make",)))
    assert await turn.completed() == "done"
    assert ran(journal) == [("make", False), ("make all", False)]
    (warning,) = told(thread, "warning")
    assert "was not kept: there is no settings folder" in warning.get("message")


async def test_rules_of_the_user(
    responses: MockResponses, requesting: Codex, journal: Journal
) -> None:
    """One that forbids is told to the model, one that prompts asks, though the policy would not."""
    folder = requesting.settings.config["codex_home"] / "rules"
    folder.mkdir(parents=True)
    (folder / "mine.rules").write_text(
        'prefix_rule(pattern=["make", "all"], decision="forbidden", justification="too slow")\n'
        'prefix_rule(pattern=["ls"], decision="prompt", justification="sure?")\n',
        encoding="utf-8",
    )
    responses.reply(shell_call("c1", "make all"))
    responses.reply(shell_call("c2", "ls"))
    responses.reply(message("done"))
    thread = await requesting.start()
    turn = await thread.submit("build")
    request = await thread.asked("c2")
    assert request.get("reason") == "sure?"
    await thread.approve(request)
    assert await turn.completed() == "done"
    assert 'Rejected(\\"forbidden: too slow\\")' in responses.requests[1].output_of("c1")
    assert ran(journal) == [("ls", True)]


DENIED = ["make: a.o: Read-only file system\n", 2]


@pytest.mark.parametrize("policy", ["on-failure", "untrusted"])
@pytest.mark.parametrize("decision", ["approved", "denied"])
async def test_a_command_that_the_sandbox_stopped(
    responses: MockResponses, codex: Codex, journal: Journal, policy: Any, decision: Any
) -> None:
    """A second request, under an id of its own, to run it without; else the model has the error."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("done"))
    settings = {"sandbox_mode": "read-only"}
    agent = codex(approval_policy=policy, commands={"make": DENIED}, config=settings)
    thread = await agent.start()
    turn = await thread.submit("build")
    if policy == "untrusted":
        await thread.approve("c1")
    request = await thread.asked()
    assert request.get("call_id") == "c1"
    assert request.get("approval_id") not in (None, "c1")
    assert "sandbox" in request.get("reason")
    await thread.answer(request, decision)
    assert await turn.completed() == "done"
    second = [("make", False)] if decision == "approved" else []
    assert ran(journal) == [("make", True), *second]
    assert "Read-only file system" in responses.requests[1].output_of("c1")


async def test_a_command_that_the_sandbox_stopped_under_on_request(
    responses: MockResponses, requesting: Codex
) -> None:
    """The model has the error, and may ask by itself."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("done"))
    thread = await requesting(commands={"make": DENIED}).start()
    assert await thread.run("build") == "done"
    assert told(thread, "exec_approval_request") == []


async def test_a_policy_for_a_turn(responses: MockResponses, untrusting: Codex) -> None:
    """It holds from that turn on, and the model is told; input that joins changes the next one."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("free"))
    responses.reply(message("done"))
    responses.reply(shell_call("c2", "make"))
    responses.reply(message("asked"))
    thread = await untrusting.start()
    turn = await thread.submit("build", approval_policy="never")
    assert await turn.completed() == "free"
    assert await thread.run("again") == "done"
    assert len(responses.requests[2].texts("developer")) == 1
    turn = await thread.submit("with questions", approval_policy="untrusted")
    await thread.approve("c2")
    assert await turn.completed() == "asked"
    developer = responses.requests[3].texts("developer")
    assert len(developer) == 2
    assert "`never`" in developer[0]
    assert "`untrusted`" in developer[1]


def test_a_synchronous_test_answers_too(responses: Any, codex: Any) -> None:
    """The same calls, without `await`."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("done"))
    agent: Any = asking.untrusting(codex)
    thread = agent.start()
    turn = thread.submit("build")
    thread.approve("c1")
    assert turn.completed() == "done"
