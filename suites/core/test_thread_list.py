"""The threads of a core: what is kept of those that ended."""

import gc
import weakref
from pathlib import Path

from codex_core import Codex, Runtime
from codex_core.protocol.ops import user_text
from codex_core.realtime.startup.recent_work import MOST_THREADS
from codex_core.session.thread_list import MOST_ENDED, ThreadInShort, ThreadList
from suites.core.fakes import FakeTransport, answer, make_config, turn_end

HERE = Path("/w")


class Running:
    """A thread that was last active then; `None` is one in which nothing was said."""

    def __init__(self, active_at: float | None) -> None:
        short = active_at and ThreadInShort(cwd=HERE, active_at=active_at, asked=f"{active_at}")
        self.in_short = short or None

    async def shutdown(self) -> None: ...


async def test_a_thread_that_ended_is_let_go() -> None:
    """A core that starts one thread after the other keeps what was asked in them and no more."""
    transport = FakeTransport(answer("hi"), answer("ho"))
    world = Runtime.deterministic(root=Path("/"))
    async with Codex(make_config(), transport=transport, runtime=world) as core:
        first, second = await core.start_thread(), await core.start_thread()
        for thread, text in ((first, "one"), (second, "two")):
            await thread.submit(user_text(text))
            await turn_end(thread)
        others, gone = second._state.threads, weakref.ref(first._state)
        await first.shutdown()
        del first, thread
        gc.collect()
        assert gone() is None
        assert [other.asked for other in others] == ["one", "two"]
        assert others.running == [second]


def test_of_threads_that_ended_the_newest_are_kept() -> None:
    """By when they were used, as many as are told of; one where nothing was said leaves nothing."""
    assert MOST_ENDED == MOST_THREADS
    threads = ThreadList()
    times = [None, *range(MOST_ENDED + 2, 0, -1)]
    ended = [Running(at) for at in times]
    threads.running.extend(ended)
    for one in ended:
        threads.end(one)
    assert threads.running == []
    assert [kept.active_at for kept in threads] == list(range(3, MOST_ENDED + 3))
