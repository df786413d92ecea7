"""Responses that are played beside each other and beside the answers to other messages.

The only part of a session that knows tasks. Each response is a lane of its own, so that a message
which stops it is answered while it is held at a gate.
"""

import asyncio
from collections.abc import Callable, Iterator
from itertools import chain

from agent_rehearsal.journal import Entry
from agent_rehearsal.wire import Player, Raw, Send, Step, Talks
from agent_rehearsal.wire.player import DATA
from agent_rehearsal.wire.rewrite import Rewrite
from mock_realtime.session import AnyTurn


class Lane:
    """One response while it is played."""

    def __init__(self, turn: AnyTurn, steps: Iterator[Step], player: Player) -> None:
        self.turn = turn
        self.parked = False
        """Whether it waits at a mark."""
        self._steps = steps
        self._player = player

    async def play(self) -> None:
        """Send its events, and wait as its marks say.

        What was made is written before anything else is made, so that it can be stopped only where
        it waits.
        """
        run: list[Send | Raw] = []
        for step in self._steps:
            if isinstance(step, DATA):
                run.append(step)
                continue
            if isinstance(step, Rewrite):
                await self._player.play(chain(run, [step], self._steps))
                return
            await self._player.play(run)
            run = []
            self.parked = True
            await self._player.play([step])
            self.parked = False
            if self._player.ended:
                return
        await self._player.play(run)


class Lanes:
    """The lanes of one session. `blame` is told of a response that raised."""

    __slots__ = ("_blame", "_tasks")

    def __init__(self, blame: Callable[[Exception, Entry], object]) -> None:
        self._blame = blame
        self._tasks: dict[asyncio.Task[None], Lane] = {}

    def start(
        self, turn: AnyTurn, steps: Iterator[Step], entry: Entry, talks: Talks
    ) -> asyncio.Task[None]:
        """Play a response on a connection from now on; `entry` is what it answers."""
        player = Player(talks, talks.journal, talks.conn, entry.seq)
        lane = Lane(turn, steps, player)
        task = asyncio.create_task(self._play(lane, entry, talks))
        self._tasks[task] = lane
        task.add_done_callback(self._tasks.pop)
        return task

    def tidy(self) -> None:
        """End the lanes whose response is over and that wait for something."""
        for task, lane in self._tasks.items():
            if lane.turn.over and lane.parked:
                task.cancel()

    async def close(self) -> None:
        """End all."""
        lanes = dict(self._tasks)
        for task, lane in lanes.items():
            lane.turn.over = True  # a task that has not begun does not end by itself
            task.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)

    async def _play(self, lane: Lane, entry: Entry, talks: Talks) -> None:
        try:
            await lane.play()
        except ConnectionError:
            return
        except Exception as error:
            self._blame(error, entry)
            await talks.close(1011, "a reply raised")
        finally:
            lane.turn.over = True
