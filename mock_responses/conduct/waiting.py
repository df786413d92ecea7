"""Pauses before the same request comes again: as long as was asked for, and longer each time.

All times are loop time, so a test that lets time pass at once is judged like any other.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final

from agent_rehearsal.wire.findings import Breach
from mock_responses.conduct.ask import Ask
from mock_responses.conduct.naming import name_of
from mock_responses.conduct.refusals import reason
from mock_responses.conduct.reply import Reply
from mock_responses.conduct.rule import Rule

IGNORED: Final = "retry-after-ignored"
FLAT: Final = "no-back-off"
NOISE: Final = 0.01
"""Seconds that a pause may be off for reasons that are not the client's."""
GROWTH: Final = 1.1
"""How much longer than the first a pause must be, to count as longer."""
PAUSES: Final = 4
"""So many pauses in a row that are no longer than the first are no back-off."""
Identity = tuple[int, str | None]


class RetryAfter(Rule):
    """`Retry-After` and `retry-after-ms` in seconds; a date is not understood."""

    def __init__(self) -> None:
        self._due: dict[Identity, Reply] = {}

    def answered(self, reply: Reply) -> Iterator[Breach]:
        """Remember until when the client is to wait."""
        if reply.retry_after is not None and not reason(reply):
            self._due[reply.ask.identity] = reply
        yield from ()

    def asked(self, ask: Ask, reply: Reply) -> Iterator[Breach]:
        """Look whether it did."""
        told = self._due.pop(ask.identity, None) if self._due else None
        if told is None or told.retry_after is None:
            return
        waited = ask.at - told.at
        if waited < told.retry_after - NOISE:
            text = (
                f"{name_of(ask.entry)} is {name_of(told.ask.entry)} again after {waited:.3f} s, "
                f"but {name_of(told.last)} asked for {told.retry_after:g} s; "
                "wait as long as Retry-After says"
            )
            yield Breach(name=IGNORED, text=text, about=(told.ask.entry, told.last, ask.entry))


class Run:
    """The repetitions of one request, each after a server error."""

    def __init__(self, origin: Ask) -> None:
        self.origin = origin
        self.failed: deque[Reply] = deque()
        """Server errors that no repetition has followed yet."""
        self.first: float | None = None
        """The first pause in seconds."""
        self.flat: list[Ask] = []
        """The last repetitions whose pauses were no longer than the first."""
        self.told = False

    def note(self, ask: Ask) -> bool:
        """Take a repetition; whether there are now too many with flat pauses."""
        failed = self.failed.popleft()
        if failed.retry_after is not None:
            return False
        pause = ask.at - failed.at
        if self.first is None:
            self.first = pause
        self.flat = [*self.flat, ask] if pause <= self.first * GROWTH + NOISE else []
        return len(self.flat) == PAUSES and not self.told


class BackOff(Rule):
    """Told of each run of repetitions once; a pause that the server chose does not count."""

    def __init__(self) -> None:
        self._runs: dict[Identity, Run] = {}

    def answered(self, reply: Reply) -> Iterator[Breach]:
        """Remember a server error; anything else ends the run."""
        if is_server_error(reply):
            self._runs.setdefault(reply.ask.identity, Run(reply.ask)).failed.append(reply)
        elif self._runs:
            self._runs.pop(reply.ask.identity, None)
        yield from ()

    def asked(self, ask: Ask, reply: Reply) -> Iterator[Breach]:
        """Look how long the pause was."""
        run = self._runs.get(ask.identity) if self._runs else None
        if run and run.failed and run.note(ask):
            run.told = True
            yield _flat(run)


def _flat(run: Run) -> Breach:
    names = ", ".join(name_of(each.entry) for each in run.flat)
    text = (
        f"{name_of(run.origin.entry)} came again as {names} after server errors, and no pause is "
        f"longer than the first ({run.first or 0.0:.3f} s); wait longer each time"
    )
    about = [run.origin.entry, *(each.entry for each in run.flat)]
    return Breach(name=FLAT, text=text, about=tuple(about))


def is_server_error(reply: Reply) -> bool:
    """Whether the server failed, so that the same request may be sent again."""
    status = reply.status or 0
    return reply.state == "refused" and 500 <= status <= 599 and not reply.own
