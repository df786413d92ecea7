"""Short stories of a conversation beside turns, each in many orders."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings

from agent_rehearsal import Stage
from suites.realtime.invariants import check
from suites.realtime.stories import Story, stories

A_FEW = 5
"""Examples of what is to be tried in hundreds of orders each."""


@pytest.mark.explore
@settings(max_examples=A_FEW)
@given(story=stories(2))
async def test_in_whichever_order_the_rules_hold(
    stage_factory: Callable[[], Stage], story: Story
) -> None:
    """Each message may come late."""
    async with stage_factory() as stage:
        await check(stage, story)
