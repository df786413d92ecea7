"""An answer after its timeout.

A client gives up on a question after a while and asks the next one on the same connection. The
answer to the first comes after all, and is taken for the answer to the second. The cure is to look
at which question it answers.
"""

import asyncio
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from suites.races.zoo.ground import PATIENCE, address, think

ANSWERS = {"two and two": "4", "three and three": "6"}


async def answer(socket: ServerConnection) -> None:
    """Answer each question after some thought."""
    with suppress(ConnectionClosed):  # the client may have given up on the last one, too
        async for question in socket:
            await think(0.01)
            await socket.send(": ".join((str(question), ANSWERS[str(question)])))


async def ask(socket: ClientConnection, question: str, *, mended: bool) -> str | None:
    """The answer; None if it does not come in time."""
    await socket.send(question)
    try:
        async with asyncio.timeout(0.05):
            async for message in socket:
                asked, _, answered = str(message).partition(": ")
                if asked == question or not mended:
                    return answered
    except TimeoutError:
        pass
    return None


async def play(*, mended: bool) -> None:
    """No question gets a wrong answer."""
    async with (
        serve(answer, "127.0.0.1", 0) as server,
        asyncio.timeout(PATIENCE),
        connect(address(server)) as socket,
    ):
        got = {question: await ask(socket, question, mended=mended) for question in ANSWERS}
    assert all(got[each] in (None, right) for each, right in ANSWERS.items()), f"got {got}"
