"""Which of the fixtures that fit answers a request: the first of the file, unless `turnIndex` says
how far into the conversation each belongs.

Pure functions over positions.
"""

from collections.abc import Sequence


def choose(turns: Sequence[int | None], now: int) -> int | None:
    """The place among fixtures that fit, in file order; None if there is none.

    `turns` has the `turnIndex` of each, None where it has none; `now` counts the assistant's
    messages so far. The furthest turn that is not ahead wins; in its very turn, only over what
    comes later in the file. Turns ahead answer if nothing else does, the nearest first.
    """
    if not turns:
        return None
    plain = next((place for place, turn in enumerate(turns) if turn is None), None)
    reached = [turn for turn in turns if turn is not None and turn <= now]
    if not reached:
        return plain if plain is not None else turns.index(min(t for t in turns if t is not None))
    best = turns.index(max(reached))
    return plain if max(reached) == now and plain is not None and plain < best else best
