"""`GET`, `DELETE` and `cancel` of `/v1/responses/{id}`, and its `input_items`: what was composed
earlier, asked for again.

A thin skin over `stored`, which reads responses back from the journal. A stream that is still
running is sent again when it is over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from agent_rehearsal.wire import (
    Answer,
    EventStream,
    Exchange,
    Player,
    Send,
    Server,
    json_answer,
)
from mock_responses import stored
from mock_responses.errors import status
from mock_responses.history import History
from mock_responses.input_items import BadQuery, input_items, page
from mock_responses.sse import encode
from mock_responses.stored import Stored
from mock_responses.views import RequestView

PATH = "/v1/responses/{id}"


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Retrieval:
    """The endpoints about one response each."""

    def __init__(self, server: Server) -> None:
        self._journal = server.journal
        self._deleted: set[str] = set()
        self._cancelled: set[str] = set()
        self._unsent: dict[int, list[bytes]] = {}
        self._running: dict[int, asyncio.Event | None] = {}
        for method, path, handler in (
            ("GET", PATH, self._retrieve),
            ("DELETE", PATH, self._delete),
            ("POST", f"{PATH}/cancel", self._cancel),
            ("GET", f"{PATH}/input_items", self._input_items),
        ):
            server.route(method, path, "responses", _refusing(handler))

    @contextmanager
    def answering(self, number: int) -> Iterator[None]:
        """While the request with this number in the journal is being answered."""
        self._running[number] = None
        try:
            yield
        finally:
            if (ended := self._running.pop(number)) is not None:
                ended.set()

    def keep(self, number: int, steps: Iterable[object]) -> None:
        """Remember the events of an answer that may not get through as a whole."""
        self._unsent[number] = [step.payload for step in steps if isinstance(step, Send)]

    def forget(self, number: int) -> None:
        """An answer got through; the journal has all of it."""
        self._unsent.pop(number, None)

    async def _retrieve(self, exchange: Exchange) -> None:
        query = exchange.entry.query
        found = self._found(exchange)
        if query.get("stream") != "true":
            await exchange.answer(json_answer(self._object(found)))
            return
        if found.whole is not None:
            raise Refused(status(400, message="This response was not streamed.", param="stream"))
        after = _number(query.get("starting_after"))
        await self._ended(found.request.seq)
        await self._send(exchange, self._found(exchange).after(after))

    async def _send(self, exchange: Exchange, events: list[Send]) -> None:
        sink = EventStream(exchange, encode)
        await Player(sink, self._journal, exchange.conn, exchange.entry.seq).play(events)
        await sink.finish()

    async def _delete(self, exchange: Exchange) -> None:
        found = self._found(exchange)
        self._deleted.add(found.id)
        gone = {"id": found.id, "object": "response", "deleted": True}
        await exchange.answer(json_answer(gone))

    async def _cancel(self, exchange: Exchange) -> None:
        found = self._found(exchange)
        if not found.body.get("background"):
            text = "Only a response that was created with background=true can be cancelled."
            raise Refused(status(400, message=text))
        if self._object(found)["status"] not in stored.ENDED:
            self._cancelled.add(found.id)
        await exchange.answer(json_answer(self._object(found)))

    async def _input_items(self, exchange: Exchange) -> None:
        found = self._found(exchange)
        name = found.id.partition("_")[2]
        listed = input_items(RequestView(found.request).input, name)
        try:
            answer = page(listed, exchange.entry.query)
        except BadQuery as error:
            raise Refused(status(400, message=str(error), param=error.param)) from None
        await exchange.answer(json_answer(answer))

    def history(self, id: str) -> History | None:
        """What a request goes on from that names this response; None unless it is complete."""
        found = self._find(id)
        response = self._object(found) if found else {}
        if found is None or response["status"] != "completed":
            return None
        given = RequestView(found.request).logical_input
        return History(None, tuple(given), tuple(response["output"]))

    def _found(self, exchange: Exchange) -> Stored:
        id = exchange.values["id"]
        found = self._find(id)
        if found is None:
            text = f"There is no response with the id {id!r}, or it was not stored."
            raise Refused(status(404, message=text))
        return found

    def _find(self, id: str) -> Stored | None:
        # What a running answer has not sent yet does not exist yet.
        unsent = {n: sends for n, sends in self._unsent.items() if n not in self._running}
        found = None if id in self._deleted else stored.find(self._journal, id, unsent)
        return None if found is None or found.body.get("store") is False else found

    def _object(self, found: Stored) -> dict[str, Any]:
        response = found.response()
        return {**response, "status": "cancelled"} if found.id in self._cancelled else response

    async def _ended(self, number: int) -> None:
        if number in self._running:
            event = self._running[number] or asyncio.Event()
            self._running[number] = event
            await event.wait()


def _refusing(
    handler: Callable[[Exchange], Awaitable[None]],
) -> Callable[[Exchange], Awaitable[None]]:
    async def handle(exchange: Exchange) -> None:
        try:
            await handler(exchange)
        except Refused as refused:
            await exchange.answer(refused.answer)

    return handle


def _number(given: str | None) -> int:
    if given is None:
        return -1
    try:
        return msgspec.convert(given, int, strict=False)
    except msgspec.ValidationError:
        text = f"starting_after is {given!r}; expected a sequence number"
        raise Refused(status(400, message=text, param="starting_after")) from None
