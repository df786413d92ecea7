"""The sweep: each message of the natural run at each place that is later than its own."""

from collections.abc import Iterator
from math import inf

import pytest

from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.keys import Delay, Key
from agent_rehearsal.interleave.search.sweep import (
    SHARES,
    Single,
    between,
    evenly,
    in_turn,
    longest,
)
from agent_rehearsal.interleave.strategies.course import Course, Watched
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.strategies.strategies import Natural
from suites.interleave import stories
from suites.interleave.tiny import LATE, Play, Tiny, program


def natural(play: Play) -> Course:
    watched = Watched(Natural())
    program(play)(watched)
    return watched.course


def run(play: Play, single: Single) -> tuple[Attempt, Course]:
    watched = Watched(Delays(single.schedule))
    return program(play)(watched), watched.course


def places(play: Play, single: Single) -> tuple[Single, ...]:
    return between(single, run(play, single)[1])


def swept(play: Play) -> Iterator[Single]:
    latest = longest(natural(play), LATE)
    yield from latest
    yield from in_turn([places(play, single) for single in latest])


def test_every_message_and_job_is_late_once() -> None:
    """The first runs keep each message of the natural run as long as may be."""
    assert [(single.key, single.delay) for single in longest(natural(stories.relay), LATE)] == [
        (Key(name), Delay(LATE)) for name in ("c1>s#1", "job:1", "c3>s#1", "c2>s#1")
    ]


def test_shards_share_out_the_messages() -> None:
    """Every message is in one shard, and which one depends on nothing but its number."""
    course = natural(stories.crowd)
    shards = [longest(course, LATE, (number, 3)) for number in range(3)]
    assert shards[1] == longest(course, LATE)[1::3]
    assert {single.key for shard in shards for single in shard} == {
        single.key for single in longest(course, LATE)
    }


def test_the_places_of_a_message_are_all_different_runs() -> None:
    """In an idle world with two timers a message has the places around them."""
    (latest,) = longest(natural(stories.gap), LATE)
    by_place = [single for single in places(stories.gap, latest) if single.delay.turns]
    came = [run(stories.gap, single)[0].trace.digest() for single in by_place]
    assert len(set(came)) == len(came)
    assert [single.delay.dt for single in by_place] == pytest.approx([0.015001, 0.03, 0.030001])


@pytest.mark.parametrize("play", [stories.two_lanes, stories.crowd, stories.relay, stories.gap])
def test_a_place_is_met_exactly(play: Play) -> None:
    """The message of a place comes at the choice that the place was read off."""
    for latest in longest(natural(play), LATE):
        for single in places(play, latest):
            sent = run(play, single)[0].trace.sent.get(single.key)
            if sent is not None and single.delay.dt not in [LATE * share for share in SHARES]:
                assert sent.arrived is not None
                assert sent.arrived - sent.at == pytest.approx(single.delay.dt, abs=1e-9)


def test_no_place_of_the_natural_run_is_tried() -> None:
    """A single is always another run than the natural one."""
    usual = program(stories.crowd)(Natural()).trace.digest()
    for single in swept(stories.crowd):
        assert run(stories.crowd, single)[0].trace.digest() != usual


@pytest.mark.parametrize("play", [stories.two_lanes, stories.gap, stories.deadline, stories.relay])
def test_a_race_of_one_message_is_found(play: Play) -> None:
    """What one late message can break, the sweep breaks."""
    assert any(run(play, single)[0].failure for single in swept(play))


def test_every_turn_is_a_place() -> None:
    """A message that breaks a program in one turn of a busy loop alone is found."""

    def narrow(tiny: Tiny) -> None:
        def came() -> None:
            assert tiny.turn != 6, "the one turn in which it hurts"

        def work(left: int) -> None:
            if left:
                tiny.soon(lambda: work(left - 1))

        work(12)
        tiny.send("c1>s", came)

    broken = [single for single in swept(narrow) if run(narrow, single)[0].failure]
    assert [single.delay.turns for single in broken] == [5]


def test_a_bounded_sweep_lies_over_the_whole_run() -> None:
    """Which messages are late does not depend on how long a test takes to come to its matter."""
    every = longest(natural(stories.crowd), LATE)
    keys = [single.key for single in every]
    assert len(keys) > 4
    first, *_, last = sorted(keys.index(single.key) for single in evenly(every, 4)[:4])
    assert first == 0
    assert last >= len(keys) // 2
    for most in (4, len(keys), inf):
        assert sorted(evenly(every, most), key=every.index) == list(every)


def test_big_differences_come_first() -> None:
    """Places right after an event come before those a turn later, the latest of them first."""
    singles = in_turn([places(stories.relay, s) for s in longest(natural(stories.relay), LATE)])
    order = [(single.rank, -single.delay.dt) for single in singles]
    assert order == sorted(order)
    assert singles[0].rank == 0
    assert singles[-1].rank > 0
