"""Findings: what they do to the test, and how they are let pass."""

from typing import Any

import pytest

from agent_rehearsal import Journal, Stage, Violation, kind
from agent_rehearsal.wire import Findings
from mock_responses import message
from suites.wire.raw_client import ask, unchecked

BODY = {"input": "hi"}


async def test_a_violation_fails_waits_and_the_check() -> None:
    """Waits fail at once with the text; the check lists every violation."""
    journal = Journal()
    findings = Findings(journal)
    findings.add("one", "first")
    findings.add("two", "second")
    with pytest.raises(Violation, match="one: first"):
        await journal.wait_for(kind("close"), timeout=60)
    with pytest.raises(Violation, match="one: first\ntwo: second"):
        findings.check()


async def test_advice_fails_nothing() -> None:
    """Advice is recorded and no more."""
    findings = Findings(Journal(), "error")
    findings.add("one", "text", level="advice")
    findings.check()
    assert [str(finding) for finding in findings.of_level("advice")] == ["one: text"]


async def test_a_waived_finding_stands_in_the_journal_only() -> None:
    """A name that was waived fails nothing; others still do."""
    findings = Findings(Journal())
    findings.waive("one")
    findings.add("one", "text")
    findings.check()
    findings.add("two", "text")
    with pytest.raises(Violation, match=r"^two: text$"):
        findings.check()


async def test_a_finding_is_in_the_journal_with_what_it_is_about() -> None:
    """The entry of a finding leads back to the message, and says how bad it is."""
    journal = Journal()
    about = journal.append("responses", "request", conn=journal.connection())
    Findings(journal, "warn").add("one", "text", about=about)
    noted = journal[-1]
    assert (noted.head, noted.re, noted.conn) == ("one", about.seq, about.conn)
    assert noted.json == {"level": "advice", "text": "text", "about": [about.seq]}


@pytest.mark.parametrize(("strict", "told"), [("warn", ["unmatched", "unused"]), ("off", [])])
async def test_less_strict_stages_fail_nothing(strict: Any, told: list[str]) -> None:
    """`warn` tells of what would have failed, `off` does not even tell."""
    async with Stage(strict=strict) as stage:
        stage.responses.reply(message("x"), when=lambda _: False, name="mine")
        assert (await ask(stage, BODY))[0] == 400
    assert [finding.name for finding in stage.findings.of_level("advice")] == told


async def test_strictness_has_three_values() -> None:
    """A typo is refused with the values there are."""
    strict: Any = "eror"
    with pytest.raises(ValueError, match="strict='eror': expected one of error, warn, off"):
        Stage(strict=strict)


async def test_unused_replies_are_named_at_the_end() -> None:
    """Each reply that was not asked for is named, greetings too."""
    async with unchecked() as stage:
        stage.responses.reply(message("x"), name="never")
        stage.realtime.greet({"type": "session.created"})
        stage.realtime.reply({"type": "x"}, optional=True)
    with pytest.raises(Violation) as caught:
        stage.check()
    assert "unused: never for any message (used 0 of 1 times) was not asked for" in str(
        caught.value
    )
    assert "unused: reply 1: {'type': 'session.created'}" in str(caught.value)


async def test_unused_replies_are_reported_once() -> None:
    """A second check tells the same again, not twice as much."""
    stage = Stage()
    async with stage:
        stage.waive("unused")
        stage.responses.reply(message("x"))
    stage.check()
    assert len(stage.findings.of_level("waived")) == 1


async def test_an_exit_checks_unless_the_test_failed_already() -> None:
    """A test that fails for its own reason fails with that; another fails with the findings."""
    stage = Stage()
    await stage.start()
    stage.responses.reply(message("x"))
    await stage.__aexit__(ZeroDivisionError, ZeroDivisionError(), None)
    with pytest.raises(Violation, match="unused"):
        await stage.__aexit__(None, None, None)
