"""Drives the openai SDK for Python, 2.x and 3.x alike; the tool loop is ours, as users write it."""

from typing import Any

from openai import AsyncOpenAI

from suites.interop.drivers.turns import ASK, GREET, MODEL, TOOL, Dictionary, Told, drive


async def plain() -> Told:
    """`create()`."""
    async with AsyncOpenAI(max_retries=0) as client:
        response = await client.responses.create(model=MODEL, input=GREET)
    return Told(text=response.output_text)


async def streamed() -> Told:
    """`create(stream=True)` for the pieces."""
    async with AsyncOpenAI(max_retries=0) as client:
        events = [
            e async for e in await client.responses.create(model=MODEL, input=GREET, stream=True)
        ]
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    last = events[-1]
    assert last.type == "response.completed", last
    return Told(text=last.response.output_text, deltas=deltas)


async def tool() -> Told:
    """`create()` until nothing is called."""
    dictionary = Dictionary()
    asked: list[Any] = [{"role": "user", "content": ASK}]
    async with AsyncOpenAI(max_retries=0) as client:
        while True:
            response = await client.responses.create(model=MODEL, input=asked, tools=[TOOL])  # type: ignore[list-item] # a plain dict, as in the SDK's own examples
            outputs = dictionary.answer(calls(response.output))
            if not outputs:
                return Told(text=response.output_text, tool_runs=dictionary.words)
            asked += [*response.output, *outputs]


async def tool_streamed() -> Told:
    """`responses.stream()` until nothing is called."""
    dictionary = Dictionary()
    asked: list[Any] = [{"role": "user", "content": ASK}]
    deltas: list[str] = []
    async with AsyncOpenAI(max_retries=0) as client:
        while True:
            async with client.responses.stream(model=MODEL, input=asked, tools=[TOOL]) as stream:  # type: ignore[list-item] # a plain dict, as in the SDK's own examples
                deltas += [e.delta async for e in stream if e.type == "response.output_text.delta"]
                final = await stream.get_final_response()
            outputs = dictionary.answer(calls(final.output))
            if not outputs:
                return Told(text=final.output_text, deltas=deltas, tool_runs=dictionary.words)
            asked += [*(item.to_dict() for item in final.output), *outputs]


def calls(items: Any) -> list[tuple[str, str]]:
    """The calls in the output of a response."""
    return [(item.call_id, item.arguments) for item in items if item.type == "function_call"]


if __name__ == "__main__":
    drive(
        "openai",
        {"plain": plain, "streamed": streamed, "tool": tool, "tool-streamed": tool_streamed},
    )
