"""What holds of all that an agent sent and told, whatever happened to it. Each rule is a function
that looks at a story which was played to its end, and raises AssertionError.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from agent_rehearsal import Entry, direction, like, of_type, on
from agent_rehearsal.face.agent import ENDINGS
from mock_responses import RequestView, is_prewarm
from mock_responses.views import content_texts
from suites.turns.answers import WHOLE
from suites.turns.balance import assert_balanced
from suites.turns.compacting import metadata
from suites.turns.stories import EXTRA, STARTED, Play
from suites.turns.wires import turn_states

OF_A_COMMAND = {"exec_command_output_delta", "exec_command_end"}
ENDED = {"response.completed", "response.failed", "response.incomplete", "error"}
OF_THE_REQUEST = ("input", "previous_response_id", "client_metadata", "generate")
"""Fields of a frame that may differ where it goes on from another."""
SAID = ("type", "role", "call_id", "name", "arguments", "output", "encrypted_content")
"""Fields of items that both sides know, beside the texts."""


def requests(play: Play, *kinds: str) -> list[RequestView]:
    """The requests of these kinds, of all without any, in the order of their turns: what a turn
    sent before it was given up may arrive after the next one's.
    """
    started = [event.get("turn_id") for event in play.thread.events if STARTED(event)]
    order = {turn: number for number, turn in enumerate(started)}
    found = play.stage.responses.requests
    wanted = [one for one in found if not kinds or metadata(one)["request_kind"] in kinds]
    return sorted(wanted, key=lambda one: order.get(metadata(one)["turn_id"], -1))


def calls_have_outputs(play: Play) -> None:
    """Each call has one output after it, each output its call, in the same order."""
    for request in requests(play):
        assert_balanced(request.logical_input)


def inputs_only_grow(play: Play) -> None:
    """Within a window each request of a turn begins with the one before it."""
    for before, after in pairwise(requests(play, "turn")):
        if metadata(before)["window_id"] == metadata(after)["window_id"]:
            assert goes_on_from(after, before)


def what_was_done_is_kept(play: Play) -> None:
    """What a response brought is in the next request of its window, however the response ended."""
    for before, after in pairwise(requests(play, "turn")):
        if given_up(play, before):
            continue
        if metadata(before)["window_id"] == metadata(after)["window_id"]:
            done = of_type("response.output_item.done")
            items = [event.get("item") for event in filter(done, answer(play, before))]
            assert goes_on_from(after, before, *items)


def goes_on_from(after: RequestView, before: RequestView, *answered: dict[str, Any]) -> bool:
    """Does the input of a request begin with that of another, and what was answered to that?"""
    old, new = content([*before.logical_input, *answered]), content(after.logical_input)
    return new[: len(old)] == old


def content(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What items say; the server knows some by fields that nobody sends back."""
    return [
        {name: item[name] for name in SAID if item.get(name) is not None}
        | {"texts": content_texts(item.get("content"))}
        for item in items
    ]


def requests_are_of_one_thread(play: Play) -> None:
    """The key of the provider's cache and the ids of thread and session never change, and items
    have no ids.
    """
    for request in requests(play):
        assert request.body["prompt_cache_key"] == play.thread.id
        assert request.body["client_metadata"]["thread_id"] == play.thread.id
        assert not [item for item in request.input if "id" in item]


def turn_states_are_written_once(play: Play) -> None:
    """A turn says none until one came with an answer to it, then that one, and no other turn's."""
    offered: defaultdict[str, list[str]] = defaultdict(list)
    kept: dict[str, str] = {}
    sure: set[str] = set()
    kinds = ("turn", "compaction") if play.story.remote else ("turn",)
    asked = requests(play, *kinds)
    for request, state in zip(asked, turn_states(asked), strict=True):
        turn = metadata(request)["turn_id"]
        if turn in kept or state is None:
            assert state == kept.get(turn)
            assert state is not None or turn not in sure
        else:
            assert state in offered[turn]
            kept[turn] = state
        for number, name in answers_to(play, request):
            if turn not in sure:
                offered[turn].append(f"state {number}")
            if name in WHOLE:
                sure.add(turn)


def answers_to(play: Play, request: RequestView) -> Iterator[tuple[int, str]]:
    """The number and the name of the answer to a request that brought a turn state, if one did."""
    for number, (name, stateful) in enumerate(play.story.answers):
        if stateful and request.entry in play.rules[number].answered:
            yield number, name


def the_clients_metadata_stays_in_its_place(play: Play) -> None:
    """It is inside the metadata of the turn that it came with, and nowhere else."""
    for request in requests(play):
        body = dict(request.body)
        told = dict(body.pop("client_metadata"))
        told.pop("x-codex-turn-metadata")
        assert EXTRA not in json.dumps(told)
        assert EXTRA not in json.dumps(body)
    for request in requests(play, "turn"):
        own = of_type("user_message") & like({"turn_id": metadata(request)["turn_id"]})
        heard = [e for e in play.thread.events if own(e) and e.seq < request.entry.seq]
        given = [text for text in texts(heard) if play.said.index(text) % 2 == 0]
        assert metadata(request).get(EXTRA) == (given[-1] if given else None)


