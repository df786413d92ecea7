"""Response items: each kind is read, and goes back as the API takes it."""

import json

import msgspec
import pytest

from codex_core.protocol.items import (
    ITEMS,
    CompactionTrigger,
    OtherItem,
    decode_item,
)
from codex_core.protocol.truncation import TruncationPolicy
from codex_core.session.history import History
from suites.core.fakes import Json

SHELL = {"type": "exec", "command": ["ls"]}
SENT_SHELL = {**SHELL, "timeout_ms": None, "working_directory": None, "env": None, "user": None}

BACK: dict[str, tuple[Json, Json]] = {
    "a message with a phase": (
        {
            "type": "message",
            "id": "m",
            "status": "completed",
            "role": "assistant",
            "phase": "commentary",
            "content": [{"type": "output_text", "text": "t", "annotations": [], "logprobs": []}],
        },
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "t"}],
            "phase": "commentary",
        },
    ),
    "a message of an agent": (
        {
            "type": "agent_message",
            "author": "lead",
            "recipient": "lead/worker",
            "content": [
                {"type": "input_text", "text": "x"},
                {"type": "encrypted_content", "encrypted_content": "e"},
            ],
        },
        {
            "type": "agent_message",
            "author": "lead",
            "recipient": "lead/worker",
            "content": [
                {"type": "input_text", "text": "x"},
                {"type": "encrypted_content", "encrypted_content": "e"},
            ],
        },
    ),
    "reasoning without content": (
        {"type": "reasoning", "id": "rs", "summary": [], "encrypted_content": "e"},
        {"type": "reasoning", "summary": [], "content": None, "encrypted_content": "e"},
    ),
    "reasoning with empty content": (
        {"type": "reasoning", "summary": [], "content": []},
        {"type": "reasoning", "summary": [], "encrypted_content": None},
    ),
    "reasoning with content of the other kind": (
        {"type": "reasoning", "summary": [], "content": [{"type": "text", "text": "t"}]},
        {"type": "reasoning", "summary": [], "encrypted_content": None},
    ),
    "reasoning with both kinds": (
        {
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "s"}],
            "content": [{"type": "text", "text": "a"}, {"type": "reasoning_text", "text": "b"}],
        },
        {
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "s"}],
            "content": [{"type": "text", "text": "a"}, {"type": "reasoning_text", "text": "b"}],
            "encrypted_content": None,
        },
    ),
    "a shell of the model's own": (
        {"type": "local_shell_call", "id": "l", "status": "completed", "action": SHELL},
        {
            "type": "local_shell_call",
            "call_id": None,
            "status": "completed",
            "action": SENT_SHELL,
        },
    ),
    "a search for tools by the server": (
        {
            "type": "tool_search_call",
            "execution": "server",
            "arguments": {"query": "x"},
            "status": "completed",
        },
        {
            "type": "tool_search_call",
            "call_id": None,
            "status": "completed",
            "execution": "server",
            "arguments": {"query": "x"},
        },
    ),
    "tools that the server found": (
        {
            "type": "tool_search_output",
            "call_id": None,
            "status": "completed",
            "execution": "server",
            "tools": [{"type": "function", "name": "f"}],
        },
        {
            "type": "tool_search_output",
            "call_id": None,
            "status": "completed",
            "execution": "server",
            "tools": [{"type": "function", "name": "f"}],
        },
    ),
    "a search": (
        {
            "type": "web_search_call",
            "id": "w",
            "status": "completed",
            "action": {"type": "search", "query": "q", "queries": ["a"], "sources": [1]},
        },
        {
            "type": "web_search_call",
            "status": "completed",
            "action": {"type": "search", "query": "q", "queries": ["a"]},
        },
    ),
    "a page that was looked through": (
        {
            "type": "web_search_call",
            "action": {"type": "find_in_page", "url": "u", "pattern": "p", "query": "no"},
        },
        {
            "type": "web_search_call",
            "action": {"type": "find_in_page", "url": "u", "pattern": "p"},
        },
    ),
    "a search of a new kind": (
        {"type": "web_search_call", "action": {"type": "novel", "url": "u"}},
        {"type": "web_search_call", "action": {"type": "other"}},
    ),
    "a search without anything": ({"type": "web_search_call"}, {"type": "web_search_call"}),
    "an image": (
        {
            "type": "image_generation_call",
            "status": "completed",
            "revised_prompt": "p",
            "result": "aGk=",
        },
        {
            "type": "image_generation_call",
            "status": "completed",
            "revised_prompt": "p",
            "result": "aGk=",
        },
    ),
    "a compaction": (
        {"type": "compaction", "id": "c", "encrypted_content": "e"},
        {"type": "compaction", "encrypted_content": "e"},
    ),
    "a compaction under its older name": (
        {"type": "compaction_summary", "id": "c", "encrypted_content": "e"},
        {"type": "compaction", "encrypted_content": "e"},
    ),
    "a compaction by the server": ({"type": "context_compaction"}, {"type": "context_compaction"}),
}


