"""`codex_core` as a user's client: the library in this process, over real sockets.

Its clock counts, so that each turn has a time of its own; delays before a retry are not waited for.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import codex_core
from codex_core.config.loader import load_config
from codex_core.protocol import ops
from codex_core.protocol.additional_context import AdditionalContext, ContextEntry
from codex_core.protocol.inputs import ImageInput, InputItem, LocalImageInput, TextInput
from suites.parity.clients.user import LIMIT, Place, Turn, User
from suites.parity.settings import config_toml, environment

NAME = "codex_core"
OWN = {"honor_retry_after": False}
"""The reference does not wait as it is told."""
ENDINGS = ("task_complete", "turn_aborted")
EPOCH = 1_750_000_000


class CoreUser(User):
    """A thread of the library."""

    def __init__(self) -> None:
        super().__init__()
        self.thread: codex_core.Thread
        self._begun = 0
        self._ends = 0
        self._news = asyncio.Event()

    def note(self, thread_id: str, event: codex_core.Event) -> None:
        """Take an event of the library."""
        if event.type in ENDINGS:
            self._ends += 1
            self._news.set()

    async def submit(self, turn: Turn) -> None:
        """As the user's."""
        self._begun += 1
        await self.thread.submit(_operation(turn))

    async def join(self, turn: Turn) -> None:
        """As the user's."""
        await self.thread.submit(_operation(turn))

    async def interrupt(self) -> None:
        """As the user's."""
        await self.thread.submit(ops.Interrupt())
        await self.ended()

    async def compact(self) -> None:
        """As the user's."""
        self._begun += 1
        await self.thread.submit(ops.Compact())
        await self.ended()

    async def ended(self) -> None:
        """As the user's."""
        async with asyncio.timeout(LIMIT):
            while self._ends < self._begun:
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def open_core(place: Place) -> AsyncIterator[CoreUser]:
    """Start the library and one thread of it."""
    file = place.codex_home / "config.toml"
    file.write_text(config_toml(place.settings, place.base_url, own=OWN), "utf-8")
    user = CoreUser()
    runtime = _runtime(place)
    config = load_config(runtime)
    async with codex_core.Codex(config, runtime=runtime, on_event=user.note) as core:
        user.thread = await core.start_thread()
        yield user


def _runtime(place: Place) -> codex_core.Runtime:
    env = environment(place.settings, place.home, place.codex_home)
    plain = codex_core.Runtime.deterministic(env=env, root=place.work)
    return replace(plain, now=itertools.count(EPOCH).__next__, sleep=_at_once)


async def _at_once(_: float) -> None:
    await asyncio.sleep(0)


def _context(turn: Turn) -> AdditionalContext:
    return {
        key: ContextEntry(kind=kind, value=value) for key, (kind, value) in turn.context.items()
    }


def _operation(turn: Turn) -> ops.UserInput:
    images = (ImageInput(image_url=url) for url in turn.images)
    files = (LocalImageInput(path=str(path)) for path in turn.files)
    items: tuple[InputItem, ...] = (TextInput(text=turn.text), *images, *files)
    fields: dict[str, Any] = {
        "responsesapi_client_metadata": turn.metadata and dict(turn.metadata),
        "approval_policy": turn.approval_policy,
        "model": turn.model,
        "effort": turn.effort,
        "summary": turn.summary,
        "service_tier": turn.service_tier,
        "cwd": turn.cwd and str(turn.cwd),
        "output_schema": turn.schema,
        "additional_context": _context(turn) or None,
    }
    given = {name: value for name, value in fields.items() if value is not None}
    return ops.UserInput(items=items, **given)
