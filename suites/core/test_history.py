"""History: what is kept, how it is balanced and cut."""

import itertools
import json
from sys import getrefcount

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core.config.models import Images
from codex_core.protocol.items import (
    CustomToolCall,
    CustomToolCallOutput,
    FunctionCall,
    FunctionCallOutput,
    ImageGenerationCall,
    InputImage,
    InputText,
    KnownItem,
    LocalShellAction,
    LocalShellCall,
    Message,
    OtherItem,
    ToolSearchCall,
    ToolSearchOutput,
)
from codex_core.protocol.truncation import TruncationPolicy
from codex_core.session.history import History
from codex_core.session.hygiene import ABORTED, IMAGE_WITHHELD
from suites.core.fakes import Json


def called(call_id: str) -> FunctionCall:
    return FunctionCall(name="t", arguments="{}", call_id=call_id)


def output(call_id: str, text: str = "ok") -> FunctionCallOutput:
    return FunctionCallOutput(call_id=call_id, output=text)


def said(text: str, role: str = "user") -> Message:
    return Message(role=role, content=(InputText(text=text),))


def tokens_of(limit: int) -> TruncationPolicy:
    return TruncationPolicy(mode="tokens", limit=limit)


def prompt(*items: KnownItem, tokens: int = 1000) -> list[Json]:
    history = History(policy=tokens_of(tokens))
    for item in items:
        history.record(item)
    return prompt_of(history)


def prompt_of(history: History, images: Images = "whole") -> list[Json]:
    return [json.loads(bytes(raw)) for raw in history.for_prompt(images)]


def brief(items: list[Json]) -> list[str]:
    return [f"{item['type']}:{item.get('call_id')}:{item.get('output')}" for item in items]


def test_a_call_without_an_output_is_answered() -> None:
    """The synthetic output stands right after its call."""
    assert brief(prompt(called("a"), called("b"), output("b"), said("x"))) == [
        "function_call:a:None",
        f"function_call_output:a:{ABORTED}",
        "function_call:b:None",
        "function_call_output:b:ok",
        "message:None:None",
    ]


def test_an_output_without_a_call_is_dropped() -> None:
    """An orphan is not sent; one of another kind with the same id is an orphan too."""
    assert prompt(output("a")) == []
    custom = CustomToolCallOutput(call_id="a", output="x")
    assert brief(prompt(called("a"), output("a"), custom)) == [
        "function_call:a:None",
        "function_call_output:a:ok",
    ]


def test_custom_calls_are_balanced_by_custom_outputs() -> None:
    """A freeform call gets an output of its own kind."""
    items = prompt(CustomToolCall(call_id="c", name="n", input="i"))
    assert brief(items) == [
        "custom_tool_call:c:None",
        f"custom_tool_call_output:c:{ABORTED}",
    ]


KEYS = st.sampled_from("abc")
ITEMS = st.lists(
    st.one_of(
        KEYS.map(called),
        KEYS.map(output),
        KEYS.map(lambda key: CustomToolCall(call_id=key, name="n", input="")),
        KEYS.map(lambda key: CustomToolCallOutput(call_id=key, output="ok")),
        st.just(said("x")),
    ),
    max_size=12,
)


@given(ITEMS)
def test_every_prompt_is_balanced(items: list[KnownItem]) -> None:
    """Each call has an output, each output a call, and messages stay where they were."""
    sent = prompt(*items)
    for kind in ("function_call", "custom_tool_call"):
        calls = {item["call_id"] for item in sent if item["type"] == kind}
        outputs = {item["call_id"] for item in sent if item["type"] == f"{kind}_output"}
        assert calls == outputs
    assert sum(item["type"] == "message" for item in sent) == items.count(said("x"))


@given(ITEMS)
def test_balancing_changes_nothing_that_is_recorded(items: list[KnownItem]) -> None:
    """Two prompts in a row are equal: hygiene is a view."""
    history = History(policy=tokens_of(10))
    for item in items:
        history.record(item)
    first = prompt_of(history)
    assert first == prompt_of(history)
    assert len(history.items) == len(items)


def test_some_items_are_never_kept() -> None:
    """System messages and items of unknown type are not history."""
    history = History(policy=tokens_of(10))
    history.record(said("x", role="system"))
    history.record(OtherItem(type="novelty", raw=b"{}"))
    assert not history.items


def test_long_outputs_are_cut_when_recorded() -> None:
    """The budget is the model's, and a fifth more; other items are never cut."""
    cut = prompt(called("a"), output("a", "x" * 400), tokens=10)[1]["output"]
    assert cut == f"{'x' * 24}\u202688 tokens truncated\u2026{'x' * 24}"
    fits = prompt(called("a"), output("a", "x" * 48), tokens=10)[1]["output"]
    assert fits == "x" * 48
    assert len(prompt(said("x" * 400), tokens=10)[0]["content"][0]["text"]) == 400


