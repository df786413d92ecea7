"""Drives openai-agents: `Runner` over the Responses model, with a function tool."""

from agents import Agent, OpenAIResponsesModel, Runner, Tool, function_tool
from openai import AsyncOpenAI

from suites.interop.drivers.turns import ASK, GREET, MODEL, Dictionary, Told, drive


def agent(*tools: Tool) -> Agent[None]:
    """An agent on the mock."""
    model = OpenAIResponsesModel(MODEL, AsyncOpenAI(max_retries=0))
    return Agent(name="reader", instructions="Be brief.", model=model, tools=[*tools])


async def plain() -> Told:
    """`Runner.run`."""
    return Told(text=(await Runner.run(agent(), GREET)).final_output)


async def tool() -> Told:
    """`Runner.run`, which calls the tool by itself."""
    dictionary = Dictionary()
    result = await Runner.run(agent(function_tool(dictionary.look_up)), ASK)
    return Told(text=result.final_output, tool_runs=dictionary.words)


async def streamed() -> Told:
    """`Runner.run_streamed`."""
    return await _streamed(agent(), GREET, Dictionary())


async def tool_streamed() -> Told:
    """`Runner.run_streamed`, which calls the tool by itself."""
    dictionary = Dictionary()
    return await _streamed(agent(function_tool(dictionary.look_up)), ASK, dictionary)


async def _streamed(asked: Agent[None], prompt: str, dictionary: Dictionary) -> Told:
    result = Runner.run_streamed(asked, prompt)
    deltas = [
        event.data.delta
        async for event in result.stream_events()
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta"
    ]
    return Told(text=result.final_output, deltas=deltas, tool_runs=dictionary.words)


if __name__ == "__main__":
    drive(
        "openai-agents",
        {"plain": plain, "streamed": streamed, "tool": tool, "tool-streamed": tool_streamed},
    )
