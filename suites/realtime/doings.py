"""What may be done in a story, by the user, the client, the model and the network. A table."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from agent_rehearsal import close, cut, reset
from agent_rehearsal.face.realtime import frame_of
from codex_core.protocol import realtime_ops as ops
from codex_core.protocol.ops import Op, UserInput, user_text

if TYPE_CHECKING:
    from suites.realtime.playing import Play

LOUD = b"\x00\x40" * 24
ODD = {"type": "of.another.time", "response": {"id": "resp_of_nobody"}}
BOOM = "upstream boom"
ERROR = {"type": "error", "error": {"message": BOOM}}


def developer(text: str) -> Op:
    """A text that says what to do."""
    return ops.RealtimeConversationText(text=text, role="developer")


def _user(text: str) -> Op:
    return ops.RealtimeConversationText(text=text, role="user")


def _speech(text: str) -> Op:
    return ops.RealtimeConversationSpeech(text=text)


def _typed(text: str) -> Op:
    return UserInput(items=user_text(text).items)


def _sound(name: str) -> Op:
    return ops.RealtimeConversationAudio(frame=frame_of(LOUD + name.encode()))


async def _nothing(play: "Play") -> None:
    pass


DOINGS: Mapping[str, Callable[["Play"], Awaitable[Any]]] = {
    "nothing": _nothing,
    "say": lambda play: play.hand_in("typed", _typed),
    "write": lambda play: play.hand_in("text", _user),
    "have spoken": lambda play: play.hand_in("speech", _speech),
    "make a sound": lambda play: play.hand_in("sound", _sound),
    "interrupt": lambda play: play.thread.interrupt(),
    "close": lambda play: play.thread.stop_realtime(),
    "start v1": lambda play: play.start(version="v1"),
    "start v2": lambda play: play.start(),
    "start a call": lambda play: play.start(transport=ops.WebRtc(sdp="v=offer")),
    "start badly": lambda play: play.start(voice="nobody"),
    "hand over": lambda play: play.serve(play.hand_over),
    "speak": lambda play: play.serve(play.speak),
    "hear": lambda play: play.serve(lambda session: session.say("hm", audio=LOUD)),
    "barge in": lambda play: play.serve(lambda session: session.barge_in()),
    "be late": lambda play: play.serve(play.hand_over, at=0),
    "be odd": lambda play: play.serve(lambda session: session.send(ODD)),
    "repeat": lambda play: play.serve(play.repeat),
    "have an error": lambda play: play.serve(lambda session: session.send(ERROR)),
    "be closed": lambda play: play.serve(lambda session: session.send(close(1000))),
    "be reset": lambda play: play.serve(lambda session: session.send(reset())),
    "be cut": lambda play: play.serve(lambda session: session.send(cut())),
}
"""All of it, by name."""
