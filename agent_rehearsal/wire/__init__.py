"""What the mock servers share: scripts and their player, rules that choose a reply, findings, and
the HTTP server.
"""

from agent_rehearsal.wire.conversation import Conversation, Script, is_coroutine_reply, perform
from agent_rehearsal.wire.event_stream import EventEncoder, EventStream
from agent_rehearsal.wire.findings import Finding, Findings, Level, Strictness, Violation
from agent_rehearsal.wire.gate import Gate
from agent_rehearsal.wire.http import Exchange
from agent_rehearsal.wire.mock import MISSES, Miss, Mock, code_of
from agent_rehearsal.wire.player import Player, Sink
from agent_rehearsal.wire.problem import json_answer, problem
from agent_rehearsal.wire.queue import Queue
from agent_rehearsal.wire.rules import ALWAYS, Ambiguous, Rule, Rules, Unmatched
from agent_rehearsal.wire.script import (
    Answer,
    Close,
    Delay,
    Fault,
    Fragment,
    Mark,
    Raw,
    Send,
    Step,
    close,
    cut,
    delay,
    fragment,
    raw,
    reset,
    stall,
)
from agent_rehearsal.wire.server import PortInUse, Server
from agent_rehearsal.wire.view import FrameView, View, object_of
from agent_rehearsal.wire.websocket import Socket

__all__ = [
    "ALWAYS",
    "MISSES",
    "Ambiguous",
    "Answer",
    "Close",
    "Conversation",
    "Delay",
    "EventEncoder",
    "EventStream",
    "Exchange",
    "Fault",
    "Finding",
    "Findings",
    "Fragment",
    "FrameView",
    "Gate",
    "Level",
    "Mark",
    "Miss",
    "Mock",
    "Player",
    "PortInUse",
    "Queue",
    "Raw",
    "Rule",
    "Rules",
    "Script",
    "Send",
    "Server",
    "Sink",
    "Socket",
    "Step",
    "Strictness",
    "Unmatched",
    "View",
    "Violation",
    "close",
    "code_of",
    "cut",
    "delay",
    "fragment",
    "is_coroutine_reply",
    "json_answer",
    "object_of",
    "perform",
    "problem",
    "raw",
    "reset",
    "stall",
]
