"""The zoo: twelve small programs over real aiohttp and websockets code, each with one race.

Each passes on an idle machine, racy or mended; the racy one breaks when a message is late, the
mended one, which differs only in the cure, never does.
"""

from collections.abc import Mapping
from typing import Protocol

from suites.races.zoo import (
    backlog,
    cleanup,
    interrupt,
    last_seat,
    late_answer,
    reconnect,
    release,
    resume,
    slots,
    subscription,
    two_queues,
    wake_up,
)


class Play(Protocol):
    """Plays the program from its server's start to its end; raises if what it promises fails."""

    async def __call__(self, *, mended: bool) -> None: ...


ZOO: Mapping[str, Play] = {
    "two queues behind one forwarder": two_queues.play,
    "slots by arrival": slots.play,
    "event before subscribe": subscription.play,
    "lost wake-up": wake_up.play,
    "check then act over an await": last_seat.play,
    "double release": release.play,
    "interrupt against result": interrupt.play,
    "second cancel in a finally": cleanup.play,
    "queue dropped on close": backlog.play,
    "stale slot on reconnect": reconnect.play,
    "answer after a timeout": late_answer.play,
    "resume gap": resume.play,
}
