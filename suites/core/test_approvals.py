"""Approvals around a turn: settings, what the model is told, and a program that has nobody to ask.

Whole turns with requests and answers are in `suites/turns/test_approvals.py`.
"""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from codex_core import Codex, Runtime
from codex_core.app.cli import BAD_SETTINGS, main
from codex_core.config.errors import ConfigError
from codex_core.config.loader import load_config
from codex_core.protocol.approval_events import ExecApprovalRequest
from codex_core.protocol.decisions import ApprovedWithRule
from codex_core.protocol.events import SessionConfigured
from codex_core.protocol.inputs import TextInput
from codex_core.protocol.ops import OPS, ExecApproval, Op, UserInput, user_text
from codex_core.protocol.policy import Categories, Granular
from codex_core.tools.denial import looks_denied
from suites.core.fakes import (
    FakeRunner,
    FakeTransport,
    answer,
    call,
    completed,
    done,
    make_config,
    only,
    reply,
    running,
    turn_end,
)

GRANULAR = Granular(granular=Categories(sandbox_approval=True, rules=False, mcp_elicitations=False))
SHUT = "{granular={sandbox_approval=false,rules=false,mcp_elicitations=true}}"
TABLE = "[approval_policy.granular]\nsandbox_approval = true\nrules = false\nmcp_elicitations = "


def load(home: Path, text: str = "", *options: str, attended: bool = True) -> Any:
    (home / "config.toml").write_text(text, encoding="utf-8")
    runtime = Runtime.deterministic(env={"CODEX_HOME": str(home)}, root=home)
    return load_config(runtime, overrides=options, attended=attended).approval_policy


@pytest.mark.parametrize("policy", ["untrusted", "on-failure", "on-request", "never"])
def test_a_policy_by_name(tmp_path: Path, policy: str) -> None:
    """In the file, or as an option that wins over it."""
    assert load(tmp_path, f'approval_policy = "{policy}"') == policy
    assert load(tmp_path, 'approval_policy = "never"', f"approval_policy={policy}") == policy


def test_a_granular_policy(tmp_path: Path) -> None:
    """A table; what it has to say and what it may not is checked."""
    assert load(tmp_path, f"{TABLE}false") == GRANULAR
    with pytest.raises(ConfigError, match=r"`approval_policy.granular.mcp_elicitations` has a val"):
        load(tmp_path, f"{TABLE}3")
    with pytest.raises(ConfigError, match="missing required field `rules`"):
        load(tmp_path, "[approval_policy.granular]\nsandbox_approval = true")


def test_where_nobody_is_there_nobody_is_asked(tmp_path: Path) -> None:
    """The file's policy is for when somebody is; one of this run's own that asks is refused."""
    assert load(tmp_path, 'approval_policy = "on-request"', attended=False) == "never"
    assert load(tmp_path, "", "approval_policy=never", attended=False) == "never"
    shut = load(tmp_path, "", f"approval_policy={SHUT}", attended=False)
    assert isinstance(shut, Granular)
    for option in ("approval_policy=untrusted", f"approval_policy={SHUT.replace('false', 'true')}"):
        with pytest.raises(ConfigError, match=r"^option -c approval_policy: .*needs somebody to"):
            load(tmp_path, "", option, attended=False)


def test_exec_refuses_a_policy_that_asks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line that says what to do instead; nothing is sent."""
    runtime = Runtime.deterministic(env={"CODEX_HOME": str(tmp_path)}, root=tmp_path)
    arguments = ["exec", "hi", "-c", "approval_policy=on-request"]
    assert main(arguments, runtime=runtime) == BAD_SETTINGS
    assert capsys.readouterr().err == (
        "error: option -c approval_policy: `approval_policy` is 'on-request', which needs somebody "
        "to ask, and nobody is there; leave it out, or set never; the sandbox mode is what holds "
        "commands\n"
    )


def test_the_wire_forms_of_an_answer() -> None:
    """By name, or with the words of a rule."""
    rule = {"approved_execpolicy_amendment": {"proposed_execpolicy_amendment": ["a", "b"]}}
    given = {"type": "exec_approval", "id": "c1", "decision": rule}
    op = msgspec.convert(given, Op)
    assert op == ExecApproval(id="c1", decision=ApprovedWithRule.of(("a", "b")))
    assert msgspec.json.decode(msgspec.json.encode(op)) == given
    plain = {"type": "patch_approval", "id": "c1", "decision": "approved_for_session"}
    assert msgspec.to_builtins(msgspec.convert(plain, OPS["patch_approval"])) == plain
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**plain, "decision": rule}, OPS["patch_approval"])


async def test_a_policy_of_a_thread() -> None:
    """It wins over the settings', is told first, and has to be one that exists."""
    runtime = Runtime.deterministic(root=Path("/"))
    async with Codex(make_config(), runtime=runtime, transport=FakeTransport()) as codex:
        thread = await codex.start_thread(approval_policy=GRANULAR)
        configured = (await thread.next_event()).msg
        assert isinstance(configured, SessionConfigured)
        assert configured.approval_policy == GRANULAR
        with pytest.raises(ConfigError, match="'sometimes', which does not exist"):
            await codex.start_thread(approval_policy="sometimes")  # type: ignore[arg-type]


