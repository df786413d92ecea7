"""What the model is told of its surroundings: the whole at first, the differences later."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from codex_core import Config, Runtime
from codex_core.config.workspace import WorkspaceWrite
from codex_core.protocol.additional_context import ContextEntry
from codex_core.protocol.items import InputText, Message
from codex_core.session.additional import AdditionalContextMemory
from codex_core.session.context import Told, initial_context, instructions, update
from codex_core.session.environment import Environment
from codex_core.session.fragments import is_contextual, user_message
from suites.core.fakes import make_config

CWD = Path("/w")
RUNTIME = Runtime.deterministic()


def told(config: Config, cwd: Path = CWD) -> Told:
    return Told.of(config, RUNTIME, cwd, config.approval_policy)


def sections(messages: list[Message]) -> list[tuple[str, list[str]]]:
    """Each message as its role and the beginnings of its parts."""
    return [
        (message.role, [part.text.split(">")[0][:24] for part in message.content])  # type: ignore[union-attr]
        for message in messages
    ]


def texts(messages: list[Message]) -> str:
    return "".join(part.text for m in messages for part in m.content if isinstance(part, InputText))


def test_everything_is_told_at_first() -> None:
    """One developer message, one user message, each section a part, in the reference's order."""
    config = make_config(
        developer_instructions="be good", collaboration_mode="plan", personality="friendly"
    )
    assert sections(initial_context(config, told(config), "orders")) == [
        ("developer", ["<permissions instruction", "be good", "<collaboration_mode"]),
        ("user", ["# AGENTS.md instructions", "<environment_context"]),
    ]


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        ("include_permissions_instructions", [("user", ["<environment_context"])]),
        ("include_environment_context", [("developer", ["<permissions instruction"])]),
    ],
)
def test_what_is_switched_off_is_not_told(left_out: str, expected: Any) -> None:
    """A message without a section is no message, at first and later."""
    config = make_config(**{left_out: False})
    now = told(config)
    assert sections(initial_context(config, now, None)) == expected
    other = told(replace(config, sandbox_mode="read-only"))
    assert [role for role, _ in sections(update(config, other, now))] == [expected[0][0]]


def test_nothing_changed_nothing_is_told() -> None:
    """Where all is as it was, the next user message stands alone."""
    config = make_config()
    assert update(config, told(config), told(config)) == []


