"""What the mock servers share: scripts and their player, rules that choose a reply, findings, and
the HTTP server.
"""

from agent_rehearsal.wire.conversation import Conversation, Script, is_coroutine_reply, perform
from agent_rehearsal.wire.delivery import Whole, plain_head
from agent_rehearsal.wire.event_stream import EventEncoder, EventStream
from agent_rehearsal.wire.faults import ANYWHERE, at_random, duplicate, reorder, within
from agent_rehearsal.wire.findings import Finding, Findings, Level, Strictness, Violation
from agent_rehearsal.wire.garbage import garbage
from agent_rehearsal.wire.gate import Gate
from agent_rehearsal.wire.http import Exchange
from agent_rehearsal.wire.mock import MISSES, Miss, Mock, Test, code_of
from agent_rehearsal.wire.pacing import paced, timed
from agent_rehearsal.wire.player import Player, Sink
from agent_rehearsal.wire.problem import json_answer, problem, refuse
from agent_rehearsal.wire.queue import Queue
from agent_rehearsal.wire.rules import ALWAYS, Ambiguous, Rule, Rules, Unmatched, ask
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
    half_close,
    only_data,
    ping,
    raw,
    reset,
    split_utf8,
    stall,
    withhold_pongs,
)
from agent_rehearsal.wire.server import PortInUse, Server
from agent_rehearsal.wire.service import Talks
from agent_rehearsal.wire.sockets import Where
from agent_rehearsal.wire.view import FrameView, View, object_of
from agent_rehearsal.wire.watch import Watch
from agent_rehearsal.wire.websocket import Socket

__all__ = [
    "ALWAYS",
    "ANYWHERE",
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
    "Talks",
    "Test",
    "Unmatched",
    "View",
    "Violation",
    "Watch",
    "Where",
    "Whole",
    "ask",
    "at_random",
    "close",
    "code_of",
    "cut",
    "delay",
    "duplicate",
    "fragment",
    "garbage",
    "half_close",
    "is_coroutine_reply",
    "json_answer",
    "object_of",
    "only_data",
    "paced",
    "perform",
    "ping",
    "plain_head",
    "problem",
    "raw",
    "refuse",
    "reorder",
    "reset",
    "split_utf8",
    "stall",
    "timed",
    "withhold_pongs",
    "within",
]
