"""A little client that does everything wrong, over real sockets: one method for each misdeed."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from agent_rehearsal import Stage
from suites.conduct.told import Item, assistant, output, user

KEY = "the conversation"
HI = user("hi")


class BadClient:
    """Asks a stage, and learns nothing from the answers."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}/responses"

    async def ask(self, *given: Item) -> list[Item]:
        """The events of one reply, those of a broken one too; none of a refusal."""
        body = {"model": "m", "stream": True, "prompt_cache_key": KEY, "input": given}
        lines: list[bytes] = []
        try:
            async with self._session.post(self._url, json=body) as answer:
                async for line in answer.content:
                    lines.append(line)
        except aiohttp.ClientPayloadError:
            pass
        return [json.loads(line[6:]) for line in lines if line.startswith(b"data: ")]

    async def hammer(self, count: int) -> None:
        """The same request so many times, without a pause."""
        for _ in range(count):
            await self.ask(HI)

    async def take_what_came(self) -> None:
        """Goes on from whatever text there was."""
        events = await self.ask(HI)
        text = "".join(event.get("delta", "") for event in events)
        await self.ask(HI, assistant(text), user("and?"))

    async def answer_without_the_call(self) -> None:
        """Sends an output alone."""
        await self.ask(HI, output("c1"))

    async def forget_the_answer(self) -> None:
        """Goes on as if the call had not been made."""
        await self.ask(HI)
        await self.ask(HI, user("never mind"))

    async def tell_the_time(self) -> None:
        """Puts the time at the beginning of each history."""
        await self.ask({"role": "developer", "content": "it is 12:00"}, HI)
        await self.ask(
            {"role": "developer", "content": "it is 12:01"}, HI, assistant("ho"), user("more")
        )


@asynccontextmanager
async def misbehaving(**options: Any) -> AsyncIterator[tuple[Stage, BadClient]]:
    """A stage whose findings the test looks at itself, and a bad client of it."""
    stage = Stage(**options)
    await stage.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield stage, BadClient(session, stage.base_url)
    finally:
        await stage.stop()
