"""The tool `update_plan`: what is told to clients and to the model."""

from pathlib import Path
from typing import Any

import pytest

from codex_core.protocol.events import PlanStep, PlanUpdate
from codex_core.tools.update_plan import UpdatePlan
from suites.core.fakes import DEEP
from suites.core.patching import FileBench

STEP = {"step": "look", "status": "in_progress"}


async def test_a_plan_is_told(tmp_path: Path) -> None:
    """Whole, with its explanation."""
    bench = FileBench(tmp_path)
    steps = [{"step": "ask", "status": "completed"}, STEP, {"step": "do", "status": "pending"}]
    told = await bench.call(UpdatePlan(), {"explanation": "new facts", "plan": steps})
    assert told == "Plan updated"
    assert bench.told == [
        PlanUpdate(
            explanation="new facts",
            plan=(
                PlanStep(step="ask", status="completed"),
                PlanStep(step="look", status="in_progress"),
                PlanStep(step="do", status="pending"),
            ),
        )
    ]


async def test_an_explanation_may_be_missing(tmp_path: Path) -> None:
    """A plan may also be empty."""
    bench = FileBench(tmp_path)
    assert await bench.call(UpdatePlan(), {"plan": []}) == "Plan updated"
    assert bench.told == [PlanUpdate(explanation=None, plan=())]


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "{",
        "[]",
        {},
        {"plan": "first this"},
        {"plan": [{"step": "x"}]},
        {"plan": [{"step": 1, "status": "pending"}]},
        {"plan": [{**STEP, "status": "done"}]},
        DEEP,
    ],
)
async def test_a_malformed_plan_is_not_told(tmp_path: Path, arguments: Any) -> None:
    """The model is told what is wrong with its arguments; clients are told nothing."""
    bench = FileBench(tmp_path)
    told = await bench.call(UpdatePlan(), arguments)
    assert isinstance(told, str)
    assert told.startswith("failed to parse function arguments: ")
    assert bench.told == []


def test_a_plan_runs_alone() -> None:
    """Plans are told in the order of the calls."""
    assert UpdatePlan.parallel is False
