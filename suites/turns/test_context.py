"""What comes with the user's words, images and context; and the items that clients are shown."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from agent_rehearsal.face.agent import AgentThread, Codex
from codex_core.config.models import ModelInfo
from codex_core.protocol.additional_context import ContextEntry
from codex_core.protocol.inputs import ImageInput, LocalImageInput
from mock_responses import (
    MockResponses,
    completed,
    created,
    image_generation_call,
    message,
    output_item_added,
    output_item_done,
    reasoning,
    stream,
)
from suites.turns.saying import say

pytestmark = pytest.mark.explore

Json = dict[str, Any]

DOT = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
    b"\0\0\0\rIDATx\xdac\xfc\xcf\xc0P\x0f\0\x04\x85\x01\x80\x84\xa9\x8c!\0\0\0\0IEND\xaeB`\x82"
)
URL = f"data:image/png;base64,{b64encode(DOT).decode()}"


@pytest.fixture
def seeing(codex: Codex) -> Codex:
    """Agents with a model that takes images, and a picture in their folder."""
    (codex.cwd / "dot.png").write_bytes(DOT)
    return codex(model="gpt-5.4", commands={})


def image(url: str, detail: str = "high") -> Json:
    return {"type": "input_image", "image_url": url, "detail": detail}


def text(words: str) -> Json:
    return {"type": "input_text", "text": words}


async def test_texts_and_images_are_one_message_in_order(
    responses: MockResponses, seeing: Codex
) -> None:
    """An image by its address, one from a file between tags that number it."""
    responses.reply(message("ok"))
    thread = await seeing.start()
    await say(
        thread,
        "look",
        ImageInput(image_url=URL),
        LocalImageInput(path="dot.png"),
        ImageInput(image_url="https://image.test/1.png", detail="original"),
        "well?",
    )
    assert responses.requests[0].json["input"][-1]["content"] == [
        text("look"),
        image(URL),
        text(f'<image name=[Image #2] path="{seeing.cwd / "dot.png"}">'),
        image(URL),
        text("</image>"),
        image("https://image.test/1.png", "original"),
        text("well?"),
    ]


async def test_a_file_that_is_no_image_is_told_of(responses: MockResponses, seeing: Codex) -> None:
    """One that is not there, and one that is something else; the turn goes on."""
    (seeing.cwd / "note.txt").write_text("words")
    responses.reply(message("ok"))
    thread = await seeing.start()
    await say(thread, LocalImageInput(path="gone.png"), LocalImageInput(path="note.txt"))
    gone, _, words, _ = responses.requests[0].json["input"][-1]["content"]
    assert gone == text(
        f"The image at `{seeing.cwd / 'gone.png'}` cannot be read: "
        "No such file or directory (os error 2)"
    )
    assert words == text("image content omitted because it could not be processed")


BLIND = ModelInfo(slug="blind", input_modalities=("text",))
SEEING = ModelInfo(slug="seeing")


async def test_images_are_kept_from_a_model_without_eyes(
    responses: MockResponses, codex: Codex
) -> None:
    """They stay in the history: the model after it sees them again."""
    for words in ("one", "two", "three"):
        responses.reply(message(words))
    thread = await codex(model="seeing", commands={}, config={"models": (BLIND, SEEING)}).start()
    await say(thread, ImageInput(image_url=URL))
    await say(thread, "and now?", model="blind")
    await say(thread, "and now?", model="seeing")
    shown = [request.json["input"][2]["content"][0]["type"] for request in responses.requests]
    assert shown == ["input_image", "input_text", "input_image"]


def told(responses: MockResponses, number: int) -> list[tuple[str, str]]:
    """What stands between the answer before and the words of a request."""
    before = len(responses.requests[number - 1].json["input"]) + 1 if number else 2
    found = responses.requests[number].json["input"][before:-1]
    return [(each["role"], each["content"][0]["text"]) for each in found]


async def test_additional_context_stands_before_the_words_it_came_with(
    responses: MockResponses, codex: Codex
) -> None:
    """Told while it is new, by who says it; it is no message of the user's."""
    for words in ("one", "two", "three"):
        responses.reply(message(words))
    thread = await codex(commands={}).start()
    page = ContextEntry(value="open page", kind="untrusted")
    rule = ContextEntry(value="in English", kind="application")
    await say(thread, "first", additional_context={"tab": page, "rule": rule})
    await say(thread, "second", additional_context={"tab": page})
    changed = ContextEntry(value="other page", kind="untrusted")
    await say(thread, "third", additional_context={"tab": changed})
    assert told(responses, 0) == [
        ("developer", "<rule>in English</rule>"),
        ("user", "<external_tab>open page</external_tab>"),
    ]
    assert told(responses, 1) == []
    assert told(responses, 2) == [("user", "<external_tab>other page</external_tab>")]
    said = [event.get("message") for event in thread.events if event.type == "user_message"]
    assert said == ["first", "second", "third"]


async def test_a_user_may_write_like_a_tag(responses: MockResponses, codex: Codex) -> None:
    """What the user says is told as the user's, however it begins."""
    responses.reply(message("ok"))
    thread = await codex(commands={}).start()
    await say(thread, "<external_tab>mine</external_tab>")
    said = [event.get("message") for event in thread.events if event.type == "user_message"]
    assert said == ["<external_tab>mine</external_tab>"]


