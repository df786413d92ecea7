"""Latency profiles: how long a model thinks and how fast it speaks, as delays between deltas.

Pure functions on steps. The delays are loop time, and waiting is the player's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from agent_rehearsal.wire.draw import Draw
from agent_rehearsal.wire.rewrite import Encoded, Rewrite
from agent_rehearsal.wire.script import Delay, Send, Step, delay


@dataclass(frozen=True, slots=True, kw_only=True)
class Paced(Rewrite):
    """Delays before the deltas that follow."""

    first_token: float
    tokens_per_second: float
    jitter: float
    seed: int

    def rewrite(self, steps: Sequence[Step], encoded: Encoded) -> list[Step]:
        """What follows, with a delay before each delta."""
        return list(self.between(steps))

    def between(self, steps: Iterable[Step]) -> Iterator[Step]:
        """`steps` with a delay before each delta, up to another profile."""
        draw, usual = Draw(self.seed), self.first_token
        rest = iter(steps)
        for step in rest:
            if isinstance(step, Paced):
                yield from (step, *rest)
            elif is_delta(step):
                yield from (self._delay(usual, draw), step)
                usual = 1 / self.tokens_per_second
            else:
                yield step

    def _delay(self, usual: float, draw: Draw) -> Delay:
        return delay(usual * (1 + self.jitter * (2 * draw.share() - 1)))

    def __repr__(self) -> str:
        return f"paced({self.first_token:g}, tokens_per_second={self.tokens_per_second:g})"


def paced(
    first_token: float = 0.0,
    *,
    tokens_per_second: float,
    jitter: float = 0.0,
    seed: int = 0,
) -> Paced:
    """Send the deltas that follow as fast as a model writes them, each counting as one token.

    The first comes after `first_token` seconds of loop time, each next one after
    1 / `tokens_per_second`; every delay is up to `jitter` (a share, 0 to 1) shorter or longer, by
    `seed`. What is no delta is sent at once. Raises ValueError for what is no such number.
    """
    delay(first_token)
    if not 0 < tokens_per_second < float("inf"):
        raise ValueError(
            f"paced(tokens_per_second={tokens_per_second!r}): expected a number over 0"
        )
    if not 0 <= jitter <= 1:
        raise ValueError(f"paced(jitter={jitter!r}): expected a share from 0 to 1")
    return Paced(
        first_token=first_token, tokens_per_second=tokens_per_second, jitter=jitter, seed=seed
    )


def timed(steps: Iterable[Step]) -> list[Step]:
    """`steps` with the delays of their latency profiles, for an answer that is sent whole."""
    found = list(steps)
    for at, step in enumerate(found):
        if isinstance(step, Paced):
            return [*found[:at], *timed(step.between(found[at + 1 :]))]
    return found


def is_delta(step: Step) -> bool:
    """Whether a step is an event with a piece of what a model says, by its type."""
    return isinstance(step, Send) and step.type.endswith(".delta")