def kept(item: Json, *, keeps_passthrough: bool = False) -> list[Json]:
    """What a history sends for an item."""
    history = History(
        policy=TruncationPolicy(mode="bytes", limit=1000), keeps_passthrough=keeps_passthrough
    )
    history.record(decode_item(json.dumps(item).encode()))
    return [json.loads(bytes(raw)) for raw in history.for_prompt()]


@pytest.mark.parametrize("name", BACK)
def test_items_go_back_as_the_reference_sends_them(name: str) -> None:
    """Ids, statuses and annotations stay here; phases and nulls go where the reference has them."""
    item, sent = BACK[name]
    assert kept(item) == [sent]


@pytest.mark.parametrize("kind", ["novelty", "compaction_trigger", "ghost_snapshot"])
def test_other_items_are_told_apart_and_not_kept(kind: str) -> None:
    """An item that this core does not know, or that is no history, is kept as bytes at most."""
    raw = json.dumps({"type": kind, "x": 1}).encode()
    assert decode_item(raw) == OtherItem(type=kind, raw=raw)
    assert kept({"type": kind, "x": 1}) == []


@pytest.mark.parametrize(
    "item",
    [
        {"type": "function_call", "name": "n", "arguments": "{}"},
        {"type": "message", "role": "assistant", "content": "text"},
        {"type": "compaction_summary"},
        {"type": "local_shell_call", "status": "completed", "action": {"type": "exec"}},
    ],
)
def test_a_known_item_that_lacks_something_is_an_error(item: Json) -> None:
    """Half an item is none: whoever reads the stream can say so."""
    with pytest.raises(msgspec.ValidationError):
        decode_item(json.dumps(item).encode())


def test_a_trigger_is_an_item_of_a_request_only() -> None:
    """It has a type and nothing else."""
    assert msgspec.to_builtins(CompactionTrigger()) == {"type": "compaction_trigger"}
    assert "compaction_trigger" not in ITEMS


NOTE = "internal_chat_message_metadata_passthrough"


def test_the_servers_notes_go_back_to_the_provider_that_made_them() -> None:
    """What is known of a note is kept for OpenAI; for every other provider the key is gone."""
    call = {"type": "function_call", "name": "n", "arguments": "{}", "call_id": "c"}
    noted = {**call, NOTE: {"turn_id": "t", "more": 1}}
    assert kept(noted, keeps_passthrough=True)[0] == {**call, NOTE: {"turn_id": "t"}}
    assert kept(noted)[0] == call
    assert kept({**call, NOTE: None}, keeps_passthrough=True)[0] == call


LEFT_OUT = ("reasoning with empty content", "reasoning with content of the other kind")
CLOSED = [name for name in BACK if name not in LEFT_OUT]
"""Those that say all they said; content that is left out is read as null."""


@pytest.mark.parametrize("name", CLOSED)
def test_what_was_sent_is_sent_again_as_it_was(name: str) -> None:
    """An item that came back from where it was kept is the item that went there."""
    _, sent = BACK[name]
    assert kept(sent) == [sent]
