"""An interrupt against a result.

A user interrupts a tool call, and the agent says that it was interrupted. If the interrupt comes
when the result has just been sent, the call is answered twice. The cure is that whoever takes the
call off the list of open ones answers it.
"""

import asyncio

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

from suites.races.zoo.ground import PATIENCE, address, think


async def act(socket: ClientConnection, *, mended: bool) -> None:
    """Be the agent: run the tool that is called, until it is done or interrupted."""
    open_calls = 0

    async def run() -> None:
        nonlocal open_calls
        await think(0.03)
        open_calls -= 1
        await socket.send("result")

    async for message in socket:
        if message == "call":
            open_calls += 1
            tool = asyncio.create_task(run())
        elif message == "interrupt" and (open_calls or not mended):
            tool.cancel()
            open_calls = 0
            await socket.send("interrupted")
        elif message == "end":
            await asyncio.wait({tool})
            break


async def play(*, mended: bool) -> None:
    """A call has one answer."""
    answers: list[str] = []

    async def lead(socket: ServerConnection) -> None:
        await socket.send("call")
        await think(0.02)
        await socket.send("interrupt")
        await socket.send("end")
        answers.extend([str(answer) async for answer in socket])

    async with (
        serve(lead, "127.0.0.1", 0) as server,
        asyncio.timeout(PATIENCE),
        connect(address(server)) as socket,
    ):
        await act(socket, mended=mended)
    assert answers in (["interrupted"], ["result"]), f"the call was answered by {answers}"
