"""Whether the outcomes that a test named are approved. Asks syrupy only where there are any."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agent_rehearsal.face.exploring.ending import Ending
from agent_rehearsal.face.exploring.running import Item
from agent_rehearsal.interleave.keys import Schedule
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.world.outcomes import Reach

Seen = Mapping[str, tuple[Any, Schedule]]
"""`Verdict.outcomes`."""
WITHOUT_SYRUPY = (
    "world.outcome() needs syrupy, which is not loaded: install it with "
    "pip install 'agent-rehearsal[pytest]' and do not pass -p no:syrupy"
)


def approved(
    ending: Ending, program: Item, seen: Seen, natural: Trace, reach: Reach | None = None
) -> Ending:
    """How a test ends that named outcomes; one that fails anyway is left as it is.

    `reach` is how far was looked for them, None for as far as the budget said.
    """
    if not seen or ending.failed or any(report.failed for report in ending.reports):
        return ending
    if not hasattr(program.item.config, "_syrupy"):
        return replace(ending, failed=WITHOUT_SYRUPY)
    from agent_rehearsal.face.exploring.outcomes import Judgement

    return Judgement(program, seen, natural, reach)(ending)
