"""Drives langchain-openai: `ChatOpenAI` over the Responses API, with a bound tool."""

from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI

from suites.interop.drivers.turns import ASK, GREET, MODEL, Dictionary, Told, drive


def chat() -> ChatOpenAI:
    """A chat model on the mock."""
    return ChatOpenAI(model=MODEL, use_responses_api=True, max_retries=0)


async def plain() -> Told:
    """`ainvoke`."""
    return Told(text=(await chat().ainvoke(GREET)).text)


async def streamed() -> Told:
    """`astream`."""
    whole, deltas = await _gathered(chat(), [HumanMessage(GREET)])
    return Told(text=whole.text, deltas=deltas)


async def tool() -> Told:
    """`ainvoke` until nothing is called."""
    dictionary = Dictionary()
    bound = chat().bind_tools([dictionary.look_up])
    messages: list[Any] = [HumanMessage(ASK)]
    while True:
        reply = await bound.ainvoke(messages)
        if not reply.tool_calls:
            return Told(text=reply.text, tool_runs=dictionary.words)
        messages += [reply, *_outputs(reply, dictionary)]


async def tool_streamed() -> Told:
    """`astream` until nothing is called."""
    dictionary = Dictionary()
    bound = chat().bind_tools([dictionary.look_up])
    messages: list[Any] = [HumanMessage(ASK)]
    deltas: list[str] = []
    while True:
        reply, pieces = await _gathered(bound, messages)
        deltas += pieces
        if not reply.tool_calls:
            return Told(text=reply.text, deltas=deltas, tool_runs=dictionary.words)
        messages += [reply, *_outputs(reply, dictionary)]


async def _gathered(model: Any, messages: list[Any]) -> tuple[AIMessageChunk, list[str]]:
    chunks: list[AIMessageChunk] = [chunk async for chunk in model.astream(messages)]
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole = whole + chunk
    return whole, [chunk.text for chunk in chunks if chunk.text]


def _outputs(reply: AIMessage, dictionary: Dictionary) -> list[ToolMessage]:
    return [
        ToolMessage(dictionary.look_up(**call["args"]), tool_call_id=call["id"])
        for call in reply.tool_calls
    ]


if __name__ == "__main__":
    drive(
        "langchain-openai",
        {"plain": plain, "streamed": streamed, "tool": tool, "tool-streamed": tool_streamed},
    )
