"""Who asks, and why: the headers and the metadata of each kind of request."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core import Runtime
from codex_core.model_client.endpoint import fixed_headers
from codex_core.model_client.metadata import (
    RESERVED,
    CompactionNote,
    Lineage,
    RequestIdentity,
    RequestKind,
    Workspace,
)
from codex_core.protocol.inputs import TextInput
from codex_core.protocol.ops import UserInput, user_text
from suites.core.fakes import FakeTransport, answer, make_config, running, turn_end

PLAIN = RequestIdentity(
    installation_id="i", session_id="s", thread_id="t", turn_id="u", started_at_ms=5
)
NOTE = CompactionNote(
    trigger="auto", reason="context_limit", implementation="responses", phase="mid_turn"
)
WHOLE = msgspec.structs.replace(
    PLAIN,
    kind="compaction",
    window=2,
    parent_thread_id="p",
    forked_from_thread_id="f",
    subagent="collab_spawn",
    thread_source="subagent",
    sandbox="seccomp",
    workspaces={"/repo": Workspace(latest_git_commit_hash="c", has_changes=False)},
    compaction=NOTE,
    beta_features=("one", "two"),
    extras={"mine": "1"},
)


def told(identity: RequestIdentity) -> dict[str, Any]:
    metadata: dict[str, Any] = json.loads(identity.turn_metadata)
    return metadata


def test_the_metadata_of_a_plain_turn() -> None:
    """What is not set is left out, the rest has its order."""
    assert list(told(PLAIN).items()) == [
        ("installation_id", "i"),
        ("session_id", "s"),
        ("thread_id", "t"),
        ("turn_id", "u"),
        ("window_id", "t:0"),
        ("request_kind", "turn"),
        ("thread_source", "user"),
        ("sandbox", "none"),
        ("turn_started_at_unix_ms", 5),
    ]


def test_the_metadata_with_everything() -> None:
    """Every field in the order of the reference client, the client's own behind them."""
    assert list(told(WHOLE).items()) == [
        ("installation_id", "i"),
        ("session_id", "s"),
        ("thread_id", "t"),
        ("turn_id", "u"),
        ("window_id", "t:2"),
        ("request_kind", "compaction"),
        ("forked_from_thread_id", "f"),
        ("parent_thread_id", "p"),
        ("subagent_kind", "thread_spawn"),
        ("thread_source", "subagent"),
        ("sandbox", "seccomp"),
        ("workspaces", {"/repo": {"latest_git_commit_hash": "c", "has_changes": False}}),
        ("turn_started_at_unix_ms", 5),
        (
            "compaction",
            {
                "trigger": "auto",
                "reason": "context_limit",
                "implementation": "responses",
                "phase": "mid_turn",
                "strategy": "memento",
            },
        ),
        ("mine", "1"),
    ]


def test_a_warm_up_belongs_to_no_turn() -> None:
    """Its turn id is empty and it has no start."""
    warm = RequestIdentity(installation_id="i", session_id="s", thread_id="t", kind="prewarm")
    assert told(warm)["turn_id"] == ""
    assert "turn_started_at_unix_ms" not in told(warm)
    assert warm.client_metadata()["turn_id"] == ""


def test_a_request_for_memories_tells_no_ids() -> None:
    """Kind, sandbox and workspaces are all that is said of it."""
    memory = msgspec.structs.replace(WHOLE, kind="memory", extras={})
    assert list(told(memory)) == ["request_kind", "sandbox", "workspaces"]
    assert memory.headers(None)["x-openai-memgen-request"] == "true"


@pytest.mark.parametrize("kind", ["turn", "prewarm", "memory"])
def test_only_compactions_say_how_they_compact(kind: RequestKind) -> None:
    """The note stands in no other request's metadata."""
    assert "compaction" not in told(msgspec.structs.replace(WHOLE, kind=kind))


def test_the_headers_of_a_request() -> None:
    """Ids, the metadata and what is asked for; a sub-agent says so."""
    assert PLAIN.headers(None) == {
        "x-codex-window-id": "t:0",
        "x-codex-turn-metadata": PLAIN.turn_metadata,
        "x-client-request-id": "t",
        "session-id": "s",
        "thread-id": "t",
        "accept": "text/event-stream",
        "content-type": "application/json",
    }
    more = WHOLE.headers("state")
    assert {name: more[name] for name in more if name not in PLAIN.headers(None)} == {
        "x-codex-beta-features": "one,two",
        "x-codex-turn-state": "state",
        "x-codex-parent-thread-id": "p",
        "x-openai-subagent": "collab_spawn",
    }


def test_the_headers_of_a_handshake() -> None:
    """The protocol's version, the ids, and neither a turn state nor anything about a body."""
    assert set(WHOLE.handshake_headers()) - set(WHOLE.headers(None)) == {"openai-beta"}
    assert set(WHOLE.headers(None)) - set(WHOLE.handshake_headers()) == {"accept", "content-type"}
    assert WHOLE.handshake_headers()["openai-beta"] == "responses_websockets=2026-02-06"


