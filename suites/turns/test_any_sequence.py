"""Any sequence of turns, tools, errors, reconnects, steers, interrupts and compactions: what holds
of the traffic whatever happens.
"""

from collections.abc import Callable

import pytest
from hypothesis import given, settings

from agent_rehearsal import Stage
from suites.fuzz.share import fuzzed_tenth
from suites.turns.invariants import RULES
from suites.turns.stories import Play, Story, stories

A_FEW = 5
"""Examples of what is to be tried in hundreds of orders each."""


async def check(stage: Stage, story: Story) -> None:
    """Plays the story; raises for the first rule that does not hold of it."""
    play = Play(story, stage)
    await play.run()
    for rule in RULES:
        rule(play)


@fuzzed_tenth
@given(stories(6))
async def test_whatever_happens_the_rules_hold(story: Story) -> None:
    """Over both transports, with compactions by the model and by the provider."""
    async with Stage() as stage:
        await check(stage, story)


@pytest.mark.explore
@settings(max_examples=A_FEW)
@given(story=stories(2))
async def test_in_whichever_order_the_rules_hold(
    stage_factory: Callable[[], Stage], story: Story
) -> None:
    """The same of short stories, in which each message may come late."""
    async with stage_factory() as stage:
        await check(stage, story)
