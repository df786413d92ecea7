"""A realtime conversation of the agent on a stage: starting it, and reading what went over it."""

from typing import Any

from agent_rehearsal import Entry, Predicate, direction, kind, like, of_type, source
from agent_rehearsal.face.agent import AgentThread, Codex
from codex_core.config.realtime import RealtimeSettings
from mock_realtime import MockRealtime, RealtimeSession
from mock_responses import RequestView

Json = dict[str, Any]
TOLD = of_type("realtime_conversation_realtime")
CLOSED = of_type("realtime_conversation_closed")
STARTED = of_type("realtime_conversation_started")
IDLE = "conversation is not running"
AS_THE_REFERENCE = RealtimeSettings(
    mirror_user_text=False,
    mark_replaced=False,
    label_output=False,
    playback_aware=False,
    ask_again=False,
    answer_all=False,
)


def told(type_: str, **fields: Any) -> Predicate:
    """The agent tells an event of the conversation."""
    return TOLD & like({"payload": {"type": type_, **fields}})


async def talk(codex: Codex, realtime: MockRealtime, **fields: Any) -> tuple[Any, RealtimeSession]:
    """A thread with a conversation, which the server has set up; no prompt unless it is given."""
    given = {"prompt": "p", "include_startup_context": False, **fields}
    thread = await codex.start(realtime=given)
    session = await realtime.session(of_type("session.update"))
    await thread.wait_for(told("session_updated"))
    return thread, session


def sent(session: RealtimeSession) -> list[Json]:
    """What the agent sent after it had set the session up, without the sound."""
    views = [view for view in session.received() if view.type != "input_audio_buffer.append"]
    assert views[0].type == "session.update"
    return [view.json for view in views[1:]]


def texts(session: RealtimeSession) -> list[str]:
    """The texts of what the agent sent."""
    return [view.said for view in session.received() if view.said is not None]


def closes(thread: AgentThread) -> list[str]:
    """The reasons of the ends so far."""
    return [event.get("reason") for event in thread.events if CLOSED(event)]


def errors(thread: AgentThread) -> list[str]:
    """The errors of conversations so far."""
    wanted = told("error")
    return [event.get("payload.message") for event in thread.events if wanted(event)]


def upgrades(realtime: MockRealtime) -> list[Entry]:
    """The handshakes so far."""
    return realtime.journal.select(kind("open") & source("realtime"))


def incoming(test: Predicate) -> Predicate:
    """A message that the agent sent."""
    return kind("frame") & direction("in") & test


def item(role: str, text: str) -> Json:
    """A text for the conversation, as it is sent."""
    part = "output_text" if role == "assistant" else "input_text"
    content = [{"type": part, "text": text}]
    return _create({"type": "message", "role": role, "content": content})


def output(call_id: str, text: str) -> Json:
    """The answer to a call, as it is sent."""
    return _create({"type": "function_call_output", "call_id": call_id, "output": text})


def append(handoff_id: str, text: str) -> Json:
    """What goes back to a handoff on v1, as it is sent."""
    return {"type": "conversation.handoff.append", "handoff_id": handoff_id, "output_text": text}


def _create(item: Json) -> Json:
    return {"type": "conversation.item.create", "item": item}


CREATE = {"type": "response.create"}


def last_user(request: RequestView) -> str:
    """The last text of the user's in a request to the agent's model."""
    users = [each for each in request.input if each.get("role") == "user"]
    return str(users[-1]["content"][-1]["text"])
