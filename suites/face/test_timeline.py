"""The timeline of a journal: lanes, signs, folds, cuts, and no secret in it."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.face.timeline import MOST_ROWS, render
from agent_rehearsal.journal import Connection, Direction, Journal, Kind

KEY = b"sk-verysecret12345"


class Script:
    """A journal whose clock moves by 10 ms an entry, and short ways to fill it."""

    def __init__(self) -> None:
        self._times = iter(range(10**6))
        self.journal = Journal(clock=lambda: 100 + next(self._times) / 100)

    def request(self, conn: Connection, raw: bytes = b'{"model":"m","input":[1]}') -> int:
        entry = self.journal.append(
            "responses",
            "request",
            conn=conn,
            direction="in",
            head="POST /v1/responses HTTP/1.1",
            raw_headers=((b"Authorization", b"Bearer " + KEY),),
            raw=raw,
        )
        return entry.seq

    def chunk(self, conn: Connection, type_: str, delta: str = "") -> None:
        raw = f'data: {{"type":"{type_}","delta":"{delta}"}}\n\n'.encode()
        self.journal.append("responses", "chunk", conn=conn, direction="out", raw=raw)

    def event(self, type_: str) -> None:
        self.journal.append("agent", "event", raw=f'{{"type":"{type_}"}}'.encode())


@pytest.fixture
def script() -> Script:
    """An empty journal."""
    return Script()


def test_a_turn_and_a_realtime_session(script: Script) -> None:
    """Everything at once: the head names connections and signs, then a row an entry."""
    journal = script.journal
    one, two = journal.connection(), journal.connection()
    script.event("task_started")
    seq = script.request(one)
    journal.append("responses", "response", conn=one, direction="out", head="200 OK", re=seq)
    script.chunk(one, "response.output_text.delta", "Hel")
    script.chunk(one, "response.output_text.delta", "lo ")
    journal.append(
        "realtime", "open", conn=two, direction="in", head="GET /v1/realtime?model=r HTTP/1.1"
    )
    journal.note("gate", "half", {"state": "reached"}, conn=one, re=seq)
    raw = b'{"type":"session.update","session":{"voice":"marin"}}'
    journal.append("realtime", "frame", conn=two, direction="in", head="text", raw=raw)
    journal.note("gate", "half", {"state": "opened"})
    journal.note("fault", "cut", {"offset": 120}, conn=one, re=seq)
    journal.append("responses", "close", conn=one, direction="out", head="cut", re=seq)
    long = "the reply ended without response.completed and the agent took it for a whole one"
    journal.note("finding", "truncated", {"level": "violation", "text": long})
    journal.append("realtime", "close", conn=two, direction="in", head="1000")
    assert render(journal) == (
        """\
