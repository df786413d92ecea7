"""Any sequence of what is said, heard, handed over, interrupted, replaced, broken and closed: what
holds of a conversation beside turns whatever happens.
"""

from hypothesis import given

from agent_rehearsal import Stage
from suites.fuzz.share import fuzzed_hundredth
from suites.realtime.invariants import check
from suites.realtime.stories import Story, stories


@fuzzed_hundredth
@given(stories(6))
async def test_whatever_happens_the_rules_hold(story: Story) -> None:
    """Over both versions and calls, with turns over both transports."""
    async with Stage() as stage:
        await check(stage, story)
