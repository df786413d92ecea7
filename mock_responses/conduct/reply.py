"""What became of one request: refused, answered whole, streamed to its end, or broken off.

Grows with the entries that answer the request. Knows the events of a stream by their bytes; parses
those few that say something.
"""

import re
from math import isfinite
from typing import Any, Final, Literal

import msgspec

from agent_rehearsal.journal import Entry
from mock_responses.conduct import items
from mock_responses.conduct.ask import Ask

State = Literal["open", "whole", "refused", "broken", "left"]
"""`broken`: the server ended it early. `left`: the client did, or the server stopped."""
TERMINAL: Final = frozenset(
    {
        *("response.completed", "response.incomplete", "response.failed", "response.cancelled"),
        "error",
    }
)
"""The events that end a response."""
_TELLING = re.compile(
    rb'response\.(?:completed|incomplete|failed|cancelled|output_item\.done)|"error"'
)


class Reply:
    """The answer to one request."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.state: State = "open"
        self.at = ask.at
        """Loop time of its outcome, in seconds."""
        self.last = ask.entry
        """The entry that shows the outcome."""
        self.status: int | None = None
        self.codes: frozenset[str] = frozenset()
        """The `code` and the `type` of its error."""
        self.retry_after: float | None = None
        """Seconds that the client was asked to wait."""
        self.own = False
        """Whether it is an error of the harness's own, which has a finding of its own."""
        self.calls: list[str] = []
        """The ids of the calls that the client is to run."""
        self.held = False
        """Whether the server itself holds it back: at a gate, or by a stall."""
        self.odd = False
        """Whether something was sent that is no whole event."""
        self._events: list[Entry] = []

    @property
    def begun(self) -> bool:
        """Whether something of a stream was sent."""
        return bool(self._events)

    def end(self, state: State, entry: Entry, at: float) -> "Reply":
        """Note the outcome and the entry that shows it."""
        self.state, self.last, self.at = state, entry, at
        if state != "broken":
            self._events.clear()
        return self

    def answered(self, entry: Entry, at: float) -> bool:
        """Take the head of an HTTP answer; whether that is the outcome, because it is no stream."""
        self.status = entry.status
        if entry.status is not None and entry.status >= 400:
            self.retry_after = _wait(entry)
            self._refused(entry, entry.get("error"), at)
        elif entry.raw:
            self._take_calls(entry.find("output.*"))
            self.end("whole", entry, at)
        return self.state != "open"

    def sent(self, entry: Entry, at: float) -> bool:
        """Take one piece of a stream; whether it is the outcome."""
        self._events.append(entry)
        if entry.kind == "chunk" and not entry.raw.endswith((b"\n\n", b"\r\n\r\n", b"\r\r")):
            self.odd = True
        if _TELLING.search(entry.raw):
            self._hear(entry, at)
        return self.state != "open"

    def partial(self) -> tuple[set[str], set[str]]:
        """The texts of messages and the ids of calls that were begun and not done."""
        texts: dict[str, str] = {}
        calls: dict[str | None, str] = {}
        for event in filter(None, map(parsed, self._events)):
            item = _object(event.get("item"))
            match event.get("type"):
                case "response.output_text.delta":
                    id_ = str(event.get("item_id"))
                    texts[id_] = texts.get(id_, "") + str(event.get("delta", ""))
                case "response.output_item.added" if call_id := items.call_id_of(item):
                    calls[call_id] = call_id
                case "response.output_item.done":
                    texts.pop(str(item.get("id")), None)
                    calls.pop(items.call_id_of(item), None)
        return {text.strip() for text in texts.values()} - {""}, set(calls.values())

    def _hear(self, entry: Entry, at: float) -> None:
        event = parsed(entry)
        type_ = str(event.get("type"))
        if type_ == "response.output_item.done":
            self._take_calls([event.get("item")])
        elif type_ in ("response.failed", "error"):
            self._fail(entry, event, at)
        elif type_ in TERMINAL:
            self.end("whole", entry, at)

    def _fail(self, entry: Entry, event: items.Json, at: float) -> None:
        error = _object(event.get("response")).get("error") or event.get("error") or event
        status = event.get("status", event.get("status_code"))
        self.status = status if isinstance(status, int) else self.status
        self._refused(entry, error, at)

    def _refused(self, entry: Entry, error: Any, at: float) -> None:
        said = _object(error)
        self.codes = frozenset(c for c in (said.get("code"), said.get("type")) if type(c) is str)
        self.own = any(code.startswith("rehearsal_") for code in self.codes)
        self.end("refused", entry, at)

    def _take_calls(self, found: list[Any]) -> None:
        for item in map(_object, found):
            call_id = items.call_id_of(item) if items.type_of(item) in items.CALLS else None
            if call_id is not None and call_id not in self.calls:
                self.calls.append(call_id)


def parsed(entry: Entry) -> items.Json:
    """The event that an entry holds, parsed and not kept; empty for what is none."""
    try:
        return _object(msgspec.json.decode(entry.body))
    except (ValueError, RecursionError):
        return {}


def _object(value: Any) -> items.Json:
    return value if isinstance(value, dict) else {}


def _wait(entry: Entry) -> float | None:
    """The pause that an answer asks for in seconds; a date is not understood, None then."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(entry.header(name) or "") / unit
        except ValueError:
            continue
        return seconds if isfinite(seconds) else None
    return None
