"""The session of a call on all of its connections: what the server says on one, it says on all.

Knows neither sessions nor scripts. A mark that ends a connection, or disturbs it, means the one
that is spoken on. Everybody hears the same in the same order, at the pace of the slowest.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from agent_rehearsal.journal import Connection, Entry, Journal
from agent_rehearsal.wire import Answer, Raw, Send
from agent_rehearsal.wire.service import Socketed
from mock_realtime.channel import AUDIO_DELTAS, Channel


@dataclass(frozen=True, slots=True)
class Aside(Send):
    """An event for the connection alone that is spoken on: of a greeting, of a push."""


class Joint:
    """Those who take part in one call."""

    def __init__(self) -> None:
        self._parties: list[Party] = []
        self._turn = asyncio.Lock()

    def enter(self, own: Socketed) -> "Party":
        """Somebody takes part from now on."""
        party = Party(own, self)
        self._parties.append(party)
        return party

    def leave(self, gone: Socketed) -> None:
        """Somebody has left."""
        self._parties = [party for party in self._parties if party is not gone]

    async def say(self, speaker: "Party", run: list[Send | Raw], sizes: tuple[int, ...]) -> None:
        """Say it to all. Raises ConnectionResetError where nobody is left to hear it."""
        heard = False
        async with self._turn:
            for party in tuple(self._parties):
                own = [piece for piece in run if self._is_for(party, piece, speaker)]
                heard |= await party.hear(own, sizes)
        if not heard:
            raise ConnectionResetError("nobody takes part in the call any more")

    def _is_for(self, party: "Party", piece: Send | Raw, speaker: "Party") -> bool:
        """Asides are for whom they are said to; where a call has media, audio is no event."""
        if isinstance(piece, Aside):
            return party is speaker
        is_audio = isinstance(piece, Send) and piece.type in AUDIO_DELTAS
        return party.has_media or not (is_audio and any(p.has_media for p in self._parties))


class Party:
    """One connection, by which everybody in the call is spoken to."""

    def __init__(self, own: Socketed, joint: Joint) -> None:
        self.own = own
        self.has_media = isinstance(own, Channel)
        """Whether audio that is sent to it is played."""
        self._joint = joint

    @property
    def entry(self) -> Entry:
        """What opened the connection."""
        return self.own.entry

    @property
    def conn(self) -> Connection | None:
        """The connection."""
        return self.own.conn

    @property
    def journal(self) -> Journal:
        """Where it is recorded."""
        return self.own.journal

    @property
    def left(self) -> bool:
        """Whether nothing more can be sent on it."""
        return self.own.left

    def messages(self) -> AsyncIterator[Entry]:
        """What comes on it."""
        return self.own.messages()

    async def hear(self, run: list[Send | Raw], sizes: tuple[int, ...]) -> bool:
        """Send on this connection alone; False where it has ended."""
        if self.left:
            return False
        try:
            if run:
                await self.own.send(run, sizes)
        except ConnectionError:
            return False
        return True

    async def send(self, run: list[Send | Raw], sizes: tuple[int, ...]) -> None:
        """Send to everybody."""
        await self._joint.say(self, run, sizes)

    async def answer(self, answer: Answer) -> None:
        """As the connection does."""
        await self.own.answer(answer)

    async def close(self, code: int, reason: str) -> None:
        """End this connection in good order."""
        await self.own.close(code, reason)

    async def ping(self, data: bytes) -> None:
        """Send a ping."""
        await self.own.ping(data)

    def withhold_pongs(self) -> None:
        """Answer no ping from now on."""
        self.own.withhold_pongs()

    def encoded(self, piece: Send | Raw) -> bytes:
        """The payload of a piece."""
        return self.own.encoded(piece)

    async def cut(self) -> None:
        """End this connection without a word."""
        await self.own.cut()

    async def half_close(self) -> None:
        """End one direction of it."""
        await self.own.half_close()

    async def reset(self) -> None:
        """Abort it."""
        await self.own.reset()