def items_told(thread: AgentThread, kind: str) -> list[tuple[str, Json]]:
    return [
        (event.type, event.get("item"))
        for event in thread.events
        if event.type in ("item_started", "item_completed") and event.get("item.type") == kind
    ]


SEARCHES: dict[str, tuple[Json | None, str]] = {
    "a search": ({"type": "search", "query": "weather"}, "weather"),
    "several searches": ({"type": "search", "queries": ["a", "b"]}, "a / b"),
    "a page": ({"type": "open_page", "url": "https://a.test"}, "https://a.test"),
    "words on a page": (
        {"type": "find_in_page", "url": "https://a.test", "pattern": "b"},
        "'b' in https://a.test",
    ),
    "something new": ({"type": "other"}, ""),
    "nothing": (None, ""),
}


@pytest.mark.parametrize("name", SEARCHES)
async def test_a_search_of_the_provider_is_shown(
    responses: MockResponses, codex: Codex, name: str
) -> None:
    """Started when it is added, completed with what was searched, under one id."""
    action, query = SEARCHES[name]
    whole: Json = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
    if action:
        whole["action"] = action
    begun = {"type": "web_search_call", "id": "ws_1", "status": "in_progress"}
    responses.reply(
        stream(created(), output_item_added(begun), output_item_done(whole), completed())
    )
    responses.reply(message("ok"))
    thread = await codex(commands={}).start()
    await say(thread, "search")
    start = {"type": "web_search", "id": "ws_1", "query": ""}
    end = {**start, "query": query} | ({"action": action} if action else {})
    assert items_told(thread, "web_search") == [("item_started", start), ("item_completed", end)]
    await say(thread, "and?")
    sent = [i for i in responses.requests[1].json["input"] if i["type"] == "web_search_call"]
    kept = {key: value for key, value in whole.items() if key != "id"}
    assert sent == [kept]


async def test_a_generated_image_is_kept_as_a_file(
    responses: MockResponses, codex: Codex, tmp_path: Path
) -> None:
    """The client is told where it is, the model too, before the image in the next request."""
    data = b64encode(b"pixels").decode()
    responses.reply(image_generation_call(data, id="../ig 1", revised_prompt="a dot"))
    responses.reply(message("ok"))
    thread = await codex(commands={}, config={"codex_home": tmp_path}).start()
    await say(thread, "draw")
    ((_, shown),) = items_told(thread, "image_generation")[1:]
    path = tmp_path / "generated_images" / thread.id / "___ig_1.png"
    assert path.read_bytes() == b"pixels"
    assert (shown["saved_path"], shown["revised_prompt"]) == (str(path), "a dot")
    await say(thread, "and?")
    note, drawn = responses.requests[1].json["input"][-3:-1]
    assert (note["role"], str(path) in note["content"][0]["text"]) == ("developer", True)
    assert (drawn["type"], drawn["result"]) == ("image_generation_call", data)


@pytest.mark.parametrize("data", ["no base64!", ""])
async def test_an_image_that_cannot_be_kept_is_shown_all_the_same(
    responses: MockResponses, codex: Codex, tmp_path: Path, data: str
) -> None:
    """Without a file, and without a word to the model."""
    responses.reply(image_generation_call(data, id="ig_1"))
    responses.reply(message("ok"))
    thread = await codex(commands={}, config={"codex_home": tmp_path}).start()
    await say(thread, "draw")
    ((_, shown),) = items_told(thread, "image_generation")[1:]
    assert "saved_path" not in shown
    assert not (tmp_path / "generated_images").exists()
    await say(thread, "and?")
    assert [i["type"] for i in responses.requests[1].json["input"][-2:]] == [
        "image_generation_call",
        "message",
    ]


@pytest.mark.parametrize("shows", [True, False])
async def test_raw_reasoning_is_shown_where_it_is_asked_for(
    responses: MockResponses, codex: Codex, *, shows: bool
) -> None:
    """Its summary is shown either way."""
    responses.reply(reasoning("in short", content=["in raw"]), message("ok"))
    thread = await codex(commands={}, config={"show_raw_agent_reasoning": shows}).start()
    await say(thread, "think")
    types = {event.type for event in thread.events}
    assert "reasoning_content_delta" in types
    assert ({"reasoning_raw_content_delta", "agent_reasoning_raw_content"} <= types) is shows


async def test_deltas_carry_their_thread_turn_and_item(
    responses: MockResponses, codex: Codex
) -> None:
    """Those of a message and of reasoning, each with the id that its item has."""
    responses.reply(reasoning("in short", id="rs_1"), message("hello", id="msg_1"))
    thread = await codex(commands={}).start()
    await say(thread, "think")
    named = {"reasoning_content_delta": "rs_1", "agent_message_content_delta": "msg_1"}
    deltas = [event for event in thread.events if event.type in named]
    assert {(event.type, event.get("item_id")) for event in deltas} == set(named.items())
    for event in deltas:
        assert event.get("thread_id") == thread.id
        assert event.get("turn_id") == thread.events[-1].get("turn_id")
