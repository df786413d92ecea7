"""What a client does wrong in a session is a finding with a name; what is its right is none."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from agent_rehearsal import Journal, Stage, Violation, of_type
from agent_rehearsal.journal import Connection, Direction
from agent_rehearsal.wire import Findings
from mock_realtime import events, function_call, speech
from mock_realtime.conduct import NAMES, Conduct
from suites.realtime.dialogue import GA, Dialogue, dialogue

CREATE = "response.create"
Misdeed = Callable[[Stage, Dialogue], Awaitable[None]]


async def asks_twice(live: Stage, client: Dialogue) -> None:
    gate = live.realtime.gate("middle")
    live.realtime.reply(speech("a", gate))
    await client.tell(CREATE)
    await client.ask(CREATE, "error")
    gate.open()


async def talks_too_early(live: Stage, client: Dialogue) -> None:
    gate = live.realtime.gate("before the answer")
    live.realtime.reply(gate, events.SessionUpdated(), when=of_type("session.update"))
    await client.tell("session.update", session=GA)
    await client.speak(b"\0\0")
    await live.realtime.wait_for(of_type("input_audio_buffer.append"))
    gate.open()
    await client.hear("session.updated")


async def deletes_what_is_not_there(live: Stage, client: Dialogue) -> None:
    await client.ask("conversation.item.delete", "error", item_id="gone")


async def puts_it_after_what_is_not_there(live: Stage, client: Dialogue) -> None:
    item = {"type": "message", "role": "user", "content": []}
    await client.ask("conversation.item.create", "error", item=item, previous_item_id="gone")


async def commits_nothing(live: Stage, client: Dialogue) -> None:
    await client.ask("input_audio_buffer.commit", "error")


async def answers_no_call(live: Stage, client: Dialogue) -> None:
    item = {"type": "function_call_output", "call_id": "gone", "output": ""}
    await client.ask("conversation.item.create", "error", item=item)


async def cancels_nothing(live: Stage, client: Dialogue) -> None:
    await client.ask("response.cancel", "error")


MISDEEDS: list[tuple[Misdeed, str]] = [
    (asks_twice, "overlapping-response"),
    (talks_too_early, "early-audio"),
    (deletes_what_is_not_there, "unknown-item"),
    (puts_it_after_what_is_not_there, "unknown-item"),
    (commits_nothing, "empty-commit"),
    (answers_no_call, "unknown-call"),
    (cancels_nothing, "idle-cancel"),
]
ADVICE = {"early-audio", "idle-cancel"}


@pytest.mark.explore
@pytest.mark.parametrize(
    ("misdeed", "name"), MISDEEDS, ids=lambda case: getattr(case, "__name__", case)
)
async def test_a_misdeed_is_told_by_its_name(live: Stage, misdeed: Misdeed, name: str) -> None:
    """One finding, which names the message that shows it."""
    async with dialogue(live) as client:
        await misdeed(live, client)
    (finding,) = [found for found in live.findings.of_level("advice") if found.name in NAMES]
    assert finding.name == name
    assert f"#{finding.about[-1]} " in finding.text
    with pytest.raises(Violation, match=name):
        live.assert_no_findings(name)


@pytest.mark.explore
@pytest.mark.parametrize(
    ("misdeed", "name"), MISDEEDS, ids=lambda case: getattr(case, "__name__", case)
)
async def test_a_misdeed_may_fail_the_test(misdeed: Misdeed, name: str) -> None:
    """With `conduct="error"`, unless it may be the network's fault."""
    stage = Stage(strict="warn", conduct="error")
    await stage.start()
    try:
        async with dialogue(stage) as client:
            if name in ADVICE:
                await misdeed(stage, client)
            else:
                await _tolerant(misdeed, stage, client)
        found = {finding.name for finding in stage.findings.of_level("violation")}
        assert found == (set() if name in ADVICE else {name})
    finally:
        await stage.stop()


async def _tolerant(misdeed: Misdeed, stage: Stage, client: Dialogue) -> None:
    """A violation fails the waits of the test, and that is what is wanted."""
    try:
        await misdeed(stage, client)
    except Violation:
        return


def test_every_name_is_shown() -> None:
    """No finding without a client that earns it."""
    assert {name for _, name in MISDEEDS} == set(NAMES)


@pytest.mark.explore
async def test_a_good_client_has_no_findings(live: Stage) -> None:
    """Calls answered, audio after the update, one response after the other, items that exist."""
    live.realtime.reply(function_call("f", call_id="c1"))
    async with dialogue(live) as client:
        await client.ask("session.update", "session.updated", session=GA)
        await client.speak(b"\0" * 4800)
        committed = await client.ask("input_audio_buffer.commit", "input_audio_buffer.committed")
        await client.ask(CREATE, "response.done")
        output: dict[str, Any] = {"type": "function_call_output", "call_id": "c1", "output": "1"}
        await client.ask("conversation.item.create", "conversation.item.done", item=output)
        await client.ask(CREATE, "response.done")
        await client.tell(CREATE, response={"conversation": "none"})
        await client.hear("response.done")
        name = "conversation.item.retrieved"
        await client.ask("conversation.item.retrieve", name, item_id=committed["item_id"])
    live.assert_no_findings()


def test_what_a_call_is_told_on_each_connection_is_told_once() -> None:
    """A request between the two does not become one that was answered already."""
    journal = Journal(clock=float)
    findings, (peer, sideband) = Findings(journal), (journal.connection(), journal.connection())
    Conduct(journal, findings, lambda conn: "rtc_1")
    said: list[tuple[Connection, Direction, dict[str, str]]] = [
        (sideband, "in", {"type": CREATE}),
        (peer, "out", {"type": "response.done", "event_id": "e1"}),
        (peer, "in", {"type": CREATE}),
        (sideband, "out", {"type": "response.done", "event_id": "e1"}),
        (sideband, "in", {"type": CREATE}),
    ]
    for conn, direction, event in said:
        raw = json.dumps(event).encode()
        journal.append("realtime", "frame", conn=conn, direction=direction, head="text", raw=raw)
    (finding,) = findings.of_level("advice")
    assert (finding.name, finding.about[-1]) == ("overlapping-response", 5)