timeline: 13 entries in 0.120 s
  c1 = POST /v1/responses
  c2 = GET /v1/realtime?model=r
  > from the client  < to it  * event  = gate  ! fault  ? finding  x end

  #        s  agent harness c1  c2
  1    0.000  *                      task_started
  2    0.010                >c1      POST /v1/responses  {model: m, input: [1]}
  3    0.020                <c1      200 OK (answers #2)
4-5    0.030                <c1      response.output_text.delta x2  Hello
  6    0.050                |   >c2  upgrade GET /v1/realtime?model=r
  7    0.060                =c1 |    GATE half reached  {state: reached}
  8    0.070                |   >c2  session.update  {session: {voice}}
  9    0.080        =       |   |    GATE half opened  {state: opened}
 10    0.090                !c1 |    FAULT cut  {"offset":120}
 11    0.100                xc1 |    end cut (answers #2)
 12    0.110        ?           |    FINDING truncated violation  {"level":"violation","text":"the
                                     reply ended without response.completed and the agent took it
                                     for a whole one"}
 13    0.120                    xc2  end 1000"""
    )


def test_an_empty_journal_says_so(script: Script) -> None:
    """No rows, but a sentence."""
    assert render(script.journal) == "timeline: the journal is empty; nothing reached the servers"


def test_long_bodies_are_folded_to_the_width(script: Script) -> None:
    """No line is longer than the width, and what is cut says so."""
    script.request(script.journal.connection(), b'{"instructions":"' + b"word " * 400 + b'"}')
    for width in (80, 100, 140):
        lines = render(script.journal, width=width).splitlines()
        assert max(map(len, lines)) <= width
        assert re.search(r"\{instructions: word[a-z ]+\.\.\.(\(\+\d+\)\})?$", lines[-1])


def test_the_middle_of_a_long_journal_is_left_out_and_counted(script: Script) -> None:
    """Both ends are kept; the row between them says how many rows and which entries are missing."""
    for number in range(10):
        script.event(f"event_{number}")
    lines = render(script.journal, rows=4).splitlines()[4:]
    assert [line.split()[0] for line in lines] == ["1", "2", "...", "9", "10"]
    assert lines[2] == "... 6 rows left out, entries #3 to #8 ..."


def test_a_run_of_another_connection_is_not_joined(script: Script) -> None:
    """Only neighbours of one connection, direction and type share a row."""
    one, two = script.journal.connection(), script.journal.connection()
    for conn in (one, one, two, one):
        script.chunk(conn, "d", "x")
    numbers = [line.split()[0] for line in render(script.journal).splitlines()[6:]]
    assert numbers == ["1-2", "3", "4"]


def test_chunks_that_are_no_json_are_not_joined(script: Script) -> None:
    """Bytes without a type may differ in anything, so each has its row."""
    conn = script.journal.connection()
    for raw in (b"\xff\n", b"\x00"):
        script.journal.append("responses", "chunk", conn=conn, direction="out", raw=raw)
    rows = render(script.journal).splitlines()[-2:]
    assert [row.split("  ")[-2:] for row in rows] == [
        ["raw bytes", r"\udcff\n"],
        ["raw bytes", r"\x00"],
    ]


def test_more_connections_than_lanes_share_them(script: Script) -> None:
    """Twenty connections fit the width: lanes are taken in turn, and each cell names its own."""
    connections = [script.journal.connection() for _ in range(20)]
    for conn in connections:
        script.request(conn)
    text = render(script.journal)
    assert max(map(len, text.splitlines())) <= 100
    assert re.findall(r">(c\d+)", text.partition("agent")[2]) == [c.id for c in connections]


def test_connections_beyond_the_head_are_counted(script: Script) -> None:
    """The head stays short; what it does not name, it counts."""
    for _ in range(30):
        script.request(script.journal.connection())
    head = render(script.journal).partition("\n\n")[0]
    assert "  c24 = POST /v1/responses\n  ... and 6 more connections\n" in head


def test_a_connection_that_nothing_opened_says_so(script: Script) -> None:
    """A gate or a frame alone does not tell what the connection is."""
    script.journal.note("gate", "half", {}, conn=script.journal.connection())
    assert "  c1 = (its opening is not recorded)\n" in render(script.journal)


def test_requests_on_one_connection_are_counted(script: Script) -> None:
    """A connection is named by what opened it, and says if there was more."""
    conn = script.journal.connection()
    for _ in range(3):
        script.request(conn)
    assert "  c1 = POST /v1/responses (and 2 more)\n" in render(script.journal)


def test_dropped_entries_are_told() -> None:
    """A capped journal says what is missing; a connection keeps the name of what opened it."""
    journal = Journal(clock=lambda: 0.0, cap=2)
    conn = journal.connection()
    for _ in range(5):
        journal.append("responses", "request", conn=conn, direction="in", head="GET /v1/models")
    text = render(journal)
    assert f"  {journal.dropped} older entries were dropped by the journal's cap\n" in text
    assert "c1 = GET /v1/models" in text


def test_colour_adds_nothing_but_colour(script: Script) -> None:
    """Without the SGR codes, the coloured timeline is the plain one."""
    script.event("task_started")
    script.journal.note("fault", "cut", {})
    coloured = render(script.journal, color=True)
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render(script.journal)


def test_a_secret_is_labelled_wherever_it_stands(script: Script) -> None:
    """A key known from a header is hidden in every entry, also in those before it and in a run."""
    conn = script.journal.connection()
    secret = "topsecretvalue99"
    script.chunk(conn, "d", "topsecret")
    script.chunk(conn, "d", "value99")
    script.journal.note("finding", secret, {"level": "advice", "text": secret})
    script.journal.append(
        "responses",
        "request",
        conn=conn,
        direction="in",
        head=f"GET /v1/models?key={secret} HTTP/1.1",
        raw_headers=((b"api-key", secret.encode()),),
    )
    text = render(script.journal)
    assert secret not in text.replace("\n", "").replace(" ", "")
    assert " ".join(text.split()).count("<secret ") == 5


KINDS: tuple[Kind, ...] = (
    "request",
    "chunk",
    "frame",
    "event",
    "gate",
    "fault",
    "finding",
    "close",
)
DIRECTIONS: tuple[Direction, ...] = ("in", "out", "")
raws = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(["a", "b"]).map(lambda t: f'{{"type":"{t}","delta":"x y "}}'.encode()),
    st.text(max_size=200).map(lambda t: f"{t}{KEY.decode()} ".encode("utf-8", "replace")),
)


@st.composite
def journals(draw: st.DrawFn) -> Journal:
    """A request that tells a key, then any entries on twelve connections or none, some with it."""
    script = Script()
    connections = [script.journal.connection() for _ in range(12)]
    script.request(connections[0])
    entries = st.tuples(
        st.sampled_from(KINDS), st.integers(-3, 11), st.sampled_from(DIRECTIONS), raws
    )
    for kind, at, direction, raw in draw(st.lists(entries, min_size=1, max_size=40)):
        conn = connections[at] if at >= 0 else None
        if kind == "request" and conn:
            script.request(conn, raw)
        else:
            head = draw(st.sampled_from(["text", "a b", "", KEY.decode()]))
            script.journal.append(
                "agent" if kind == "event" else "harness",
                kind,
                conn=conn,
                direction=direction,
                head=head,
                raw=raw,
            )
    return script.journal


def shown(text: str) -> Iterator[int]:
    """The sequence numbers that the rows and the cut of a timeline account for."""
    for line in text.partition("\n\n")[2].splitlines()[1:]:
        row = re.match(r" *(\d+)(?:-(\d+))? +\d+\.\d{3}  ", line)
        cut = re.match(r"\.\.\. \d+ rows? left out, entries #(\d+) to #(\d+) \.\.\.$", line)
        if found := row or cut:
            yield from range(int(found[1]), int(found[2] or found[1]) + 1)
        else:
            assert line.startswith(" " * 10), line


@given(journals(), st.integers(0, 30) | st.just(MOST_ROWS))
def test_every_entry_is_accounted_for_once(journal: Journal, rows: int) -> None:
    """Each is in one row or in the announced cut, in order; no line ends in a blank."""
    text = render(journal, rows=rows)
    assert list(shown(text)) == [entry.seq for entry in journal]
    odd = [line for line in text.split("\n") if line != line.rstrip() or not line.isprintable()]
    assert odd == []
    assert KEY.decode() not in text
