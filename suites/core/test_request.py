"""What a request looks like: its body, and the first one of a thread."""

import json
from pathlib import Path
from typing import Any

import msgspec

from codex_core import Config, Runtime
from codex_core.config.models import ModelInfo
from codex_core.model_client.input_items import InputItems
from codex_core.model_client.metadata import RequestIdentity
from codex_core.model_client.request import Prompt, make_request
from codex_core.protocol.inputs import ImageInput, TextInput
from codex_core.protocol.ops import UserInput, user_text
from suites.core.fakes import (
    FakeTransport,
    answer,
    completed,
    done,
    message,
    reply,
    running,
    turn_end,
)

IDENTITY = RequestIdentity(
    installation_id="i", session_id="t", thread_id="t", turn_id="u", started_at_ms=5
)


def body(info: ModelInfo, instructions: str = "be good") -> dict[str, Any]:
    prompt = Prompt(
        instructions=instructions,
        input=InputItems([msgspec.Raw(b'{"a":1}')]),
        tools=msgspec.Raw(b"[]"),
    )
    request = make_request(prompt, model="m", info=info, store=False, cache_key="t")
    decoded: dict[str, Any] = json.loads(request.body(IDENTITY.client_metadata()))
    return decoded


def test_the_body_of_an_unknown_model() -> None:
    """Every field in its order; reasoning is null, what is not set is left out."""
    metadata = IDENTITY.client_metadata()
    expected = {
        "model": "m",
        "instructions": "be good",
        "input": [{"a": 1}],
        "tools": [],
        "tool_choice": "auto",
        "parallel_tool_calls": False,
        "reasoning": None,
        "store": False,
        "stream": True,
        "include": [],
        "prompt_cache_key": "t",
        "client_metadata": metadata,
    }
    found = body(ModelInfo())
    assert list(found.items()) == list(expected.items())


def test_the_body_of_a_reasoning_model() -> None:
    """Reasoning asks for its encrypted content; a summary of `none` is not sent."""
    info = Config(model="gpt-5.4", sandbox_mode="danger-full-access").model_info
    found = body(info)
    assert found["reasoning"] == {"effort": "medium"}
    assert found["include"] == ["reasoning.encrypted_content"]
    assert found["text"] == {"verbosity": "low"}
    assert found["parallel_tool_calls"] is True
    told = body(ModelInfo(supports_reasoning_summaries=True, reasoning_summary="auto"))
    assert told["reasoning"] == {"summary": "auto"}


def test_empty_instructions_are_left_out() -> None:
    """An empty text is no instruction."""
    assert "instructions" not in body(ModelInfo(), instructions="")


async def test_the_first_request_of_a_thread() -> None:
    """Permissions, environment, then the user's words; headers carry the ids."""
    transport = FakeTransport(answer("hi"))
    async with running(transport) as thread:
        turn_id = await thread.submit(user_text("hello"))
        await turn_end(thread)
        post = transport.posts[0]
        assert post.url == "http://mock.test/v1/responses"
        assert [item["role"] for item in post.input] == ["developer", "user", "user"]
        assert post.input[0]["content"][0]["text"].startswith("<permissions instructions>")
        assert post.input[1]["content"][0]["text"] == (
            "<environment_context>\n  <cwd>/</cwd>\n  <shell>sh</shell>\n"
            "  <current_date>2025-06-15</current_date>\n  <timezone>Etc/UTC</timezone>\n"
            "  <filesystem><workspace_roots><root>/</root></workspace_roots>"
            '<permission_profile type="disabled"><file_system type="unrestricted" />'
            "</permission_profile></filesystem>\n</environment_context>"
        )
        assert post.input[2] == {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "hello"}],
        }
        assert post.headers["thread-id"] == post.headers["session-id"] == thread.id
        assert post.headers["x-client-request-id"] == post.body["prompt_cache_key"] == thread.id
        assert post.headers["user-agent"] == "codex_core/0.1.0 (Test 0; any) unknown"
        assert post.body["client_metadata"]["turn_id"] == turn_id
        assert "x-codex-turn-state" not in post.headers


