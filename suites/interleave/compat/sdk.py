"""The openai SDK against the mock of a stage: a streamed answer, a tool call, a whole answer."""

from openai import DefaultAsyncHttpxClient

from agent_rehearsal import Stage
from mock_responses import function_call, message


async def turns() -> list[object]:
    """What the SDK made of each answer."""
    async with Stage(conduct="off") as stage:
        stage.responses.reply(message("hello", " there"))
        stage.responses.reply(function_call("call-1", "look_up", '{"word": "late"}'))
        stage.responses.reply(message("whole"))
        # Loading certificates that nobody asks for would take most of the time.
        client = stage.openai(http_client=DefaultAsyncHttpxClient(verify=False))
        got: list[object] = []
        for question in ("hello", "look it up"):
            stream = await client.responses.create(model="mock-model", input=question, stream=True)
            got.append([event.type async for event in stream])
        whole = await client.responses.create(model="mock-model", input="and whole")
        got.append(whole.output_text)
    return got
