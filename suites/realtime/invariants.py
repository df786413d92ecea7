"""What holds of all that went over the sockets of a conversation and of all that an agent told of
it, whatever happened. Each rule is a function that looks at a story which was played to its end,
and raises AssertionError.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from math import inf

from agent_rehearsal import Entry, Stage, direction, kind, of_type, on
from agent_rehearsal.face.agent import ENDINGS
from codex_core.realtime.output import COMPLETE, LABEL, STEERED
from codex_core.realtime.wire import STANDALONE
from mock_realtime import MessageView, RealtimeSession
from mock_realtime.conduct import NAMES as CONDUCT
from suites.realtime.doings import BOOM, LOUD
from suites.realtime.playing import IDLE, STARTED, Play
from suites.realtime.stories import Story
from suites.realtime.talking import CLOSED, TOLD, told
from suites.realtime.talking import STARTED as BEGUN

NAME = re.compile(r"(answer|more|speech|text|tick|typed) \d{3}")
"""What the text of a message is known by."""
TASK = re.compile(r"<input>(task \d{3})</input>")
HANDED = re.compile(rb"task \d{3}")
TYPED = re.compile(r"typed \d{3}")
ANSWERED = re.compile(r"(?:answer|more) (\d{3})")
Outputs = Iterator[tuple[str, str | None]]
CROSSINGS = {"overlapping-response", "early-audio"}
"""What a client may do because it cannot know better."""


def told_in_order(play: Play) -> None:
    """One session at a time: told as begun, then what it says, then one error where an error ended
    it, then one end; nothing of it after that, nor after the next one has begun.
    """
    running, failing = "", False
    for event in play.thread.events:
        own = event.get("turn_id")
        if BEGUN(event):
            running, failing = own, False
        elif told("error")(event):
            assert not failing
            failing = own == running
            running = running if failing or "voice" in event.get("payload.message") else ""
        elif CLOSED(event):
            if event.get("reason") != "requested":
                assert (own, event.get("reason") == "error") == (running, failing)
            running, failing = "", False
        elif TOLD(event):
            assert (own, failing) == (running, False)
    assert not running


def errors_are_the_server_s(play: Play) -> None:
    """No other error than what the story made happen."""
    known = (BOOM, "voice", "HTTP error: 500", "disconnected")
    for event in filter(told("error"), play.thread.events):
        text = event.get("payload.message")
        assert any(part in text for part in known), text


def settings_come_first(play: Play) -> None:
    """Once on each connection."""
    for session in play.stage.realtime.sessions:
        types = [view.type for view in session.received()]
        assert types.count("session.update") == bool(types)
        assert types[:1] in ([], ["session.update"])


def nothing_is_lost_or_twice(play: Play) -> None:
    """What was handed in arrives at most once, each kind in its order, session after session; what
    was refused never.
    """
    arrived = [name for session in play.stage.realtime.sessions for name in names(session)]
    for kinds in (("speech", "text", "tick", "typed"), ("sound",)):
        own = [name for name in arrived if name.startswith(kinds)]
        order = [name for name in play.said if name in set(own)]
        assert own == order
    refused = {event.get("turn_id") for event in play.thread.events if IDLE(event)}
    assert not [name for name in arrived if name in play.said and play.said[name].id in refused]


def what_came_at_a_time_of_rest_is_there(play: Play) -> None:
    """What was handed in, and said by the agent, between two rests of one session has arrived."""
    spoken = [(e.seq, e.get("message")) for e in play.thread.events if e.type == "agent_message"]
    handed = [(said.seq, said.name) for said in play.said.values()]
    sessions = {session.conn.id: session for session in play.stage.realtime.sessions}
    for before, after in pairwise(play.rests):
        if before.conn == after.conn:
            due = {name for seq, name in spoken + handed if before.seq <= seq < after.seq}
            assert due <= {*names(sessions[after.conn])}


def one_response_at_a_time(play: Play) -> None:
    """After the first request for a response each needs the end of one: of the one that was asked
    for, or of one that the server began by itself while the request was on its way.
    """
    for session in play.stage.realtime.sessions:
        over = of_type("response.done") | of_type("response.cancelled")
        ends = [entry.seq for entry in sent_to(play, session) if over(entry)]
        for number, asked in enumerate(session.received(of_type("response.create"))):
            assert sum(end < asked.entry.seq for end in ends) >= number


def the_client_is_well_behaved(play: Play) -> None:
    """It answers no call that is none of the session's, and cuts off no item that is not there."""
    found = {finding.name for finding in play.stage.findings.of_level("advice")}
    assert not {name for name in found if name in CONDUCT} - CROSSINGS


