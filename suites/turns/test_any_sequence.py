"""Any sequence of turns, tools, errors, reconnects, steers, interrupts and compactions: what holds
of the traffic whatever happens.
"""

from collections.abc import Callable

from hypothesis import given

from agent_rehearsal import Stage
from suites.fuzz.share import fuzzed_hundredth
from suites.turns.invariants import RULES
from suites.turns.stories import STORIES, Play, Story


@fuzzed_hundredth
@given(story=STORIES)
async def test_whatever_happens_the_rules_hold(
    stage_factory: Callable[[], Stage], story: Story
) -> None:
    """Over both transports, with compactions by the model and by the provider."""
    async with stage_factory() as stage:
        play = Play(story, stage)
        await play.run()
        for rule in RULES:
            rule(play)
