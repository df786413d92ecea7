"""Settings that change while a WebSocket is open: the server is told everything anew, on the same
connection, and from then on only what is new.
"""

import pytest

from agent_rehearsal import Journal
from agent_rehearsal.face.agent import AgentThread, Codex
from codex_core.protocol.ops import OverrideTurnContext
from mock_responses import MockResponses, RequestView, message
from suites.turns.wires import frames, goes_on, upgrades, warm_ups, wired

pytestmark = pytest.mark.explore

FAST, USUAL = "fast", None


async def begun(codex: Codex, responses: MockResponses, tier: str | None) -> AgentThread:
    """A thread of a model with tiers, warmed up under one of them."""
    known = wired(codex)(model="gpt-5.4", config={"service_tier": tier} if tier else {})
    for _ in range(2):
        responses.reply(message("ok"))
    return await known.start()


def tier_of(request: RequestView) -> str | None:
    tier: str | None = request.body.get("service_tier")
    return tier


@pytest.mark.parametrize(("warm", "then"), [(USUAL, FAST), (FAST, USUAL)])
async def test_a_warm_up_under_another_tier_is_nothing_to_go_on_from(
    responses: MockResponses, codex: Codex, journal: Journal, warm: str | None, then: str | None
) -> None:
    """The first turn uses its connection all the same; the second turn goes on from the first."""
    thread = await begun(codex, responses, warm)
    await thread.submit_op(OverrideTurnContext(service_tier=then))
    for text in ("first", "second"):
        await thread.run(text)
    sent = [*warm_ups(responses), *frames(responses)]
    wire = {FAST: "priority", USUAL: None}
    assert [tier_of(each) for each in sent] == [wire[warm], wire[then], wire[then]]
    assert [goes_on(each) for each in sent] == [False, False, True]
    assert len(upgrades(journal)) == 1


async def test_a_turn_under_another_tier_says_everything(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """What a response was asked for is part of what the server knows of it."""
    thread = await begun(codex, responses, USUAL)
    await thread.run("first")
    await thread.submit_op(OverrideTurnContext(service_tier=FAST))
    await thread.run("second")
    first, second = frames(responses)
    assert [goes_on(each) for each in (first, second)] == [True, False]
    assert second.input[: len(first.input)] == first.input
    assert len(upgrades(journal)) == 1
