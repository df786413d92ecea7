"""A realtime session reads whatever becomes of what it writes; and the voices there are."""

import pytest

from codex_core import Codex, Runtime
from codex_core.protocol.realtime_ops import (
    RealtimeConversationClose,
    RealtimeConversationStart,
    RealtimeConversationText,
)
from codex_core.realtime.voices import VOICES
from suites.core.fakes import FakeTransport, events_until, make_config
from suites.core.sockets import FakeSocket, Opener


@pytest.mark.explore
async def test_what_comes_is_told_while_nothing_can_be_sent() -> None:
    """The server takes no more; its events do not wait for that."""
    socket = FakeSocket()
    core = Codex(
        make_config(provider={"experimental_bearer_token": "key"}),
        runtime=Runtime.deterministic(),
        transport=FakeTransport(),
        open_socket=Opener(socket),
    )
    async with core:
        thread = await core.start_thread()
        await thread.submit(RealtimeConversationStart())
        socket.stuck = True
        await thread.submit(RealtimeConversationText(text="held"))
        await events_until(thread, "realtime_conversation_started")
        socket.arrive({"type": "conversation.item.added", "item": {"id": "i"}})
        await events_until(thread, "realtime_conversation_realtime")
        await thread.submit(RealtimeConversationClose())
    assert [frame["type"] for frame in socket.sent] == ["session.update"]


def test_the_voices_of_each_version() -> None:
    """In the order in which they are listed, with the usual one of each."""
    v1 = "juniper maple spruce ember vale breeze arbor sol cove"
    v2 = "alloy ash ballad coral echo sage shimmer verse marin cedar"
    assert (" ".join(VOICES.v1), " ".join(VOICES.v2)) == (v1, v2)
    assert (VOICES.default_v1, VOICES.default_v2) == ("cove", "marin")
