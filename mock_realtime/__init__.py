"""The Realtime API as a mock server. Made by `agent_rehearsal.Stage`; a test meets it as
`realtime`.

Start with `message`, `speech`, `function_call` and `handoff` for what the model says, `heard` for
the user; single events are the values of `events` and `v1_events`.
"""

from mock_realtime import events, v1_events
from mock_realtime.call import Call, CallAnswer, call_answer
from mock_realtime.handle import RealtimeSession
from mock_realtime.joins import joins
from mock_realtime.mock import MockRealtime
from mock_realtime.offer import BadOffer, CallView
from mock_realtime.parts import (
    barge_in,
    failed,
    function_call,
    handoff,
    heard,
    incomplete,
    message,
    speech,
    text,
    usual,
)
from mock_realtime.predicates import opened, says
from mock_realtime.refusal import Refusal
from mock_realtime.views import MessageView

__all__ = [
    "BadOffer",
    "Call",
    "CallAnswer",
    "CallView",
    "MessageView",
    "MockRealtime",
    "RealtimeSession",
    "Refusal",
    "barge_in",
    "call_answer",
    "events",
    "failed",
    "function_call",
    "handoff",
    "heard",
    "incomplete",
    "joins",
    "message",
    "opened",
    "says",
    "speech",
    "text",
    "usual",
    "v1_events",
]
