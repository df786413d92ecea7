"""Gates: where scripts wait for the test."""

import asyncio

import pytest

from agent_rehearsal import Gate, Journal, WaitTimeout, head, kind


async def test_a_gate_holds_until_it_is_opened() -> None:
    """A script is held from the moment it has reached the gate."""
    gate = Gate(Journal(), "g")
    passage = asyncio.create_task(gate.passage())
    await gate.reached()
    assert not passage.done()
    gate.open()
    await passage


async def test_an_open_gate_holds_nobody() -> None:
    """Opened before it is reached, a gate lets pass at once and still says who came."""
    journal = Journal()
    gate = Gate(journal, "g")
    gate.open()
    async with asyncio.timeout(5):
        await gate.passage()
    assert (await gate.reached()).seq == 2
    assert [entry.json["state"] for entry in journal] == ["opened", "reached"]


async def test_two_scripts_at_one_gate_go_on_together() -> None:
    """One opening lets all pass that wait."""
    journal = Journal()
    gate = Gate(journal, "g")
    scripts = [asyncio.create_task(gate.passage()) for _ in range(2)]
    await journal.wait_count(kind("gate") & head("g"), 2)
    gate.open()
    await asyncio.gather(*scripts)


async def test_a_gate_is_opened_once() -> None:
    """A second opening changes nothing and is not recorded."""
    journal = Journal()
    gate = Gate(journal, "g")
    gate.open()
    gate.open()
    assert gate.is_open
    assert len(journal) == 1


async def test_a_gate_that_nobody_reaches_says_so() -> None:
    """Waiting for a script that does not come ends with the wait's own report."""
    with pytest.raises(WaitTimeout, match="head\\('g'\\)"):
        await Gate(Journal(), "g").reached(timeout=0)


async def test_gates_of_different_names_are_apart() -> None:
    """`reached` is about this gate."""
    journal = Journal()
    other, gate = Gate(journal, "other"), Gate(journal, "g")
    other.open()
    await other.passage()
    with pytest.raises(WaitTimeout):
        await gate.reached(timeout=0)
