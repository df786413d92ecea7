"""Drives pydantic-ai: an agent over its Responses model, with a plain tool."""

from openai import AsyncOpenAI
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider

from suites.interop.drivers.turns import ASK, GREET, MODEL, Dictionary, Told, drive


def agent(dictionary: Dictionary | None = None) -> Agent[None, str]:
    """An agent on the mock."""
    provider = OpenAIProvider(openai_client=AsyncOpenAI(max_retries=0))
    model = OpenAIResponsesModel(MODEL, provider=provider)
    tools = [dictionary.look_up] if dictionary else []
    return Agent(model, instructions="Be brief.", tools=tools)


async def plain() -> Told:
    """`Agent.run`."""
    return Told(text=(await agent().run(GREET)).output)


async def streamed() -> Told:
    """`Agent.run_stream`."""
    async with agent().run_stream(GREET) as result:
        deltas = [d async for d in result.stream_text(delta=True, debounce_by=None)]
    return Told(text="".join(deltas), deltas=deltas)


async def tool() -> Told:
    """`Agent.run`, which calls the tool by itself."""
    dictionary = Dictionary()
    result = await agent(dictionary).run(ASK)
    return Told(text=result.output, tool_runs=dictionary.words)


async def tool_streamed() -> Told:
    """`Agent.run_stream`, which calls the tool by itself."""
    dictionary = Dictionary()
    async with agent(dictionary).run_stream(ASK) as result:
        deltas = [d async for d in result.stream_text(delta=True, debounce_by=None)]
    return Told(text="".join(deltas), deltas=deltas, tool_runs=dictionary.words)


if __name__ == "__main__":
    drive(
        "pydantic-ai-slim",
        {"plain": plain, "streamed": streamed, "tool": tool, "tool-streamed": tool_streamed},
    )
