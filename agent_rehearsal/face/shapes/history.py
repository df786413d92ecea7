"""The whole text of a snapshot: windows of requests, other messages between them."""

from collections.abc import Iterator
from typing import Any

from agent_rehearsal.face.shapes import pretty
from agent_rehearsal.face.shapes.items import item
from agent_rehearsal.face.shapes.labels import Labels
from agent_rehearsal.face.shapes.rules import normalise
from agent_rehearsal.face.shapes.subjects import Subject, subjects
from agent_rehearsal.face.shapes.text import block, summary
from agent_rehearsal.face.shapes.tools import word
from agent_rehearsal.face.shapes.values import canonical, harvest, normalised
from agent_rehearsal.face.shapes.windows import Relation, Request, relate, request


def shape(data: Any, labels: Labels | None = None) -> str:
    """The text of a request, a frame, a body, or a list of them; the same in every run.

    `labels` carries labels over from one text to the next and may name values beforehand.
    Raises TypeError for what has no body to show.
    """
    found = subjects(data)
    labels = labels or Labels()
    harvest([each.body for each in found], labels)
    writer = _Writer(labels)
    sections = [writer.section(number, each) for number, each in enumerate(found, start=1)]
    return "\n\n".join("\n".join(lines) for lines in sections or [["no requests"]]) + "\n"


class _Writer:
    """Writes subjects one after the other; remembers the windows and the last request."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._windows: list[dict[str, Any]] = []
        self._last: Request | None = None
        self._last_number = 0

    def section(self, number: int, subject: Subject) -> list[str]:
        """The lines of the `number`-th subject."""
        body = normalised(subject.body, self._labels)
        if not subject.is_request:
            return _message(f"message {number}{self._about(subject)}", body)
        head = f"-- request {number}{self._about(subject)} --"
        return [*self._request(head, request(body), number)]

    def _about(self, subject: Subject) -> str:
        title = f": {normalise(subject.title, self._labels)}" if subject.title else ""
        return f"{title} ({word(subject.kind)})" if subject.kind else title

    def _request(self, head: str, new: Request, number: int) -> Iterator[str]:
        old = self._last
        relation = Relation(0, ()) if old is None else relate(old, new)
        if old is None or relation.breaks:
            yield from self._window(new.settings, relation)
            yield ""
        yield head
        yield from _own(old, new)
        if relation.kept:
            yield f"{_span(relation.kept)} as in request {self._last_number}"
        for at, each in enumerate(new.items[relation.kept :], start=relation.kept + 1):
            first, *rest = item(each)
            yield from [f"{at:02} {first}", *pretty.indented(rest, by=3)]
        self._last, self._last_number = new, number

    def _window(self, settings: dict[str, Any], relation: Relation) -> Iterator[str]:
        reasons = f": {'; '.join(relation.breaks)}" if relation.breaks else ""
        yield f"== window {len(self._windows) + 1}{reasons} =="
        yield from self._settings(settings)
        self._windows.append(settings)

    def _settings(self, settings: dict[str, Any]) -> list[str]:
        texts = [canonical(each) for each in self._windows]
        if canonical(settings) in texts:
            return [f"settings as in window {texts.index(canonical(settings)) + 1}"]
        if not texts:
            return ["settings", *pretty.indented(pretty.fields(settings, summary))]
        changes = pretty.changes(self._windows[-1], settings, summary)
        return [f"settings, relative to window {len(texts)}", *pretty.indented(changes)]


def _message(head: str, body: Any) -> list[str]:
    if isinstance(body, str):
        return [f"-- {head} --", *block(body)]
    type_ = body.get("type") if isinstance(body, dict) else None
    if not isinstance(type_, str):
        return [f"-- {head} --", *pretty.lines(body)]
    left = {key: value for key, value in body.items() if key != "type"}
    return [f"-- {head}, type {word(type_)} --", *pretty.fields(left)]


def _own(old: Request | None, new: Request) -> list[str]:
    """The fields of one request alone; of metadata, what became of it since the last request."""
    lines = []
    for key, value in new.own.items():
        before = old.own.get(key) if old else None
        if isinstance(value, dict) and isinstance(before, dict) and value and before:
            changed = pretty.changes(before, value)
            lines += [f"{key}, since the last request:", *pretty.indented(changed)] * bool(changed)
        else:
            lines += pretty.field(key, value)
    if old and "client_metadata" in old.own and "client_metadata" not in new.own:
        lines.append("no client_metadata")
    return lines


def _span(kept: int) -> str:
    return "01" if kept == 1 else f"01-{kept:02}"