async def test_the_bearer_token_is_sent_last_and_wins() -> None:
    """A provider's own header cannot stand in for the credentials."""
    transport = FakeTransport(answer("hi"))
    provider = {
        "experimental_bearer_token": "secret",
        "http_headers": {"Authorization": "x", "X-Mine": "1", "Session-Id": "x"},
    }
    async with running(transport, provider=provider) as thread:
        await thread.submit(user_text("hello"))
        await turn_end(thread)
    headers = transport.posts[0].headers
    assert (headers["authorization"], headers["x-mine"]) == ("Bearer secret", "1")
    assert headers["session-id"] == thread.id


async def test_an_unknown_timezone_is_taken_for_utc() -> None:
    """The date is told all the same."""
    transport = FakeTransport(answer("hi"))
    runtime = msgspec.structs.replace(Runtime.deterministic(), timezone="Mars/Olympus")
    async with running(transport, runtime=runtime) as thread:
        await thread.submit(user_text("hello"))
        await turn_end(thread)
    assert (
        "<current_date>2025-06-15</current_date>"
        in transport.posts[0].input[1]["content"][0]["text"]
    )


async def test_azure_stores_and_gets_its_ids_back() -> None:
    """An Azure address is known by its name: responses are stored, and items have its ids."""
    named = reply(done(message("hi", id="msg_1")), completed())
    transport = FakeTransport(named, answer("bye"))
    provider = {"base_url": "https://mine.openai.azure.com/openai"}
    async with running(transport, provider=provider) as thread:
        for text in ("hello", "goodbye"):
            await thread.submit(user_text(text))
            await turn_end(thread)
    assert [post.body["store"] for post in transport.posts] == [True, True]
    ids = [item["id"] for item in transport.posts[1].input if "id" in item]
    assert ids == ["msg_1"]


async def test_later_turns_repeat_the_prefix_and_add_only_what_is_new() -> None:
    """The second turn's input begins with the first turn's, then answer and question."""
    transport = FakeTransport(answer("one"), answer("two"))
    async with running(transport) as thread:
        for text in ("first", "second"):
            await thread.submit(user_text(text))
            await turn_end(thread)
    first, second = transport.posts
    assert second.input[: len(first.input)] == first.input
    assert second.texts == ["first", "one", "second"]


async def test_own_metadata_and_images_travel() -> None:
    """A submission's metadata is in the turn's metadata; an image is an input_image."""
    transport = FakeTransport(answer("hi"))
    async with running(transport) as thread:
        op = UserInput(
            items=(TextInput(text="look"), ImageInput(image_url="https://image.test/1")),
            responsesapi_client_metadata={"mine": "1", "turn_id": "stolen"},
        )
        turn_id = await thread.submit(op)
        await turn_end(thread)
    sent = json.loads(transport.posts[0].headers["x-codex-turn-metadata"])
    assert (sent["mine"], sent["turn_id"]) == ("1", turn_id)
    assert transport.posts[0].input[-1]["content"] == [
        {"type": "input_text", "text": "look"},
        {"type": "input_image", "image_url": "https://image.test/1", "detail": "high"},
    ]


async def test_item_ids_are_sent_when_asked_for() -> None:
    """With `item_ids` each item has an id, the server's where it gave one."""
    transport = FakeTransport(answer("one"), answer("two"))
    async with running(transport, features={"item_ids": True}) as thread:
        for text in ("first", "second"):
            await thread.submit(user_text(text))
            await turn_end(thread)
    assert all(item["id"].startswith("msg_") for item in transport.posts[1].input)


async def test_instructions_of_the_project_are_sent(tmp_path: Path) -> None:
    """AGENTS.md of the project and of the user come before the environment, in one message."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "AGENTS.md").write_text("outer")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "AGENTS.override.md").write_text("inner")
    (inner / "AGENTS.md").write_text("not read")
    home = tmp_path / "settings"
    home.mkdir()
    (home / "AGENTS.md").write_text("mine")
    transport = FakeTransport(answer("hi"))
    async with running(transport, cwd=inner, codex_home=home) as thread:
        await thread.submit(user_text("hello"))
        await turn_end(thread)
    text = transport.posts[0].input[1]["content"][0]["text"]
    assert text == (
        f"# AGENTS.md instructions for {inner}\n\n<INSTRUCTIONS>\n"
        "mine\n\n--- project-doc ---\n\nouter\n\ninner\n</INSTRUCTIONS>"
    )
    kept = (home / "installation_id").read_text()
    assert transport.posts[0].body["client_metadata"]["x-codex-installation-id"] == kept