def texts(events: list[Entry]) -> list[str]:
    return [event.get("message") for event in events]


def responses_are_gone_on_from_where_they_ended_well(play: Play) -> None:
    """A frame names the response that was completed right before it on its socket, under the same
    settings; and where it could it does.
    """
    sockets: defaultdict[str, list[RequestView]] = defaultdict(list)
    for request in requests(play):
        if request.entry.kind == "frame":
            assert request.conn is not None
            sockets[request.conn.id].append(request)
    for frames in sockets.values():
        assert frames[0].previous_response_id is None
        for before, after in pairwise(frames):
            check_pair(play, before, after)


def check_pair(play: Play, before: RequestView, after: RequestView) -> None:
    """Two requests on one socket, one right after the other."""
    (end,) = [event for event in answer(play, before) if event.type in ENDED]
    assert end.type == "response.completed"
    same = options(before) == options(after)
    if after.previous_response_id is not None:
        assert after.previous_response_id == end.get("response.id")
        assert same
    elif same and not given_up(play, before):
        assert not goes_on_from(after, before, *end.get("response.output"))


def answer(play: Play, request: RequestView) -> list[Entry]:
    """The events that went out after a request on its connection, before another request came."""
    its_own = on(request.conn)
    later = [r.entry.seq for r in requests(play) if its_own(r.entry)]
    until = min((seq for seq in later if seq > request.entry.seq), default=None)
    found = play.stage.journal.select(its_own & direction("out"), after=request.entry)
    return [entry for entry in found if until is None or entry.seq < until]


def given_up(play: Play, request: RequestView) -> bool:
    """Was the turn of a request ended from outside?"""
    ended = turns(play).get(metadata(request)["turn_id"], ())
    return any(event.type == "turn_aborted" for event in ended)


def options(request: RequestView) -> dict[str, Any]:
    return {name: value for name, value in request.body.items() if name not in OF_THE_REQUEST}


def no_input_is_lost(play: Play) -> None:
    """Each text is in the history, once, or was given back, once; a turn that was completed has
    asked about each of its own.
    """
    kept = requests(play)[-1].texts("user")
    returned = [
        part["text"]
        for event in play.thread.events
        for given in event.get("unconsumed_input") or ()
        for part in given["items"]
    ]
    assert {text: kept.count(text) + returned.count(text) for text in play.said} == dict.fromkeys(
        play.said, 1
    )
    for turn, events in turns(play).items():
        if not {"error", "turn_aborted"} & {event.type for event in events}:
            heard = texts([event for event in events if event.type == "user_message"])
            asked = [r for r in requests(play, "turn") if metadata(r)["turn_id"] == turn]
            assert not set(heard) - {text for r in asked for text in r.texts("user")}


def turns(play: Play) -> dict[str, list[Entry]]:
    """The events of each turn."""
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for event in play.thread.events:
        if turn := event.get("turn_id"):
            found[turn].append(event)
    return found


def turns_end_once(play: Play) -> None:
    """The first event of a turn is its start and the last its end, and there is one of each, but
    for what comes of a command that goes on; no command runs twice.
    """
    for all_of_it in turns(play).values():
        events = [event for event in all_of_it if event.type not in OF_A_COMMAND]
        assert [STARTED(event) for event in events] == [True] + [False] * (len(events) - 1)
        assert [ENDINGS(event) for event in events] == [False] * (len(events) - 1) + [True]
    begun = [e.get("call_id") for e in play.thread.events if e.type == "exec_command_begin"]
    assert len(begun) == len(set(begun))


def windows_are_counted(play: Play) -> None:
    """The number of a request's window is the number of compactions before it."""
    compacted = [e.seq for e in play.thread.events if e.type == "context_compacted"]
    for request in requests(play):
        if not is_prewarm(request.entry):
            (end,) = filter(ENDINGS, turns(play)[metadata(request)["turn_id"]])
            number = sum(seq < min(request.entry.seq, end.seq) for seq in compacted)
            assert metadata(request)["window_id"] == f"{play.thread.id}:{number}"


def all_is_well_in_the_end(play: Play) -> None:
    """The last words are answered."""
    assert play.thread.events[-1].get("last_agent_message") == "fine"


RULES = (
    calls_have_outputs,
    inputs_only_grow,
    what_was_done_is_kept,
    requests_are_of_one_thread,
    turn_states_are_written_once,
    the_clients_metadata_stays_in_its_place,
    responses_are_gone_on_from_where_they_ended_well,
    no_input_is_lost,
    turns_end_once,
    windows_are_counted,
    all_is_well_in_the_end,
)
"""All of them."""