def no_input_is_lost(play: Play) -> None:
    """What was typed, and what was told to be handed over, is in the history once, or was given
    back.
    """
    kept = " ".join(play.stage.responses.requests[-1].texts("user"))
    given = json.dumps([e.get("unconsumed_input") for e in play.thread.events if ENDINGS(e)])
    found = [*TYPED.findall(kept + given), *TASK.findall(kept + given)]
    wanted = [name for name in play.said if name.startswith("typed")]
    assert sorted(found) == sorted([*wanted, *handoffs(play)])


def turns_end_once(play: Play) -> None:
    """One after the other."""
    events = [e for e in play.thread.events if STARTED(e) or ENDINGS(e)]
    assert [STARTED(event) for event in events] == [True, False] * (len(events) // 2)
    for start, end in zip(events[::2], events[1::2], strict=True):
        assert start.get("turn_id") == end.get("turn_id")


def output_goes_to_its_handoff(play: Play) -> None:
    """A call has one answer, on its connection. What goes back to a handoff was said in a turn that
    has it; what a turn says that has had it from its beginning goes nowhere else.
    """
    held, began = holders(play), first_inputs(play)
    for session in play.stage.realtime.sessions:
        own = handed_over(play, session)
        calls = [view.call_id for view in session.received() if view.call_id is not None]
        assert len(calls) == len(set(calls))
        for turn, handoff in outputs(play, session):
            if handoff is not None:
                assert handoff in own
                assert turn in held[handoff]
            else:
                later = {task for task, turns in held.items() if turn in turns[1:]}
                first = TASK.findall(began[turn])
                assert not own.intersection(later.union(first)) - steered(session)


def no_call_is_left_open(play: Play) -> None:
    """On v2, at a time of rest, a call has its answer if the last turn that has it is complete."""
    held, complete = holders(play), completed(play)
    sessions = {session.conn.id: session for session in play.stage.realtime.sessions}
    for rest in play.rests:
        session = sessions[rest.conn]
        answered = {view.call_id for view in session.received()}
        for task in handed_over(play, session) & held.keys() - answered:
            last = complete.get(held[task][-1], inf)
            assert session.shape == "v1" or last > rest.seq, task


def steering_needs_an_open_handoff(play: Play) -> None:
    """A call is answered as one that joined another's turn only while that is not complete."""
    held, asked, complete = holders(play), handoffs(play), completed(play)
    over = {task: [complete[turn] for turn in held[task] if turn in complete] for task in asked}
    for session in play.stage.realtime.sessions:
        for task in steered(session):
            earlier = handed_over(play, session).intersection(asked[: asked.index(task)])
            (event,) = filter(told("handoff_requested", handoff_id=task), play.thread.events)
            assert any(min(over[each], default=inf) > event.seq for each in earlier)


def completed(play: Play) -> dict[str, int]:
    """The turns that ended by themselves, and when."""
    return {e.get("turn_id"): e.seq for e in play.thread.events if e.type == "task_complete"}


def handoffs(play: Play) -> list[str]:
    """The tasks that the agent was told of."""
    requested = filter(told("handoff_requested"), play.thread.events)
    return [event.get("payload.handoff_id") for event in requested]


def handed_over(play: Play, session: RealtimeSession) -> set[str]:
    """The tasks that the server handed over on a session."""
    return {name.decode() for entry in sent_to(play, session) for name in HANDED.findall(entry.raw)}


def sent_to(play: Play, session: RealtimeSession) -> list[Entry]:
    """The messages of the server on a session."""
    own = on(session.conn) & kind("frame") & direction("out")
    return play.stage.journal.select(own)


def names(session: RealtimeSession) -> list[str]:
    """What has arrived on a session, by name."""
    return [name for view in session.received() if (name := name_of(view))]


def name_of(view: MessageView) -> str | None:
    if view.audio:
        return view.audio.removeprefix(LOUD).decode()
    found = NAME.search(view.said or "")
    return found.group() if found else None


def outputs(play: Play, session: RealtimeSession) -> list[tuple[str, str | None]]:
    """The turns whose messages came back on a session, each with the handoff that it came back to,
    None for one that came back to none.
    """
    return list(OUTPUTS[session.shape](play, session.received()))


def outputs_v1(play: Play, views: list[MessageView]) -> Outputs:
    for view in views:
        if turn := turn_of(play, view):
            handoff = view.get("handoff_id")
            yield turn, None if handoff == STANDALONE else handoff


def outputs_v2(play: Play, views: list[MessageView]) -> Outputs:
    """On v2 what comes back to a handoff has a label, and the answer to its call comes after it."""
    labelled: list[str] = []
    for view in views:
        if view.call_id and view.said == COMPLETE:
            yield from ((turn, view.call_id) for turn in labelled)
            labelled.clear()
        elif (turn := turn_of(play, view)) and LABEL in (view.said or ""):
            labelled.append(turn)
        elif turn:
            yield turn, None


def turn_of(play: Play, view: MessageView) -> str | None:
    """The turn in which the agent said what a message brings, if it is the agent's."""
    found = ANSWERED.search(view.said or "")
    if found is None:
        return None
    (asked,) = play.rules[int(found[1])].answered
    turn: str = json.loads(asked.get("client_metadata")["x-codex-turn-metadata"])["turn_id"]
    return turn


def steered(session: RealtimeSession) -> set[str]:
    """The handoffs that joined the turn of another one."""
    return {view.call_id or "" for view in session.received() if view.said == STEERED}


def first_inputs(play: Play) -> dict[str, str]:
    """What each turn began with."""
    found: dict[str, str] = {}
    for event in play.thread.events:
        if event.type == "user_message":
            found.setdefault(event.get("turn_id"), event.get("message"))
    return found


def holders(play: Play) -> dict[str, list[str]]:
    """The turns that have each handoff: the one that took it, and as long as one is aborted the
    next one too.
    """
    held: defaultdict[str, list[str]] = defaultdict(list)
    passed_on: set[str] = set()
    for turn, events in turns(play).items():
        taken = set(TASK.findall(json.dumps([event.json for event in events])))
        for task in taken | passed_on:
            held[task].append(turn)
        passed_on = taken | passed_on if events[-1].type == "turn_aborted" else set()
    return held


def turns(play: Play) -> dict[str, list[Entry]]:
    """The events of each turn that tell of its input and its end."""
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for event in play.thread.events:
        if STARTED(event) or ENDINGS(event) or event.type == "user_message":
            found[event.get("turn_id")].append(event)
    return found


OUTPUTS: Mapping[str, Callable[[Play, list[MessageView]], Outputs]] = {
    "v1": outputs_v1,
    "v2": outputs_v2,
}

RULES = (
    told_in_order,
    errors_are_the_server_s,
    settings_come_first,
    nothing_is_lost_or_twice,
    what_came_at_a_time_of_rest_is_there,
    one_response_at_a_time,
    the_client_is_well_behaved,
    no_input_is_lost,
    turns_end_once,
    output_goes_to_its_handoff,
    no_call_is_left_open,
    steering_needs_an_open_handoff,
)
"""All of them."""


async def check(stage: Stage, story: Story) -> None:
    """Plays the story; raises for the first rule that does not hold of it."""
    play = Play(story, stage)
    await play.run()
    for rule in RULES:
        rule(play)
