"""The items of `exec --json` that take their time: each starts, and completes with its turn."""

from typing import Any

import pytest

from codex_core.app.json_lines import JsonLines
from codex_core.protocol.events import (
    Event,
    EventMsg,
    ExecCommandBegin,
    ExecCommandEnd,
    ExecCommandOutputDelta,
    ItemCompleted,
    ItemStarted,
    PlanStep,
    PlanUpdate,
    TaskComplete,
    TurnAborted,
)
from codex_core.protocol.items import WebSearchAction
from codex_core.protocol.turn_items import CommandExecutionItem, FileChangeItem, WebSearchItem

COMMAND: dict[str, Any] = {
    "call_id": "c",
    "turn_id": "t",
    "process_id": "1",
    "command": ("make",),
    "cwd": "/",
}
BEGIN = ExecCommandBegin(**COMMAND, started_at_ms=0)
END = ExecCommandEnd(
    **COMMAND, aggregated_output="all", exit_code=2, duration_ms=0, status="failed"
)
COMPLETE = TaskComplete(turn_id="t", last_agent_message=None, completed_at=0, duration_ms=0)
ABORTED = TurnAborted(turn_id="t", reason="interrupted", completed_at=0, duration_ms=0)


def lines(*messages: EventMsg) -> list[dict[str, Any]]:
    """The lines about items, flat: kind and fields."""
    translation = JsonLines()
    told = [line for msg in messages for line in translation.lines(Event(id="t", msg=msg))]
    return [{"kind": line["type"][5:], **line["item"]} for line in told if "item" in line]


def plan(**steps: str) -> PlanUpdate:
    given = tuple(PlanStep(step=k, status=v) for k, v in steps.items())  # type: ignore[arg-type]
    return PlanUpdate(explanation=None, plan=given)


def test_a_plan_is_one_item_of_its_turn() -> None:
    """Started, updated as it changes, completed with the turn; the next turn has another."""
    first, second = plan(look="in_progress", do="pending"), plan(look="completed", do="pending")
    before = [{"text": "look", "completed": False}, {"text": "do", "completed": False}]
    after = [{"text": "look", "completed": True}, {"text": "do", "completed": False}]
    item = {"id": "item_0", "type": "todo_list"}
    assert lines(first, second, COMPLETE, first) == [
        {"kind": "started", **item, "items": before},
        {"kind": "updated", **item, "items": after},
        {"kind": "completed", **item, "items": after},
        {"kind": "started", "id": "item_1", "type": "todo_list", "items": before},
    ]


@pytest.mark.parametrize("ending", [COMPLETE, ABORTED])
def test_a_command_that_goes_on_is_completed_with_its_turn(ending: EventMsg) -> None:
    """With what it wrote so far, without an exit code; its later end is not told again."""
    deltas = [ExecCommandOutputDelta(call_id="c", chunk=chunk) for chunk in (b"so ", b"far\xff")]
    started, completed = lines(BEGIN, *deltas, ending, END)
    assert started["status"] == "in_progress"
    assert completed == {
        "kind": "completed",
        "id": "item_0",
        "type": "command_execution",
        "command": "make",
        "aggregated_output": "so far\ufffd",
        "exit_code": None,
        "status": "completed",
    }


def test_a_command_that_ended_is_completed_once() -> None:
    """By its own end, not by the turn's; a second try of the same call is an item of its own."""
    told = lines(BEGIN, END, BEGIN, END, COMPLETE)
    assert [(line["kind"], line["id"], line["exit_code"]) for line in told] == [
        ("started", "item_0", None),
        ("completed", "item_0", 2),
        ("started", "item_1", None),
        ("completed", "item_1", 2),
    ]


def item_events(item: FileChangeItem | CommandExecutionItem) -> ItemStarted:
    return ItemStarted(thread_id="th", turn_id="t", item=item)


def test_a_patch_that_never_ended_is_completed_with_its_turn() -> None:
    """As it stands then."""
    item = FileChangeItem(id="c", changes={}, status="in_progress")
    started, completed = lines(item_events(item), ABORTED)
    assert (started["kind"], completed["kind"]) == ("started", "completed")
    assert completed["status"] == "in_progress"


def test_a_declined_command() -> None:
    """It has no output and no exit code."""
    fields: dict[str, Any] = {"id": "c", "command": ("rm", "a b"), "cwd": "/"}
    started = item_events(CommandExecutionItem(**fields, status="in_progress"))
    item = CommandExecutionItem(**fields, status="declined")
    completed = ItemCompleted(thread_id="th", turn_id="t", item=item)
    told = lines(started, completed, COMPLETE)
    assert [(line["kind"], line["status"]) for line in told] == [
        ("started", "in_progress"),
        ("completed", "declined"),
    ]
    assert told[1]["command"] == "rm 'a b'"
    assert (told[1]["aggregated_output"], told[1]["exit_code"]) == ("", None)


def test_a_search_of_the_provider_is_an_item() -> None:
    """Started without an action, completed with what was searched; no line of its own twice."""
    whole = WebSearchItem(id="ws", query="q", action=WebSearchAction(type="search", query="q"))
    begun = ItemStarted(thread_id="x", turn_id="t", item=WebSearchItem(id="ws", query=""))
    done = ItemCompleted(thread_id="x", turn_id="t", item=whole)
    item = {"id": "item_0", "type": "web_search"}
    assert lines(begun, done, COMPLETE) == [
        {"kind": "started", **item, "query": "", "action": {"type": "other"}},
        {"kind": "completed", **item, "query": "q", "action": {"type": "search", "query": "q"}},
    ]
