"""A reply that is one answer: marks that are obeyed first, and then what the answer is made of.

What that is made into is the endpoint's to say.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from agent_rehearsal.wire import Answer, Mark, Step, is_coroutine_reply


class OneAnswer:
    """Takes the parts of one reply; a part of the type `takes` is kept for the answer."""

    def __init__(self, takes: type[Any], example: str) -> None:
        self._takes = takes
        self._example = example
        self.given: Any = None
        """What the answer is to be made of; None where the reply did not say."""

    def steps(self, parts: Iterable[Any]) -> Iterator[Step]:
        """The marks, and a whole answer where there is one."""
        for part in parts:
            if isinstance(part, Mark | Answer):
                yield part
            elif isinstance(part, self._takes):
                self.given = part
            else:
                raise self._wrong(part)

    more = steps

    def answer(self, headers: tuple[tuple[str, str], ...]) -> Answer:
        """An empty answer, for endpoints that have nothing to say."""
        return Answer(200, headers, b"")

    def check(self, parts: tuple[Any, ...]) -> None:
        """Raise TypeError, where the reply is given, unless `parts` are marks and, as the last, at
        most one answer.
        """
        if is_coroutine_reply(parts):
            return
        for place, part in enumerate(parts):
            last = place == len(parts) - 1
            if not isinstance(part, Mark) and not (last and isinstance(part, Answer | self._takes)):
                raise self._wrong(part)

    def _wrong(self, part: Any) -> TypeError:
        return TypeError(
            f"{part!r} cannot be given here: expected marks such as gate(...), and after them "
            f"{self._example}"
        )