async def test_a_policy_of_a_turn_that_does_not_exist() -> None:
    """The input is refused; the thread goes on as it was."""
    transport = FakeTransport(answer("ok"))
    async with running(transport) as thread:
        bad = UserInput(items=(TextInput(text="a"),), approval_policy="often")  # type: ignore[arg-type]
        with pytest.raises(ConfigError, match="'often', which does not exist"):
            await thread.submit(bad)
        await thread.submit(user_text("b"))
        await turn_end(thread)
    assert transport.posts[0].texts == ["b"]


TOLD: dict[str, tuple[Any, str, str]] = {
    "never": ("never", "Nobody is asked for approval", ""),
    "on-request": ("on-request", "`require_escalated`", "The user can be asked"),
    "granular": (GRANULAR, "`require_escalated`", "`granular`"),
    "untrusted": ("untrusted", "not known to only read", ""),
    "on-failure": ("on-failure", "whether to run it without", ""),
}


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("mode", ["read-only", "danger-full-access"])
async def test_the_model_is_told_when_it_may_ask(tmp_path: Path, name: str, mode: str) -> None:
    """In words that fit the policy; of leaving the sandbox only where there is one."""
    policy, words, more = TOLD[name]
    runtime = Runtime.deterministic(runner=FakeRunner(), env={"PATH": "/bin"})
    transport = FakeTransport(answer("ok"))
    settings = {"cwd": tmp_path, "sandbox_mode": mode, "approval_policy": policy}
    async with running(transport, runtime=runtime, **settings) as thread:
        await thread.submit(user_text("go"))
        await turn_end(thread)
    text = transport.posts[0].input[0]["content"][0]["text"]
    assert more in text
    assert (words in text) is not (mode == "danger-full-access" and words == "`require_escalated`")
    offered = words == "`require_escalated`" and mode == "read-only"
    assert ("Leave `sandbox_permissions` out" in text) is not offered


async def test_a_request_is_answered_by_an_operation() -> None:
    """By the id of the call, for its turn; then the command runs."""
    runner = FakeRunner(b"made\n")
    run = reply(done(call("c1", "exec_command", cmd="make")), completed())
    transport = FakeTransport(run, answer("ok"))
    runtime = Runtime.deterministic(runner=runner, root=Path("/"))
    async with running(transport, runtime=runtime, approval_policy="untrusted") as thread:
        await thread.submit(user_text("go"))
        while not isinstance((event := await thread.next_event()).msg, ExecApprovalRequest):
            pass
        await thread.submit(ExecApproval(id="c1", turn_id=event.id, decision="approved"))
        events = await turn_end(thread)
    assert only(events, "exec_command_end").aggregated_output == "made\n"


async def test_a_call_that_comes_twice_is_one() -> None:
    """It is run once, and its id is in the next request once."""
    runner = FakeRunner(b"made\n")
    run = done(call("c1", "exec_command", cmd="make"))
    again = done(call("c1", "exec_command", cmd="make"))
    other = done(call("c2", "exec_command", cmd="make"))
    transport = FakeTransport(reply(run, again, other, completed()), answer("ok"))
    runtime = Runtime.deterministic(runner=runner, root=Path("/"))
    async with running(transport, runtime=runtime) as thread:
        await thread.submit(user_text("go"))
        await turn_end(thread)
    assert len(runner.commands) == 2
    ids = [
        (item["type"], item["call_id"]) for item in transport.posts[1].input if "call_id" in item
    ]
    assert ids == [
        ("function_call", "c1"),
        ("function_call", "c2"),
        ("function_call_output", "c1"),
        ("function_call_output", "c2"),
    ]


async def test_an_id_may_come_again_in_a_later_response() -> None:
    """Only within one response it is the same call."""
    runner = FakeRunner(b"")
    calls = [reply(done(call("c1", "exec_command", cmd="make")), completed()) for _ in range(2)]
    runtime = Runtime.deterministic(runner=runner, root=Path("/"))
    async with running(FakeTransport(*calls, answer("ok")), runtime=runtime) as thread:
        await thread.submit(user_text("go"))
        await turn_end(thread)
    assert len(runner.commands) == 2


DENIALS = {
    "touch: a: Read-only file system": (1, True),
    "socket: Operation not permitted": (1, True),
    "curl: (6) Could not resolve host: x": (6, True),
    "PERMISSION DENIED": (13, True),
    "touch: b: Read-only file system": (0, False),
    "sh: x: Permission denied": (126, False),
    "sh: y: not found, permission denied": (127, False),
    "1 test failed": (1, False),
}


@pytest.mark.parametrize("output", DENIALS)
def test_what_looks_like_the_work_of_a_sandbox(output: str) -> None:
    """A failure with such words; not success, and not a program that cannot be started."""
    code, expected = DENIALS[output]
    assert looks_denied(code, f"before\n{output}\n") is expected


def test_a_command_that_runs_was_not_stopped() -> None:
    """Without an exit code there is no failure."""
    assert not looks_denied(None, "permission denied")