def test_ids_are_kept_or_made_when_they_are_sent() -> None:
    """A server's id is kept, a missing one is made of the item's prefix and a new id."""
    numbers = itertools.count(1)
    history = History(policy=tokens_of(10), new_id=lambda: str(next(numbers)))
    history.record(Message(id="msg_server", role="assistant", content=()))
    history.record(said("x"))
    history.record(called("a"))
    ids = [json.loads(bytes(raw))["id"] for raw in history.for_prompt()]
    assert ids == ["msg_server", "msg_1", "fc_2", "fco_3"]


def local_shell(call_id: str | None) -> LocalShellCall:
    return LocalShellCall(
        call_id=call_id, status="completed", action=LocalShellAction(command=("ls",))
    )


def searched(call_id: str | None, execution: str = "client") -> ToolSearchCall:
    return ToolSearchCall(call_id=call_id, execution=execution, arguments={"query": "x"})


def found(call_id: str | None, execution: str = "client") -> ToolSearchOutput:
    return ToolSearchOutput(call_id=call_id, status="completed", execution=execution, tools=())


NOTHING_FOUND = {
    "type": "tool_search_output",
    "call_id": "a",
    "status": "completed",
    "execution": "client",
    "tools": [],
}


def test_a_search_for_tools_without_an_answer_found_nothing() -> None:
    """Whoever was to search; one without an id cannot be answered."""
    for execution in ("client", "server"):
        assert prompt(searched("a", execution))[1] == NOTHING_FOUND
    assert len(prompt(searched(None))) == 1


def test_what_a_server_found_needs_no_call() -> None:
    """What a client found without a call is dropped, like every output; without an id it stays."""
    assert len(prompt(found("a", "server"))) == 1
    assert prompt(found("a", "client")) == []
    assert len(prompt(found(None, "client"))) == 1


def test_a_shell_of_the_models_own_is_answered_like_a_function() -> None:
    """By the kind of output that functions have; without an id there is no answer to it."""
    assert brief(prompt(local_shell("a"))) == [
        "local_shell_call:a:None",
        f"function_call_output:a:{ABORTED}",
    ]
    assert len(prompt(local_shell("a"), output("a"))) == 2
    assert len(prompt(local_shell(None))) == 1


IMAGES: tuple[Images, ...] = ("whole", "plain", "none")
PICTURE = InputImage(image_url="https://image.test/1.png")
DRAWN = ImageGenerationCall(status="completed", result="aGk=")


def test_a_model_without_eyes_gets_words_for_images() -> None:
    """In messages and outputs alike, and a generated image without its data; they stay recorded."""
    history = History(policy=tokens_of(100))
    shown = FunctionCallOutput(call_id="a", output=(InputText(text="t"), PICTURE))
    for item in (Message(role="user", content=(PICTURE,)), called("a"), shown, DRAWN):
        history.record(item)
    blind = prompt_of(history, "none")
    note = {"type": "input_text", "text": IMAGE_WITHHELD}
    assert blind[0]["content"] == [note]
    assert blind[2]["output"] == [{"type": "input_text", "text": "t"}, note]
    assert blind[3]["result"] == ""
    seeing = prompt_of(history)
    assert seeing[0]["content"] == [{"type": "input_image", "image_url": PICTURE.image_url}]
    assert seeing[3]["result"] == "aGk="


def test_a_model_of_small_requests_is_asked_for_no_detail() -> None:
    """In messages and outputs alike; images stay, and so does what has none of them."""
    fine = InputImage(image_url=PICTURE.image_url, detail="high")
    history = History(policy=tokens_of(100))
    shown = FunctionCallOutput(call_id="a", output=(InputText(text="t"), fine, PICTURE))
    for item in (Message(role="user", content=(fine,)), called("a"), shown, DRAWN):
        history.record(item)
    whole, small = prompt_of(history), prompt_of(history, "plain")
    bare = {"type": "input_image", "image_url": PICTURE.image_url}
    assert small[0]["content"] == [bare]
    assert small[2]["output"] == [{"type": "input_text", "text": "t"}, bare, bare]
    assert [small[1], small[3]] == [whole[1], whole[3]]
    assert whole[0]["content"] == [{**bare, "detail": "high"}]


def test_the_images_of_the_newest_output_can_be_withheld() -> None:
    """Once, and only where the newest item is an output with images."""
    history = History(policy=tokens_of(100))
    history.record(called("a"))
    assert not history.withhold_last_images("gone")
    history.record(FunctionCallOutput(call_id="a", output=(PICTURE,)))
    assert history.withhold_last_images("gone")
    assert not history.withhold_last_images("gone")
    (_, sent) = (json.loads(bytes(raw)) for raw in history.for_prompt())
    assert sent["output"] == [{"type": "input_text", "text": "gone"}]
    assert len(history.for_prompt("none")) == 2


DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
"""A picture of one dot."""
UNREADABLE = "image content omitted because it could not be processed"


