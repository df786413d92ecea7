"""Drives litellm: `aresponses`, with a tool loop as its users write it."""

from typing import Any

import litellm

from suites.interop.drivers.turns import ASK, GREET, TOOL, Dictionary, Told, drive

MODEL = "openai/gpt-4.1"
"""A model that litellm knows: for any other it fakes the stream out of a whole response."""


async def plain() -> Told:
    """`aresponses`."""
    response = await litellm.aresponses(model=MODEL, input=GREET, num_retries=0)
    return Told(text=response.output_text)


async def streamed() -> Told:
    """`aresponses(stream=True)`."""
    response, deltas = await _gathered(input=GREET)
    return Told(text=_text(response), deltas=deltas)


async def tool() -> Told:
    """`aresponses` until nothing is called."""
    dictionary = Dictionary()
    asked: list[Any] = [{"role": "user", "content": ASK}]
    while True:
        response = await litellm.aresponses(model=MODEL, input=asked, tools=[TOOL], num_retries=0)
        outputs = dictionary.answer(_calls(response))
        if not outputs:
            return Told(text=_text(response), tool_runs=dictionary.words)
        asked += [*_items(response), *outputs]


async def tool_streamed() -> Told:
    """`aresponses(stream=True)` until nothing is called."""
    dictionary = Dictionary()
    asked: list[Any] = [{"role": "user", "content": ASK}]
    deltas: list[str] = []
    while True:
        response, pieces = await _gathered(input=asked, tools=[TOOL])
        deltas += pieces
        outputs = dictionary.answer(_calls(response))
        if not outputs:
            return Told(text=_text(response), deltas=deltas, tool_runs=dictionary.words)
        asked += [*_items(response), *outputs]


async def _gathered(**asked: Any) -> tuple[Any, list[str]]:
    stream = await litellm.aresponses(model=MODEL, stream=True, num_retries=0, **asked)
    events = [event async for event in stream]
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    return events[-1].response, deltas


def _items(response: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = response.model_dump(exclude_none=True)["output"]
    return items


def _text(response: Any) -> str:
    parts = [part for item in _items(response) for part in item.get("content", ())]
    return "".join(part["text"] for part in parts)


def _calls(response: Any) -> list[tuple[str, str]]:
    items = (item for item in _items(response) if item["type"] == "function_call")
    return [(item["call_id"], item["arguments"]) for item in items]


if __name__ == "__main__":
    drive(
        "litellm",
        {"plain": plain, "streamed": streamed, "tool": tool, "tool-streamed": tool_streamed},
    )
