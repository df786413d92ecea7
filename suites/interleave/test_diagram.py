"""`diagram`: a run in lines of text, what was held back marked, the rest no longer than needed."""

from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.story.diagram import diagram
from agent_rehearsal.interleave.trace import Trace
from suites.interleave.happened import Play, race

HELD = """\
  c1 = realtime: GET /v1/realtime to 127.0.0.1:8000
      0.0 ms  c1  client ── GET /v1/realtime ──────────▶ server
      0.0 ms  c1  client ◀─── 101 Switching Protocols ── server
      0.0 ms  c1  client ◀───────────────── tool.call ── server
     20.0 ms  c1  server sends interrupt  ⏸ HELD 30 ms and 4 turns of the loop
     30.0 ms  c1  client ── tool.result ───────────────▶ server
     50.0 ms  c1  client ◀───────────────── interrupt ── server  (+30 ms)  ◀◀ released
     50.0 ms  c1  client ── interrupted ───────────────▶ server"""


def chatter(count: int, *, kind: str | None = None) -> tuple[Play, list[Key]]:
    """A connection on which so many messages come, each 1 ms after the other."""
    play = Play()
    play.opened("c1", "/rt")
    keys = [play.said("c1<", kind or f"m{at}", at=at) for at in range(1, count + 1)]
    return play, keys


def test_a_late_message_is_drawn_where_it_was_sent_and_where_it_came() -> None:
    """The moment it was held at, how long, and its release stand in their places."""
    trace, key = race(30)
    assert diagram(trace, Schedule({key: Delay(0.03, 4)})) == HELD


def test_a_passing_run_is_drawn_too() -> None:
    """Without a schedule there is nothing to mark."""
    drawn = diagram(race()[0], Schedule())
    assert "HELD" not in drawn
    assert [line.split()[0] for line in drawn.splitlines()[4:]] == ["20.0", "30.0", "31.0"]


def test_connections_are_named_first() -> None:
    """The legend has those connections that are drawn, by path and address."""
    play, _ = chatter(1)
    play.opened("c2", "/v1/realtime", at=2)
    assert diagram(play.trace(), Schedule()).splitlines()[:2] == [
        "  c1 = rt: GET /rt to 127.0.0.1:8000",
        "  c2 = realtime: GET /v1/realtime to 127.0.0.1:8000",
    ]


def test_many_connections_are_counted() -> None:
    """A legend does not outgrow its diagram."""
    play = Play()
    for number in range(1, 21):
        play.opened(f"c{number}", "/rt", at=number)
    assert "  ... and 8 more connections" in diagram(play.trace(), Schedule()).splitlines()


def test_what_is_far_from_a_late_message_is_counted() -> None:
    """Three lines around it are drawn, and two at each end; the rest is a number."""
    play, keys = chatter(40)
    lines = diagram(play.trace(), Schedule({keys[20]: Delay(0.001)})).splitlines()
    assert sum("· 17 more" in line for line in lines) == 1
    assert sum(" more" in line for line in lines) == 2
    assert len(lines) == 1 + 2 + 1 + 8 + 1 + 2


def test_a_long_run_loses_its_middle() -> None:
    """A diagram is bounded in rows, and says what it left out."""
    play, _ = chatter(500)
    lines = diagram(play.trace(), Schedule(), rows=20).splitlines()
    assert len(lines) == 1 + 20 + 1
    assert lines[11].endswith("· 482 more")
    many = Schedule({key: Delay(0.0) for key in play.trace().sent})
    assert len(diagram(play.trace(), many, rows=20).splitlines()) == 22


def test_the_same_again_and_again_is_one_line() -> None:
    """Neighbours of one name and way are counted."""
    play, _ = chatter(30, kind="delta")
    assert "◀───────────────── delta x30 ──" in diagram(play.trace(), Schedule())


def test_a_connect_is_drawn_only_where_it_is_late() -> None:
    """How a connection came about is told where it matters."""
    play, _ = chatter(1)
    assert "connect" not in diagram(play.trace(), Schedule())
    assert "client sends connect  ⏸ HELD 5 ms" in diagram(
        play.trace(), Schedule({Key("c1>s#0"): Delay(0.005)})
    )


def test_a_message_that_never_came_is_drawn_at_the_end() -> None:
    """What was held back until the run ended is still under way there."""
    trace, key = race(lost=True)
    last = diagram(trace, Schedule({key: Delay(0.1)})).splitlines()[-1]
    assert last.endswith("· interrupt  (still under way at the end)")


def test_timers_are_drawn_while_something_is_held() -> None:
    """A timer that beats a late message is the point of some races; others are noise."""
    play, _ = chatter(3)
    play.timer(1.5)
    key = play.said("c1<", "answer", at=4, late=20)
    play.timer(10)
    lines = diagram(play.trace(), Schedule({key: Delay(0.02)})).splitlines()
    timers = [line for line in lines if "a timer fires" in line]
    assert [line.split()[0] for line in timers] == ["10.0"]


def test_jobs_and_overtaken_tasks_are_notes() -> None:
    """What is no message stands between the arrows."""
    play, _ = chatter(1)
    play.step("job", Key("job:2"), at=2)
    play.step("task", Key("task:7"), at=3)
    lines = diagram(play.trace(), Schedule({Key("job:2"): Delay(0.001)})).splitlines()
    assert lines[-2].endswith("· executor job 2 ends  (HELD 1 ms)")
    assert lines[-1].endswith("· task 7 is overtaken by another task")


def test_what_it_waited_for_is_named() -> None:
    """A delay until another message says which."""
    trace, key = race(30)
    held = Schedule({key: Delay(after=Key("c1>s#2"))})
    assert "HELD until tool.result on realtime" in diagram(trace, held)


def test_an_empty_run_says_so() -> None:
    """A program that sent nothing has a diagram as well."""
    assert diagram(Trace(), Schedule()) == "  nothing was sent"


WAYS = st.sampled_from(["c1>", "c1<", "c12>", "c12<"])
PIECES = st.tuples(WAYS, st.binary(max_size=200) | st.text().map(str.encode), st.floats(0, 1e5))


@given(st.lists(PIECES, max_size=30), st.integers(80, 140))
def test_no_line_is_wider_than_asked(pieces: list[tuple[str, bytes, float]], width: int) -> None:
    """Whatever was sent and held, each line is printable and fits."""
    play = Play()
    keys = [play.sent(way, data, at=at, late=at / 3) for way, data, at in pieces]
    held = Schedule({key: Delay(0.5, 3, keys[0]) for key in keys[::3]})
    lines = diagram(play.trace(), held, width=width).splitlines()
    assert all(len(line) <= width and line.isprintable() for line in lines)