@pytest.mark.parametrize(
    ("url", "detail", "text"),
    [
        (f"data:image/png;base64,{DOT}", None, None),
        (f"data:image/png;base64,{DOT}", "original", None),
        ("https://image.test/1.png", "low", None),
        (f"data:image/png;base64,{DOT}", "low", "the detail `low` is not supported"),
        ("data:image/png;base64,!!", None, UNREADABLE),
        ("data:image/png;base64,aGk=", None, UNREADABLE),
        ("data:text/plain,hello", "high", UNREADABLE),
    ],
)
def test_what_is_no_image_is_not_sent_as_one(url: str, detail: str | None, text: str) -> None:
    """A note stands for it; an image by its address is the provider's to look at."""
    image = InputImage(image_url=url, detail=detail)
    for sent in (
        prompt(Message(role="user", content=(image,)))[0]["content"],
        prompt(called("a"), FunctionCallOutput(call_id="a", output=(image,)))[1]["output"],
    ):
        if text is None:
            assert sent[0]["image_url"] == url
        else:
            assert text in sent[0]["text"]


def test_a_policy_of_bytes_counts_characters() -> None:
    """The mark has the unit of the model's policy."""
    history = History(policy=TruncationPolicy(mode="bytes", limit=10))
    history.record(called("a"))
    history.record(output("a", "é" * 20))
    sent = prompt_of(history)[1]["output"]
    assert sent == f"{'é' * 3}\u202614 chars truncated\u2026{'é' * 3}"


def test_the_texts_of_an_output_share_its_limit() -> None:
    """What comes first is kept, the one on the edge cut, the rest counted; images stay."""
    parts = tuple(InputText(text=letter * 10) for letter in "abcd")
    answer = FunctionCallOutput(call_id="a", output=(*parts[:2], PICTURE, *parts[2:]))
    history = History(policy=TruncationPolicy(mode="bytes", limit=10))
    history.record(called("a"))
    history.record(answer)
    sent = prompt_of(history)[1]["output"]
    assert [part.get("text") for part in sent] == [
        "a" * 10,
        "b\u20268 chars truncated\u2026b",
        None,
        "[2 more texts left out]",
    ]


def test_an_unchanged_item_is_the_same_object_in_each_request() -> None:
    """So is what is made up for it: a prefix is known by looking at pointers."""
    history = History(policy=tokens_of(100), new_id=iter("abcdef").__next__)
    history.record(said("x"))
    history.record(called("a"))
    first = list(history.for_prompt())
    history.record(said("y"))
    second = list(history.for_prompt())
    assert [old is new for old, new in zip(first, second, strict=False)] == [True] * 3
    assert len(second) == 4


def test_requests_share_what_they_have_in_common() -> None:
    """Each holds no items of its own but the new ones, even beside a call that nobody answered."""
    history = History(policy=tokens_of(100))
    history.record(called("a"))
    history.record(said("x"))
    call, made_up, _ = history.for_prompt()
    holders = [getrefcount(call), getrefcount(made_up)]
    kept = []
    for text in "yz":
        history.record(said(text))
        kept.append(history.for_prompt())
    assert [len(each) for each in kept] == [4, 5]
    assert [getrefcount(call), getrefcount(made_up)] == holders


def test_an_item_is_encoded_as_it_will_be_sent() -> None:
    """`encode_item` tells what a prompt will have; for what is not kept, what came."""
    history = History(policy=tokens_of(2))
    items: list[KnownItem] = [said("x"), called("a"), output("a", "long " * 9)]
    for place, item in enumerate(items):
        told = history.encode_item(item)
        history.record(item)
        assert bytes(list(history.for_prompt())[place]) == bytes(told)
    assert bytes(history.encode_item(OtherItem(type="novelty", raw=b"{}"))) == b"{}"


def test_a_history_can_be_replaced() -> None:
    """Nothing of the old one is left, no open call and no orphan; nothing new is cut."""
    history = History(policy=tokens_of(1))
    history.record(called("a"))
    history.record(CustomToolCallOutput(call_id="lost", output="x"))
    history.replace([said("y" * 100), called("b")])
    assert list(history.items) == [said("y" * 100), called("b")]
    sent = prompt_of(history)
    assert sent[0]["content"][0]["text"] == "y" * 100
    assert brief(sent[1:]) == ["function_call:b:None", f"function_call_output:b:{ABORTED}"]


@given(st.data(), ITEMS)
def test_prompts_on_the_way_change_nothing_of_later_ones(
    data: st.DataObject, items: list[KnownItem]
) -> None:
    """What is sent in the end does not depend on what was sent meanwhile, to whichever model; what
    was sent stays what it was.
    """
    history = History(policy=tokens_of(10))
    sent = []
    for item in items:
        for images in data.draw(st.lists(st.sampled_from(IMAGES), max_size=2)):
            now = history.for_prompt(images)
            sent.append((now, [bytes(raw) for raw in now]))
        history.record(item)
    assert prompt_of(history) == prompt(*items, tokens=10)
    assert [[bytes(raw) for raw in each] for each, _ in sent] == [said for _, said in sent]
