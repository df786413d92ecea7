"""`report`: a finding told so that its cause can be seen, verdicts that say no more than is so."""

import pytest

from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.story.comparison import SAME, side_by_side
from agent_rehearsal.interleave.story.report import summary, tell
from agent_rehearsal.interleave.story.soundness import soundness
from agent_rehearsal.interleave.verdict import Unsteady, Verdict
from suites.interleave.happened import Play, found, found_race, race

REPLAY = "pytest 'test_a.py::test_b' --explore-replay=abc"
TOLD = """\
AssertionError at test_a.py:41
    assert ['tool', 'stop'] == ['stop']

found by sweep at schedule 3, shrunk to 1 late message in 14 runs
  interrupt on realtime arrived 30 ms late, after tool.result on realtime
    fails when it is 15.0 to 29.9 ms late

  what usually arrives                            | what arrived here
  --------------------                            | --------------------
     0.0 ms  realtime ← 101 Switching Protocols   |    0.0 ms  realtime ← 101 Switching Protocols
     0.0 ms  realtime ← tool.call                 |    0.0 ms  realtime ← tool.call
    20.0 ms  realtime ← interrupt                 |   30.0 ms  realtime → tool.result
    30.0 ms  realtime → tool.result               |   50.0 ms  realtime ← interrupt  ◀ late
        ...  1 more                               |       ...  1 more

  c1 = realtime: GET /v1/realtime to 127.0.0.1:8000
      0.0 ms  c1  client ── GET /v1/realtime ──────────▶ server
      0.0 ms  c1  client ◀─── 101 Switching Protocols ── server
      0.0 ms  c1  client ◀───────────────── tool.call ── server
     20.0 ms  c1  server sends interrupt  ⏸ HELD 30 ms and 4 turns of the loop
     30.0 ms  c1  client ── tool.result ───────────────▶ server
     50.0 ms  c1  client ◀───────────────── interrupt ── server  (+30 ms)  ◀◀ released
     50.0 ms  c1  client ── interrupted ───────────────▶ server

verdict: possible on stock asyncio: only message timing was changed; seen on real sockets 20 of 20
replay: pytest 'test_a.py::test_b' --explore-replay=abc"""


def told(delays: dict[Key, Delay], run: Play, usual: Play) -> str:
    """The part of a report that says what was late."""
    return tell(found(run.trace(), delays), Attempt(usual.trace()), replay=REPLAY)


def test_a_report_has_all_of_it_in_order() -> None:
    """Failure, cause, difference, diagram, verdict, and the line that shows it again."""
    finding, natural = found_race()
    assert tell(finding, natural, replay=REPLAY, confirmed=(20, 20)) == TOLD


def test_a_message_beside_another_connection() -> None:
    """The connection of what came first is named: it often is another one."""
    usual, run = Play(), Play()
    for play, late in ((usual, 0), (run, 30)):
        play.opened("c1", "/v1/realtime")
        play.opened("c2", "/v1/responses")
        key = play.said("c1>", "session.update", at=1, late=late)
        play.said("c2>", "response.create", at=9)
    assert (
        "session.update on realtime arrived 30 ms late, after response.create on responses"
    ) in told({key: Delay(0.03)}, run, usual)


def test_what_overtakes_it_is_a_message_rather_than_a_closing() -> None:
    """Of all that came before, the last one that carries something is told."""
    usual, run = Play(), Play()
    for play, late in ((usual, 0), (run, 30)):
        play.opened("c1", "/rt")
        key = play.said("c1<", "a", at=1, late=late)
        play.said("c1>", "b", at=2)
        play.sent("c1>", at=3, piece="fin")
    assert "a on rt arrived 30 ms late, after b on rt" in told({key: Delay(0.03)}, run, usual)


def test_a_late_message_may_lose_to_a_timer() -> None:
    """Where no message overtakes it, a timer that fired meanwhile is told."""
    usual, run = Play(), Play()
    for play, late in ((usual, 0), (run, 30)):
        play.opened("c1", "/rt")
        key = play.said("c1<", "a", at=1, late=late)
        play.timer(10)
    report = told({key: Delay(0.03)}, run, usual)
    assert "a on rt arrived 30 ms late, after a timer had fired" in report
    assert SAME in report


def test_turns_are_told_where_there_is_no_time() -> None:
    """A message that waited for turns of the loop alone was not late by any milliseconds."""
    usual, run = Play(), Play()
    for play in (usual, run):
        play.opened("c1", "/rt")
        key = play.said("c1<", "a", at=1)
    report = told({key: Delay(turns=1)}, run, usual)
    assert "a on rt arrived 1 turn of the loop late\n" in report


def test_a_message_that_never_came_is_told_as_such() -> None:
    """What was under way when the run ended was not simply late."""
    trace, key = race(lost=True)
    report = tell(found(trace, {key: Delay(0.1)}), Attempt(race()[0]), replay=REPLAY)
    assert "interrupt on realtime was still under way at the end, 10 ms after it was sent" in report


