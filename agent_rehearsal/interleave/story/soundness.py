"""How sure a failure is: possible on stock asyncio, unconfirmed, or a question of its own tier.

A schedule of tier `env` changes only what a network and a busy machine may. Where it must hit a
window narrower than a real machine can be held to, it counts as unconfirmed until it was seen on
real sockets; where it was looked for there and not seen, as well.
"""

from collections.abc import Iterator

from agent_rehearsal.interleave.keys import Key, Schedule
from agent_rehearsal.interleave.story.labels import Words
from agent_rehearsal.interleave.story.times import ms
from agent_rehearsal.interleave.verdict import Found

Confirmed = tuple[int, int]
"""In how many runs on real sockets it failed the same way, and of how many."""
NARROW = 1e-3
"""Seconds: the width of a window below which a failure needs to be confirmed."""
_TASK = (
    "needs task reordering (tier task): stock asyncio keeps the order of tasks that was changed; "
    "another loop, eager tasks or one more await need not"
)


def soundness(found: Found, confirmed: Confirmed | None = None) -> str:
    """The verdict in one line."""
    if found.schedule.tier == "task":
        return _TASK
    changed = f"only {_changed(found.schedule)} changed"
    times, runs = confirmed or (0, 0)
    if times:
        return f"possible on stock asyncio: {changed}; seen on real sockets {times} of {runs}"
    unseen = f"it was not seen on real sockets in {runs} runs" if runs else ""
    if doubt := unseen or next(_doubts(found), ""):
        return f"unconfirmed: {changed}, but {doubt}"
    return f"possible on stock asyncio: {changed}"


def _changed(schedule: Schedule) -> str:
    kinds = {key.partition(":")[0] == "job" for key in schedule.delays}
    parts = ["message timing"] if False in kinds else []
    parts += ["the end of executor jobs"] if True in kinds else []
    parts += ["the order of sets of tasks"] if schedule.salts else []
    parts += ["the load of the machine"] if schedule.stalls else []
    return " and ".join(parts or ["nothing"]) + (" were" if len(parts) > 1 else " was")


def _doubts(found: Found) -> Iterator[str]:
    """Why a failure should be seen on real sockets before it is believed."""
    words = Words(found.shrunk.trace)
    for key in found.schedule.delays:
        yield from _doubt(key, found, words)


def _doubt(key: Key, found: Found, words: Words) -> Iterator[str]:
    if key not in found.window:
        yield f"how late {words.message(key)} must be was not measured"
        return
    least, most = found.window[key]
    if most is not None and most - least < NARROW:
        width = f"a window of {ms(most - least)}" if most > least else "one moment"
        yield (
            f"{words.message(key)} must hit {width}, which is narrower than {ms(NARROW)} "
            "and not yet seen on real sockets"
        )
