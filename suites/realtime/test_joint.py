"""Those who take part in a call, without a call: who is told what, and in which order."""

import asyncio
from typing import Any, cast

import pytest

from agent_rehearsal.wire import Raw, Send
from agent_rehearsal.wire.service import Socketed
from mock_realtime.channel import AUDIO_DELTAS
from mock_realtime.joint import Aside, Joint, Party

pytestmark = pytest.mark.explore


class Ear:
    """A connection that keeps what it is told; it takes as many turns of the loop as it is slow."""

    def __init__(self, *, slow: int = 0) -> None:
        self.told: list[str] = []
        self.left = False
        self.breaks = False
        self._slow = slow

    async def send(self, run: list[Send | Raw], sizes: tuple[int, ...]) -> None:
        for _ in range(self._slow):
            await asyncio.sleep(0)
        if self.breaks:
            raise ConnectionResetError
        self.told += [piece.type if isinstance(piece, Send) else "raw" for piece in run]


def enter(joint: Joint, ear: Ear, *, has_media: bool = False) -> Party:
    """Let somebody take part."""
    party = joint.enter(cast(Socketed, cast(Any, ear)))
    party.has_media = has_media
    return party


def event(type: str) -> Send:
    return Send(b"{}", type)


async def test_all_hear_the_same_in_the_same_order() -> None:
    """However long each of them takes, and whoever speaks."""
    joint, quick, slow = Joint(), Ear(), Ear(slow=3)
    parties = [enter(joint, quick), enter(joint, slow)]
    said = [parties[number % 2].send([event(str(number))], ()) for number in range(6)]
    await asyncio.gather(*said)
    assert quick.told == slow.told == list("012345")


async def test_an_aside_is_for_one() -> None:
    """What stands around it is for all."""
    joint, first, second = Joint(), Ear(), Ear()
    party = enter(joint, first)
    enter(joint, second)
    await party.send([Aside(b"{}", "hello"), event("news"), Raw(b"x")], ())
    assert (first.told, second.told) == (["hello", "news", "raw"], ["news", "raw"])


@pytest.mark.parametrize("type", AUDIO_DELTAS)
async def test_audio_is_for_media_where_there_is_any(type: str) -> None:
    """Without, it is an event as any other."""
    joint, sideband, peer = Joint(), Ear(), Ear()
    party = enter(joint, sideband)
    await party.send([event(type)], ())
    enter(joint, peer, has_media=True)
    await party.send([event(type), event("news")], ())
    assert (sideband.told, peer.told) == ([type, "news"], [type, "news"])


async def test_one_that_is_gone_does_not_keep_it_from_the_others() -> None:
    """Gone before, or while it is told, or the speaker itself."""
    joint, speaker, broken, there = Joint(), Ear(), Ear(), Ear()
    party = enter(joint, speaker)
    enter(joint, broken)
    enter(joint, there)
    speaker.left = broken.breaks = True
    await party.send([event("news")], ())
    assert (speaker.told, broken.told, there.told) == ([], [], ["news"])


async def test_where_nobody_is_left_it_is_an_error() -> None:
    """As on a connection that has ended."""
    joint, ear = Joint(), Ear()
    party = enter(joint, ear)
    joint.leave(party)
    with pytest.raises(ConnectionResetError, match="nobody takes part in the call any more"):
        await party.send([event("news")], ())
    assert ear.told == []