CHANGES: dict[str, tuple[dict[str, Any], Any]] = {
    "a policy": (
        {"approval_policy": "on-request"},
        [("developer", ["<permissions instruction"])],
    ),
    "a sandbox": (
        {"sandbox_mode": "read-only"},
        [("developer", ["<permissions instruction"]), ("user", ["<environment_context"])],
    ),
    "a model": ({"model": "gpt-5.2"}, [("developer", ["<model_switch"])]),
    "a mode": ({"collaboration_mode": "plan"}, [("developer", ["<collaboration_mode"])]),
    "a way to speak": (
        {"personality": "friendly"},
        [("developer", ["<personality_spec"])],
    ),
    "no way to speak": ({"personality": "none"}, []),
    "a model and its way to speak": (
        {"model": "gpt-5.5", "personality": "friendly"},
        [("developer", ["<model_switch"])],
    ),
    "all at once": (
        {
            "model": "gpt-5.2",
            "approval_policy": "untrusted",
            "sandbox_mode": "read-only",
            "collaboration_mode": "plan",
        },
        [
            ("developer", ["<model_switch", "<permissions instruction", "<collaboration_mode"]),
            ("user", ["<environment_context"]),
        ],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_only_what_changed_is_told(name: str) -> None:
    """At most one developer message and one about the environment, sections in order."""
    changes, expected = CHANGES[name]
    before = make_config(model="gpt-5.4", personality="pragmatic")
    now = replace(before, **changes)
    assert sections(update(now, told(before), told(now))) == expected


def test_another_model_gets_the_instructions_that_are_meant_for_it() -> None:
    """With the way to speak that holds now; a model that knows none is not told of it."""
    before = make_config(model="gpt-5.4", base_instructions="Work.", personality="friendly")
    now = replace(before, model="gpt-5.5")
    assert "Work." in texts(update(now, told(before), told(now)))
    assert "colleague" in instructions(now)
    assert instructions(replace(before, model="unheard-of")) == "Work."


def test_what_was_forgotten_is_told_again_with_the_change() -> None:
    """A model that takes over after a compaction is told so, before everything else."""
    before, now = make_config(model="gpt-5.4"), make_config(model="gpt-5.2")
    (developer, _) = initial_context(now, told(now), None, before=told(before))
    assert sections([developer])[0][1][0] == "<model_switch"
    (developer, _) = initial_context(now, told(now), None, before=told(now))
    assert sections([developer])[0][1][0] == "<permissions instruction"


def filesystem(**settings: Any) -> str:
    return Environment.of(make_config(**settings), RUNTIME, CWD).filesystem


def test_a_folder_takes_its_shell_along() -> None:
    """Where the folder is as it was neither is told; the shell alone is no news."""
    config = make_config()
    here, there = (Environment.of(config, RUNTIME, Path(p)) for p in ("/w", "/w/sub"))
    assert there.news(here) == there
    assert here.news(msgspec.structs.replace(here, shell="fish")) is None
    tomorrow = msgspec.structs.replace(here, current_date="2030-01-01").news(here)
    assert tomorrow is not None
    assert (tomorrow.cwd, tomorrow.shell, tomorrow.current_date) == (None, None, "2030-01-01")


def test_the_folders_of_the_work() -> None:
    """Each with what may be done there, temporary ones by name, protected ones last."""
    table = WorkspaceWrite(writable_roots=("/opt",), exclude_tmpdir_env_var=True)
    found = filesystem(sandbox_mode="workspace-write", sandbox_workspace_write=table)
    assert found.startswith(
        "<workspace_roots><root>/w</root><root>/opt</root></workspace_roots>"
        '<permission_profile type="managed"><file_system type="restricted">'
        '<entry access="read"><special>:root</special></entry>'
        '<entry access="write"><path>/w</path></entry>'
        '<entry access="write"><path>/opt</path></entry>'
        '<entry access="write"><special>:slash_tmp</special></entry>'
        '<entry access="read"><path>/w/.git</path></entry>'
        '<entry access="read"><path>/opt/.git</path></entry>'
    )
    assert ":tmpdir" not in found
    reading = filesystem(sandbox_mode="read-only", sandbox_workspace_write=table)
    assert (reading.count("<root>"), reading.count("<entry")) == (1, 1)


def test_a_path_cannot_close_a_tag() -> None:
    """What has a meaning in a tag is written so that it has none."""
    text = Environment.of(make_config(), RUNTIME, Path("/a<b>&c")).text()
    assert "<cwd>/a&lt;b&gt;&amp;c</cwd>" in text


@pytest.mark.parametrize(
    ("text", "contextual"),
    [
        ("# AGENTS.md instructions for /w\n\n<INSTRUCTIONS>", True),
        ("\n  <environment_context>", True),
        ("<external_mail>x</external_mail>", True),
        ("<skill>\n<name>n</name>", True),
        ("<user_shell_command>", True),
        ("<turn_aborted>", True),
        ("<subagent_notification>", True),
        ('<codex_internal_context source="goal">', True),
        ("<recommended_plugins>", True),
        ("<hook_prompt hook_run_id='1'>", True),
        ("what is <environment_context>?", False),
        ("<skills>", False),
        ("external_mail", False),
    ],
)
def test_context_is_told_from_what_the_user_said(text: str, *, contextual: bool) -> None:
    """By how it begins, after blanks; a tag that the user writes about is the user's."""
    assert is_contextual(user_message(text)) is contextual


def entry(value: str, kind: Any = "untrusted") -> ContextEntry:
    return ContextEntry(value=value, kind=kind)


def news(memory: AdditionalContextMemory, **given: ContextEntry) -> list[tuple[str, str]]:
    return [(message.role, texts([message])) for message in memory.news(given)]


def test_who_says_it_decides_how_it_is_told() -> None:
    """The application speaks as the developer; everybody else is quoted to the model as a user."""
    memory = AdditionalContextMemory()
    told_once = news(memory, b=entry("B", "application"), a=entry("A"))
    assert told_once == [("user", "<external_a>A</external_a>"), ("developer", "<b>B</b>")]


def test_an_entry_is_told_when_it_is_new() -> None:
    """Not again while it stays, again when it changed or was gone in between."""
    memory = AdditionalContextMemory()
    assert len(news(memory, a=entry("1"), b=entry("1"))) == 2
    assert news(memory, a=entry("1"), b=entry("2")) == [("user", "<external_b>2</external_b>")]
    assert news(memory, a=entry("1"), b=entry("2")) == []
    assert news(memory, b=entry("2")) == []
    assert news(memory, a=entry("1"), b=entry("2")) == [("user", "<external_a>1</external_a>")]


@given(st.integers(0, 9000))
def test_a_long_entry_loses_its_middle(size: int) -> None:
    """A thousand tokens of it are told."""
    ((_, text),) = news(AdditionalContextMemory(), a=entry("x" * size))
    assert text.replace("external", "").count("x") == min(size, 4000)
    assert ("tokens truncated" in text) is (size > 4000)
