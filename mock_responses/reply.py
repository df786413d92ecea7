"""The two ways to answer one request: its events streamed, or the response object they add up to.

Both take the same parts, so a reply is written once. A whole HTTP answer stands in place of either.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from agent_rehearsal.wire import Answer, Mark, Raw, Send, Step, json_answer, timed
from mock_responses.compose import Composer
from mock_responses.items import Item
from mock_responses.parts import Script, script
from mock_responses.structs import Event
from mock_responses.wrapped import error_of


class StreamedReply:
    """Parts as events."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer

    def steps(self, parts: Iterable[Any]) -> Iterable[Step]:
        """The steps of a whole reply."""
        given = tuple(parts)
        if any(isinstance(part, Answer) for part in given):
            return given
        return self._composer.compose(given)

    def more(self, parts: Iterable[Any]) -> Iterator[Step]:
        """Events and marks just as they are, items in their own events."""
        for part in parts:
            if not isinstance(part, Item | Event | Mark | Raw | Answer):
                raise TypeError(
                    f"send(): {part!r} cannot be sent by itself; expected an item such as "
                    "message('...'), an event such as text_delta('...'), a mark or status(...)"
                )
            yield from (part,) if isinstance(part, Answer) else self._composer.steps(part)


class FramedReply(StreamedReply):
    """Parts as messages of a WebSocket; a whole answer is one error frame.

    `told` are the events that come before the first of the response.
    """

    def __init__(self, composer: Composer, told: tuple[Send, ...]) -> None:
        super().__init__(composer)
        self._told = told

    def steps(self, parts: Iterable[Any]) -> list[Step]:
        """The steps of a whole reply."""
        return list(self._framed(super().steps(parts)))

    def more(self, parts: Iterable[Any]) -> Iterator[Step]:
        """Events and marks just as they are, items in their own events."""
        return self._framed(super().more(parts))

    def _framed(self, steps: Iterable[Step]) -> Iterator[Step]:
        for step in steps:
            if isinstance(step, Answer):
                yield error_of(step) or step
                continue
            if isinstance(step, Send | Raw):
                yield from self._told
                self._told = ()
            yield step


class WholeReply(StreamedReply):
    """Parts as one response object; their marks are obeyed before it is sent."""

    def steps(self, parts: Iterable[Any]) -> Iterable[Step]:
        """The marks of a reply, and the delays of its deltas: it takes as long as a stream."""
        return _marks(timed(super().steps(parts)))

    def more(self, parts: Iterable[Any]) -> Iterator[Step]:
        """The marks among the parts."""
        return _marks(super().more(parts))

    def answer(self, headers: tuple[tuple[str, str], ...]) -> Answer:
        """The response object as it stands."""
        return json_answer(self._composer.response_object(), headers=headers)


def _marks(steps: Iterable[Step]) -> Iterator[Step]:
    return (step for step in steps if isinstance(step, Mark | Answer))


def check(parts: tuple[Any, ...]) -> None:
    """Raise TypeError or ValueError, where the reply is given, for parts that make no reply.

    A whole answer may have marks before it and nothing else beside it.
    """
    if any(isinstance(part, Answer) for part in parts):
        *before, last = parts
        if not isinstance(last, Answer) or not all(isinstance(part, Mark) for part in before):
            raise TypeError(
                "reply(): a whole answer such as status(429) comes last, after marks only; "
                "to fail in the middle of a stream use failed(...), cut() or reset()"
            )
    elif not any(isinstance(part, Script) for part in parts) or len(parts) > 1:
        script("reply", parts)