def test_the_headers_of_a_compaction() -> None:
    """The installation is told in a header, for there is no `client_metadata`; no request id."""
    found = WHOLE.compact_headers("state")
    assert found["x-codex-installation-id"] == "i"
    assert found["x-codex-turn-state"] == "state"
    assert not {"x-client-request-id", "accept"} & set(found)


def test_client_metadata_says_the_same_as_the_headers() -> None:
    """Ids once more, all of them texts; over a WebSocket the turn state and the time too."""
    metadata = WHOLE.client_metadata()
    assert metadata == {
        "x-codex-installation-id": "i",
        "session_id": "s",
        "thread_id": "t",
        "turn_id": "u",
        "x-codex-window-id": "t:2",
        "x-openai-subagent": "collab_spawn",
        "x-codex-parent-thread-id": "p",
        "x-codex-turn-metadata": WHOLE.turn_metadata,
    }
    framed = WHOLE.client_metadata("state", 17)
    assert {name: framed[name] for name in framed if name not in metadata} == {
        "x-codex-turn-state": "state",
        "x-codex-ws-stream-request-start-ms": "17",
    }


@given(st.dictionaries(st.text() | st.sampled_from(sorted(RESERVED)), st.text()))
def test_what_a_client_adds_replaces_nothing(extras: dict[str, str]) -> None:
    """Any map is merged flat and as ASCII; reserved keys are dropped, nothing else changes."""
    identity = msgspec.structs.replace(PLAIN, extras=extras)
    assert identity.turn_metadata.isascii()
    own = {key: value for key, value in extras.items() if key not in RESERVED}
    assert told(identity) == {**told(PLAIN), **own}
    assert set(identity.client_metadata()) == set(PLAIN.client_metadata())


async def test_what_a_client_adds_holds_for_its_turn() -> None:
    """The map of an input is that of the turn that it starts, and of no later one."""
    transport = FakeTransport(answer("hi"), answer("there"), answer("again"))
    async with running(transport) as thread:
        text = (TextInput(text="go"),)
        for extras in ({"a": "1", "b": "1"}, {"a": "2"}, None):
            await thread.submit(UserInput(items=text, responsesapi_client_metadata=extras))
            await turn_end(thread)
    added = [json.loads(post.headers["x-codex-turn-metadata"]) for post in transport.posts]
    assert [(one.get("a"), one.get("b")) for one in added] == [
        ("1", "1"),
        ("2", None),
        (None, None),
    ]


async def test_a_sub_agent_says_where_it_comes_from() -> None:
    """The lineage of a thread is in its headers and its metadata, with its family's session."""
    transport = FakeTransport(answer("hi"))
    lineage = Lineage(
        root_session_id="root", parent_thread_id="mother", subagent="review", thread_source=None
    )
    async with running(transport, lineage=lineage) as thread:
        await thread.submit(user_text("look"))
        await turn_end(thread)
        headers = transport.posts[0].headers
        assert headers["x-openai-subagent"] == "review"
        assert headers["x-codex-parent-thread-id"] == "mother"
        assert (headers["session-id"], headers["thread-id"]) == ("root", thread.id)
        metadata = json.loads(headers["x-codex-turn-metadata"])
        assert metadata["subagent_kind"] == "review"
        assert "thread_source" not in metadata


@pytest.mark.parametrize(
    ("features", "announced"),
    [({}, "remote_compaction_v2"), ({"remote_compaction_v2": False}, None)],
)
async def test_the_server_is_told_of_features(features: Any, announced: str | None) -> None:
    """Of those that are announced and on; without any there is no header."""
    transport = FakeTransport(answer("hi"))
    async with running(transport, features=features) as thread:
        await thread.submit(user_text("go"))
        await turn_end(thread)
    assert transport.posts[0].headers.get("x-codex-beta-features") == announced


@pytest.mark.parametrize(
    ("env", "agent"),
    [
        ({}, "codex_core/0.1.0 (Test 0; any) unknown"),
        ({"TERM": "xterm"}, "codex_core/0.1.0 (Test 0; any) xterm"),
        ({"TERM": "xterm", "TERM_PROGRAM": "tmux"}, "codex_core/0.1.0 (Test 0; any) tmux"),
        (
            {"TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3"},
            "codex_core/0.1.0 (Test 0; any) tmux/3",
        ),
        ({"CODEX_INTERNAL_ORIGINATOR_OVERRIDE": "me"}, "me/0.1.0 (Test 0; any) unknown"),
    ],
)
def test_the_program_introduces_itself(env: dict[str, str], agent: str) -> None:
    """Name, version, platform and terminal; the originator may be another."""
    found = fixed_headers(make_config().provider, Runtime.deterministic(env=env))
    assert found["user-agent"] == agent
    assert found["originator"] == agent.split("/")[0]