def test_a_late_job() -> None:
    """An executor job that ends late is told like a message."""
    usual, run, job = Play(), Play(), Key("job:2")
    for play, end in ((usual, 1), (run, 26)):
        play.opened("c1", "/rt")
        play.said("c1<", "a", at=5)
        play.step("job", job, at=end)
    report = told({job: Delay(0.025)}, run, usual)
    assert "shrunk to 1 late executor job in" in report
    assert "executor job 2 ended 25 ms late, after a on rt" in report
    assert "realtime" not in report


def test_something_held_that_the_run_does_not_have() -> None:
    """A schedule may name what another failure prevents; the report says so."""
    finding = found(Play().trace(), {Key("job:2"): Delay(0.1)})
    report = tell(finding, Attempt(race()[0]), replay=REPLAY)
    assert "executor job 2 does not come in this run" in report


def test_the_order_of_sets_in_words() -> None:
    """A salt says where a set of tasks handed a task out."""
    trace, _ = race()
    finding = found(trace, {}, salts={7: 0, 3: 9, 2: 2, 5: 4})
    report = tell(finding, Attempt(trace), replay=REPLAY)
    assert "  a set of tasks handed out task 7 first\n" in report
    assert "  a set of tasks handed out task 3 later than usual\n" in report
    assert "  a set of tasks handed out task 5 earlier than usual\n" in report
    assert "task 2" not in report
    assert "stock asyncio: only the order of sets of tasks was changed" in report


def test_a_stall_in_words() -> None:
    """A busy machine is told by the turn of the loop that had to wait."""
    trace, _ = race()
    finding = found(trace, {}, stalls={12: 0.005})
    report = tell(finding, Attempt(trace), replay=REPLAY)
    assert "shrunk to 1 stall in" in report
    assert "  the machine was busy elsewhere for 5 ms before turn 12 of the loop\n" in report
    assert "possible on stock asyncio: only the load of the machine was changed" in report


def test_a_long_failure_loses_its_middle() -> None:
    """A text of any length leaves room for the rest of the report."""
    text = "\n".join(f"line {number}" for number in range(500))
    finding = found(race()[0], {}, failure=Failure("E", "p", text))
    report = tell(finding, Attempt(race()[0]), replay=REPLAY)
    assert "    line 19\n    ... 440 lines left out ...\n    line 460\n" in report
    assert "    line 499\n" in report


def test_no_line_but_the_replay_and_the_failure_is_wider_than_100() -> None:
    """Sentences are wrapped; what one copies is not."""
    usual, run = Play(), Play()
    for play, late in ((usual, 0), (run, 30)):
        play.opened("c1", "/" + "p" * 60)
        key = play.said("c1<", "a" * 60, at=1, late=late)
        play.said("c1>", "b" * 60, at=2)
    replay = f"pytest {'x' * 200}"
    report = tell(found(run.trace(), {key: Delay(0.03)}), Attempt(usual.trace()), replay=replay)
    lines = report.splitlines()
    assert lines[-1] == f"replay: {replay}"
    assert max(map(len, lines[:-1])) <= 100


def test_the_difference_ends_where_both_have_had_the_same() -> None:
    """Beside each other stand two lines before, the swap itself, and a count of the rest."""
    usual, run = Play(), Play()
    for play, late in ((usual, 0), (run, 2.5)):
        play.opened("c1", "/rt")
        for at in range(1, 30):
            key = play.said("c1<", f"m{at}", at=at, late=late if at == 9 else 0)
    lines = side_by_side(usual.trace(), run.trace(), Schedule({key: Delay()})).splitlines()
    shown = [line.split("|")[1].split() for line in lines[2:]]
    assert [row[4] for row in shown[:-1]] == ["m7", "m8", "m10", "m11", "m9"]
    assert lines[-1].split() == ["...", "18", "more", "|", "...", "18", "more"]


def test_a_message_more_is_shown_beside_a_gap() -> None:
    """Where one run has what the other has not, only that is shown; both then go on the same."""
    usual, run = Play(), Play()
    for play in (usual, run):
        play.opened("c1", "/rt")
        if play is run:
            play.said("c1>", "extra", at=1)
        for at in range(2, 12):
            play.said("c1>", f"m{at}", at=at)
    lines = side_by_side(usual.trace(), run.trace(), Schedule()).splitlines()
    right = [line.partition("|")[2].split() for line in lines[-2:]]
    assert right == [["1.0", "ms", "rt", "→", "extra"], ["...", "10", "more"]]
    assert lines[-2].partition("|")[0].strip() == ""


def test_the_late_message_is_always_shown() -> None:
    """Where a late message lets another one happen, both are in sight."""
    usual, run = Play(), Play()
    for play in (usual, run):
        play.opened("c1", "/rt")
        if play is run:
            play.said("c1>", "result", at=30)
        key = play.said("c1<", "stop", at=20, late=15 if play is run else 0)
        play.said("c1>", "stopped", at=36)
    lines = side_by_side(usual.trace(), run.trace(), Schedule({key: Delay()})).splitlines()
    right = [" ".join(line.partition("|")[2].split()) for line in lines[-3:]]
    assert right == ["30.0 ms rt → result", "35.0 ms rt ← stop ◀ late", "... 1 more"]


