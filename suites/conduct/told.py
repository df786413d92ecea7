"""Hand-made journals: what a client and a server did, told in the shortest words, and what the
rules of conduct find in it.
"""

import json
from collections.abc import Mapping
from typing import Any

from agent_rehearsal import Connection, Entry, Journal
from agent_rehearsal.wire.findings import Breach
from mock_responses.conduct import Verdicts
from mock_responses.mock import IS_REQUEST

Item = dict[str, Any]
COMPLETED = {"type": "response.completed", "response": {}}


class Story:
    """A journal that is written entry by entry, with a clock that the test sets."""

    def __init__(self) -> None:
        self.at = 0.0
        """Loop time of the next entry, in seconds."""
        self.journal = Journal(clock=lambda: self.at)

    def ask(
        self,
        given: Any = "hi",
        *,
        conn: Connection | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Entry:
        """A request with this input, on a connection of its own."""
        raw_headers = tuple((k.encode(), v.encode()) for k, v in (headers or {}).items())
        return self.journal.append(
            "responses",
            "request",
            conn=conn or self.journal.connection(),
            direction="in",
            head="POST /v1/responses HTTP/1.1",
            raw_headers=raw_headers,
            raw=json.dumps({"model": "m", "input": given, **more}).encode(),
        )

    def answer(
        self, asked: Entry, status: int, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Entry:
        """The head of an answer, with a body unless it is a stream."""
        return self.journal.append(
            "responses",
            "response",
            conn=asked.conn,
            direction="out",
            head=f"{status} Some Reason",
            raw_headers=tuple((k.encode(), v.encode()) for k, v in (headers or {}).items()),
            raw=b"" if body is None else json.dumps(body).encode(),
            re=asked.seq,
        )

    def refuse(self, asked: Entry, status: int, code: str = "", **headers: str) -> Entry:
        """An error as the API words one; `retry_after="2"` becomes a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.answer(asked, status, {"error": {"code": code}}, named)

    def stream(self, asked: Entry, *events: Item) -> None:
        """The head of a stream and these events."""
        self.answer(asked, 200)
        self.send(asked, *events)

    def send(self, asked: Entry, *events: Item) -> None:
        """More events of a stream."""
        for event in events:
            data = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
            self.raw(asked, data)

    def raw(self, asked: Entry, data: bytes) -> None:
        """A piece of a stream."""
        self.journal.append(
            "responses", "chunk", conn=asked.conn, direction="out", raw=data, re=asked.seq
        )

    def complete(self, asked: Entry, *items: Item) -> None:
        """A stream that hands out these items and completes."""
        done = [{"type": "response.output_item.done", "item": item} for item in items]
        self.stream(asked, *done, COMPLETED)

    def note(self, kind: Any, head: str, asked: Entry | None = None, **detail: Any) -> Entry:
        """A thing of the harness's own."""
        conn, re = (asked.conn, asked.seq) if asked else (None, None)
        return self.journal.note(kind, head, detail, conn=conn, re=re)

    def cut(self, asked: Entry) -> Entry:
        """The server ends a stream early."""
        return self.note("fault", "cut", asked)

    def left(self, asked: Entry) -> Entry:
        """The client ends it."""
        return self.note("close", "client left", asked)

    def frame(self, conn: Connection, payload: Item, direction: Any = "in") -> Entry:
        """A WebSocket message."""
        opened = conn.opened.seq if conn.opened else None
        return self.journal.append(
            "responses",
            "frame",
            conn=conn,
            direction=direction,
            head="text",
            raw=json.dumps(payload).encode(),
            re=opened if direction == "out" else None,
        )

    def socket(self) -> Connection:
        """A WebSocket that was opened."""
        conn = self.journal.connection()
        head = "GET /v1/responses HTTP/1.1"
        self.journal.append("responses", "open", conn=conn, direction="in", head=head)
        return conn

    def found(self, *, ended: bool = False) -> list[Breach]:
        """What the rules find in it, if the test is over with it or not."""
        verdicts = Verdicts(IS_REQUEST)
        found = [breach for entry in self.journal for breach in verdicts.take(entry)]
        return [*found, *(verdicts.at_end() if ended else ())]

    def names(self, *, ended: bool = False) -> list[str]:
        """The names of what is found."""
        return [breach.name for breach in self.found(ended=ended)]


def user(text: str) -> Item:
    """A message of the user."""
    return {"role": "user", "content": text}


def assistant(text: str) -> Item:
    """A message of the model."""
    content = [{"type": "output_text", "text": text}]
    return {"type": "message", "role": "assistant", "content": content}


def call(id_: str, **more: Any) -> Item:
    """A function call."""
    return {"type": "function_call", "call_id": id_, "name": "f", "arguments": "{}", **more}


def output(id_: str, text: str = "out") -> Item:
    """The output of a function call."""
    return {"type": "function_call_output", "call_id": id_, "output": text}


def delta(text: str, item_id: str = "m1") -> Item:
    """A piece of a message."""
    return {"type": "response.output_text.delta", "item_id": item_id, "delta": text}


def added(item: Item) -> Item:
    """An item begins."""
    return {"type": "response.output_item.added", "item": item}