def test_the_same_order_is_told_by_its_times() -> None:
    """Where nothing overtakes anything, a message stands beside itself at its usual time."""
    usual, run = Play(), Play()
    for play, late in ((usual, 0), (run, 30)):
        play.opened("c1", "/rt")
        key = play.said("c1<", "a", at=1, late=late)
    told = side_by_side(usual.trace(), run.trace(), Schedule({key: Delay()})).splitlines()
    assert told[0] == SAME
    assert told[-1].split("|")[0].split() == ["1.0", "ms", "rt", "←", "a"]
    assert told[-1].split("|")[1].split() == ["31.0", "ms", "rt", "←", "a", "◀", "late"]
    assert side_by_side(usual.trace(), usual.trace(), Schedule()) == SAME


def test_a_run_that_goes_another_way_is_cut() -> None:
    """Runs that never meet again are shown for eight lines."""
    usual, run = Play(), Play()
    for play, name in ((usual, "u"), (run, "r")):
        play.opened("c1", "/rt")
        for at in range(1, 30):
            play.said("c1<", f"{name}{at}", at=at)
    lines = side_by_side(usual.trace(), run.trace(), Schedule()).splitlines()
    assert len(lines) == 2 + 2 + 8 + 1


@pytest.mark.parametrize(
    ("window", "confirmed", "verdict"),
    [
        ((0.015, 0.03), None, "possible on stock asyncio: only message timing was changed"),
        ((0.015, None), None, "possible on stock asyncio: only message timing was changed"),
        (
            (0.015, 0.03),
            (18, 20),
            "possible on stock asyncio: only message timing was changed; "
            "seen on real sockets 18 of 20",
        ),
        (
            (0.015, 0.03),
            (0, 20),
            "unconfirmed: only message timing was changed, "
            "but it was not seen on real sockets in 20 runs",
        ),
        (
            (0.015, 0.0154),
            None,
            "unconfirmed: only message timing was changed, but interrupt on realtime must hit "
            "a window of 0.4 ms, which is narrower than 1 ms and not yet seen on real sockets",
        ),
        (
            (0.015, 0.0154),
            (3, 20),
            "possible on stock asyncio: only message timing was changed; "
            "seen on real sockets 3 of 20",
        ),
    ],
)
def test_how_sure_it_is(
    window: tuple[float, float | None], confirmed: tuple[int, int] | None, verdict: str
) -> None:
    """Possible is said only of what a real machine can hit, or was seen to."""
    assert soundness(found_race(window)[0], confirmed) == verdict


def test_a_window_that_was_not_measured_is_no_proof() -> None:
    """A delay without a window counts as unconfirmed."""
    trace, key = race(30)
    assert soundness(found(trace, {key: Delay(turns=3)})) == (
        "unconfirmed: only message timing was changed, "
        "but how late interrupt on realtime must be was not measured"
    )


def test_overtaking_tasks_are_another_question() -> None:
    """What stock asyncio promises is never called possible on it, confirmed or not."""
    trace, _ = race()
    finding = found(trace, {}, steps={Key("task:7"): 2})
    assert soundness(finding, (20, 20)).startswith("needs task reordering (tier task): ")
    report = tell(finding, Attempt(trace), replay=REPLAY)
    assert "shrunk to 1 overtaken step in" in report
    assert "task 7 ran 2 turns of the loop later than it was ready" in report


def test_a_pass_says_what_it_promises() -> None:
    """A sweep that was run to its end is a promise, in plain words."""
    verdict = Verdict(natural=Attempt(race()[0]), swept=312, drawn=60, orders=41)
    assert summary(verdict) == (
        "passed: sweep 312 + 60 schedules, 41 distinct orders; "
        "no single message up to 100 ms late breaks this"
    )


@pytest.mark.parametrize(
    ("swept", "drawn", "pending", "text"),
    [
        (5, 0, 2, "passed: sweep 5, 1 distinct order; 2 single delays of the sweep not tried"),
        (0, 1, 0, "passed: 1 schedule, 1 distinct order"),
        (0, 0, 0, "passed in the natural order; no other was tried"),
    ],
)
def test_a_pass_promises_no_more(swept: int, drawn: int, pending: int, text: str) -> None:
    """Without a whole sweep there is no promise, and what was left is counted."""
    natural = Attempt(race()[0])
    verdict = Verdict(natural=natural, swept=swept, drawn=drawn, orders=1, pending=pending)
    assert summary(verdict) == text


def test_other_ends_in_one_line() -> None:
    """A finding, an ordinary failure and an unsteady program each have their sentence."""
    finding, natural = found_race()
    assert summary(Verdict(natural=natural, found=finding)) == (
        "broken: AssertionError at test_a.py:41; "
        "found by sweep at schedule 3, shrunk to 1 late message in 14 runs"
    )
    assert summary(Verdict(natural=finding.first)) == (
        "failed in the natural order: AssertionError at test_a.py:41"
    )
    unsteady = Unsteady(at="c1>s#3 came at 3 ms and at 4 ms")
    assert summary(Verdict(natural=natural, unsteady=unsteady)) == (
        "unsteady: two natural runs differ: c1>s#3 came at 3 ms and at 4 ms"
    )
